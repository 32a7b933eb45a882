// Plays what stations said in a capture into a hub again: at their pace, or faster, each over a connection of its own.
import { connect, type Socket } from 'node:net';
import type { CapturedFrame } from '@evroam/platform/client';
import { WebSocket } from 'undici';
import { parsed } from '../json.js';
import { isRecord } from '../output/path.js';

export interface Target {
  /** ws://host:port/ocpp for OCPP, tcp://host:port for 云快充. */
  readonly url: string;
  /** By station; the identity of the capture where nothing is said. */
  readonly identity?: string;
  readonly password?: string;
}

/** What became of a frame that was played. */
export type Played =
  | { readonly kind: 'sent'; readonly frame: CapturedFrame }
  | { readonly kind: 'heard'; readonly peer: string; readonly text: string }
  | { readonly kind: 'closed'; readonly peer: string; readonly why: string };

/** One station's line to the hub. */
export interface Voice {
  /** Says what the station said, once the hub has answered what it said before. A frame of the hub is remembered for its names. */
  play(frame: CapturedFrame): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds after which a hub that answers nothing is no longer waited for. */
const ANSWER_MS = 10_000;
const LINGER_MS = 2_000;

/** Opens the line of a station; rejects where the hub lets nobody in. */
export function openVoice(first: CapturedFrame, target: Target, tell: (played: Played) => void): Promise<Voice> {
  return first.hex === undefined ? openOcpp(first, target, tell) : openPile(first, target, tell);
}

async function openOcpp({ peer, protocol }: CapturedFrame, { url, identity = peer, password }: Target, tell: (played: Played) => void) {
  const headers = password === undefined ? {} : { authorization: `Basic ${Buffer.from(`${identity}:${password}`).toString('base64')}` };
  const socket = new WebSocket(`${url.replace(/\/$/, '')}/${encodeURIComponent(identity)}`, { protocols: protocol, headers });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error(`${identity} was not let in`)), { once: true });
  });
  const names = new TransactionNames();
  let asked: { id: string; answered: () => void } | undefined;
  const gone = new Promise<void>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      tell({ kind: 'closed', peer, why: `${code} ${reason}`.trim() });
      asked?.answered();
      resolve();
    });
  });
  socket.addEventListener('message', ({ data }) => {
    const text = String(data);
    tell({ kind: 'heard', peer, text });
    const message = parsed(text);
    if (!Array.isArray(message)) return;
    // A replay has no station behind it that could obey.
    if (message[0] === 2) socket.send(JSON.stringify([4, message[1], 'NotSupported', 'this is a replay of a capture', {}]));
    if (message[0] === 3) names.learnNew(message);
    if (message[1] === asked?.id) asked?.answered();
  });
  const voice: Voice = {
    async play(frame) {
      const message = parsed(frame.text ?? '');
      if (frame.way === 'out') return names.learnOld(message);
      // What the station answered belonged to a question that nobody asks now.
      if (socket.readyState !== WebSocket.OPEN || (Array.isArray(message) && (message[0] === 3 || message[0] === 4))) return;
      const text = names.toSay(message) ?? frame.text ?? '';
      const answered = Array.isArray(message) && message[0] === 2 ? answerTo(String(message[1])) : undefined;
      socket.send(text);
      tell({ kind: 'sent', frame: { ...frame, text } });
      await answered;
    },
    async close() {
      socket.close();
      await gone;
    },
  };
  return voice;

  function answerTo(id: string): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      asked = {
        id,
        answered: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
  }
}

async function openPile({ peer }: CapturedFrame, { url }: Target, tell: (played: Played) => void): Promise<Voice> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', (error) => tell({ kind: 'closed', peer, why: error.message }));
  socket.on('data', (bytes) => tell({ kind: 'heard', peer, text: bytes.toString('hex') }));
  return {
    async play(frame) {
      if (frame.way === 'out' || frame.hex === undefined || socket.destroyed) return;
      socket.write(Buffer.from(frame.hex, 'hex'));
      tell({ kind: 'sent', frame });
    },
    async close() {
      socket.end();
      const cut = setTimeout(() => socket.destroy(), LINGER_MS);
      await gone;
      clearTimeout(cut);
    },
  };
}

/** In 1.6 the hub names a transaction, so that it has another name in a replay than in the capture. OCPP 1.6, 5.14 */
class TransactionNames {
  /** By the message id of a start whose answer is awaited, in the capture and now. */
  readonly #starts = new Map<string, { now?: number }>();
  readonly #byOld = new Map<number, { now?: number }>();

  toSay(message: unknown): string | undefined {
    if (!Array.isArray(message) || message[0] !== 2) return undefined;
    const [type, id, action, payload] = message as unknown[];
    if (action === 'StartTransaction') this.#starts.set(String(id), {});
    const old = isRecord(payload) ? payload.transactionId : undefined;
    const now = typeof old === 'number' ? this.#byOld.get(old)?.now : undefined;
    return now === undefined || !isRecord(payload) ? undefined : JSON.stringify([type, id, action, { ...payload, transactionId: now }]);
  }

  learnOld(message: unknown): void {
    const found = this.#named(message);
    if (found) this.#byOld.set(found.name, found.start);
  }

  learnNew(message: unknown): void {
    const found = this.#named(message);
    if (found) found.start.now = found.name;
  }

  #named(message: unknown): { start: { now?: number }; name: number } | undefined {
    if (!Array.isArray(message) || message[0] !== 3 || !isRecord(message[2])) return undefined;
    const start = this.#starts.get(String(message[1]));
    const name = message[2].transactionId;
    return start && typeof name === 'number' ? { start, name } : undefined;
  }
}

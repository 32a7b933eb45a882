import type { Duplex } from 'node:stream';
import type { SocketListener } from '../socket.js';
import { type FrameListener, FrameReader } from './frame-reader.js';
import { CLOSE, closePayload, controlFrame, mayClose, PING, PONG, textFrame } from './frames.js';
import type { PeerSocket } from './peer-socket.js';

const owner = Symbol('owner');
interface Owned extends Duplex {
  [owner]?: FrameSocket;
}

/** Sockets that wait for the end of a turn: in a busy one, answers must not wait for all that came at once. */
const MOST_UNFLUSHED = 64;
/** How long a peer may take to answer a closing frame, ms of wall time. */
const CLOSING_MS = 30_000;
/** Pongs and all else that may wait for a peer that asks and does not read. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

/**
 * A station's connection, uncompressed, from the server's end: frames straight from and to the stream. Between the two
 * `ws` would put a second stream for each connection, and four events for each message.
 */
export class FrameSocket implements PeerSocket, FrameListener {
  readonly #stream: Owned;
  readonly #reader: FrameReader;
  #listener: SocketListener | undefined;
  /** `closing`: a closing frame was sent, or the stream ends. */
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** What the peer's closing frame said; without one a connection ends with 1006. */
  #said: { code: number; reason: string } | undefined;
  #closingTimer: NodeJS.Timeout | undefined;
  #isAlive = true;
  /** Frames of this turn of the event loop, as bytes. */
  #unsent = '';

  /** Messages are at most so many bytes long. Reading begins in a later turn of the event loop. */
  constructor(stream: Duplex, messageBytes: number) {
    this.#stream = stream;
    this.#reader = new FrameReader(messageBytes, this);
    this.#stream[owner] = this;
    // Shared by all connections: a closure for each costs memory.
    stream.on('error', ignore);
    stream.on('close', onClose);
    stream.on('end', onEnd);
    stream.on('data', onData);
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength + this.#unsent.length;
  }

  send(text: string, isUrgent = false): void {
    if (this.#state !== 'open') return;
    this.#say(textFrame(text));
    if (isUrgent) this.flush();
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    if (!mayClose(code)) throw new RangeError(`${code} is no status code that ends a connection`);
    this.#sayClose(code, reason);
    // The peer's closing frame must be read, whatever was paused.
    this.#stream.resume();
  }

  cut(): void {
    this.#stream.destroy();
  }

  gone(timeoutMs: number): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cut(), timeoutMs);
      this.#stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  pingOrCut(): void {
    if (!this.#isAlive) this.cut();
    else if (this.#state === 'open') {
      this.#isAlive = false;
      this.#say(emptyPing);
    }
  }

  pause(): void {
    if (this.#state === 'open') this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
  }

  /** Bytes came. */
  take(bytes: Buffer): void {
    this.#isAlive = true;
    this.#reader.read(bytes);
  }

  /** The stream is over. */
  over(): void {
    this.#state = 'closed';
    clearTimeout(this.#closingTimer);
    const { code, reason } = this.#said ?? { code: 1006, reason: '' };
    this.#listener?.ended(code, reason);
  }

  /** The peer sends nothing more. */
  finish(): void {
    this.#leaveSoon();
    this.#stream.end();
  }

  /** Writes what was said in this turn. */
  flush(): void {
    if (this.#unsent === '') return;
    this.#stream.write(this.#unsent, 'latin1');
    this.#unsent = '';
  }

  #say(frame: string): void {
    const isFirst = this.#unsent === '';
    this.#unsent += frame;
    if (isFirst) flushSoon(this);
  }

  text(text: string): void {
    if (this.#state === 'open') this.#listener?.heard(text);
  }

  binary(): void {
    this.close(1003, 'OCPP is text');
  }

  ping(payload: Buffer): void {
    if (this.#state !== 'open') return;
    if (this.bufferedBytes > MOST_UNREAD_BYTES) this.cut();
    else this.#say(controlFrame(PONG, payload));
  }

  pong(): void {
    // A sign of life, as all that comes.
  }

  closing(code: number | undefined, reason: string): void {
    this.#said = { code: code ?? 1005, reason };
    if (this.#state === 'open') this.#sayClose(code, reason);
    this.#stream.end();
  }

  broken(code: 1002 | 1007 | 1009, why: string): void {
    if (this.#state === 'open') this.#sayClose(code, why);
    this.#stream.end();
  }

  #sayClose(code: number | undefined, reason: string): void {
    this.#say(controlFrame(CLOSE, closePayload(code, reason)));
    this.#leaveSoon();
  }

  /** Nothing is said any more, and the peer has so long to take its leave. */
  #leaveSoon(): void {
    this.flush();
    this.#state = 'closing';
    this.#closingTimer ??= setTimeout(() => this.cut(), CLOSING_MS);
  }
}

let unflushed: FrameSocket[] = [];

/**
 * At the end of a turn, all that was said in it is written, socket by socket: peers that are written to in a row are woken
 * once, not between any two messages, which is a tenth of what a message costs; and a socket is written to once.
 */
function flushSoon(socket: FrameSocket): void {
  const waiting = unflushed.push(socket);
  if (waiting === 1) setImmediate(flushAll);
  else if (waiting === MOST_UNFLUSHED) flushAll();
}

function flushAll(): void {
  const sockets = unflushed;
  unflushed = [];
  for (const socket of sockets) socket.flush();
}

const emptyPing = controlFrame(PING, Buffer.alloc(0));

function onData(this: Owned, bytes: Buffer): void {
  this[owner]?.take(bytes);
}
function onEnd(this: Owned): void {
  this[owner]?.finish();
}
function onClose(this: Owned): void {
  this[owner]?.over();
}
// A lost connection also closes; 'close' tells the rest.
const ignore = (): void => undefined;

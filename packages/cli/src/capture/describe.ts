import type { CapturedFrame } from '@evroam/platform/client';
import { parsed } from '../json.js';

/** A frame as people read it. */
export interface Described {
  readonly at: string;
  readonly peer: string;
  readonly way: 'in' | 'out';
  /** call, result, error, send of OCPP, and of OCPI over HTTP; frame of a binary protocol; broken for what cannot be read. */
  readonly kind: 'call' | 'result' | 'error' | 'send' | 'frame' | 'broken';
  /** The message; that which is answered, for an answer whose question was seen. */
  readonly action?: string;
  readonly id?: string;
  readonly payload: unknown;
}

type DecodeHex = (hex: string) => { readonly name: string; readonly sequence: number; readonly fields: unknown };

/** Open questions that are remembered, of all stations together. */
const MOST_OPEN = 10_000;

/** Reads frames in their order: an answer gets the name of its question. */
export function describer(decodeHex: DecodeHex): (frame: CapturedFrame) => Described {
  const asked = new Map<string, string>();
  return (frame) => {
    const { at, peer, way } = frame;
    if (frame.hex !== undefined) {
      try {
        const { name, sequence, fields } = decodeHex(frame.hex);
        return { at, peer, way, kind: 'frame', action: name, id: String(sequence), payload: fields };
      } catch (error) {
        return { at, peer, way, kind: 'broken', payload: `${frame.hex} (${error instanceof Error ? error.message : String(error)})` };
      }
    }
    return { at, peer, way, ...(frame.protocol.startsWith('ocpi') ? ocpi(frame.text ?? '') : ocpp(frame, asked)) };
  };
}

function ocpp({ peer, way, text = '' }: CapturedFrame, asked: Map<string, string>): Pick<Described, 'kind' | 'action' | 'id' | 'payload'> {
  const message = parsed(text);
  if (!Array.isArray(message) || typeof message[1] !== 'string') return { kind: 'broken', payload: text };
  const [type, id] = message as [unknown, string];
  if ((type === 2 || type === 6) && typeof message[2] === 'string') {
    if (type === 2) {
      asked.set(`${peer} ${way} ${id}`, message[2]);
      if (asked.size > MOST_OPEN) asked.delete(asked.keys().next().value ?? '');
    }
    return { kind: type === 2 ? 'call' : 'send', action: message[2], id, payload: message[3] };
  }
  if (type !== 3 && type !== 4 && type !== 5) return { kind: 'broken', payload: text };
  const question = `${peer} ${way === 'in' ? 'out' : 'in'} ${id}`;
  const action = asked.get(question);
  asked.delete(question);
  const payload = type === 3 ? message[2] : { code: message[2], description: message[3], details: message[4] };
  return { kind: type === 3 ? 'result' : 'error', ...(action === undefined ? {} : { action }), id, payload };
}

/** A request or an answer as HTTP writes it: its first line, its headers, an empty line, and the body where one was kept. */
function ocpi(text: string): Pick<Described, 'kind' | 'action' | 'id' | 'payload'> {
  const { first, headers, body } = httpParts(text);
  const id = /^x-request-id: (.+)$/m.exec(headers)?.[1];
  const answer = /^HTTP\/1\.1 (\d{3})$/.exec(first);
  const request = /^([A-Z]+ \S+) HTTP\/1\.1$/.exec(first);
  const action = answer?.[1] ?? request?.[1];
  if (action === undefined) return { kind: 'broken', payload: text };
  const kind = answer ? (Number(answer[1]) < 300 ? 'result' : 'error') : 'call';
  return { kind, action, ...(id === undefined ? {} : { id }), payload: body === '' ? '' : (parsed(body) ?? body) };
}

/** The three parts of a message of HTTP as a capture holds it. */
export function httpParts(text: string): { first: string; headers: string; body: string } {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const [first = '', ...headers] = head.split('\r\n');
  return { first, headers: headers.join('\n'), body: end < 0 ? '' : text.slice(end + 4) };
}

const SIGN = { call: '', send: '', frame: '', result: '=', error: '!', broken: '?' } as const;

/** One line for a terminal: `09:00:00.000  CS-1 → StartTransaction {...}`. */
export function toLine({ at, peer, way, kind, action, payload }: Described): string {
  const arrow = way === 'in' ? '→' : '←';
  const told = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return `${at.slice(11, 23)}  ${peer} ${arrow}${SIGN[kind]} ${action ?? ''}${action === undefined ? '' : ' '}${told}`;
}

import type { CapturedFrame } from '@evroam/platform/client';
import { parsed } from '../json.js';

/** A frame as people read it. */
export interface Described {
  readonly at: string;
  readonly peer: string;
  readonly way: 'in' | 'out';
  /** call, result, error, send of OCPP; frame of a binary protocol; broken for what cannot be read. */
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
    return { at, peer, way, ...ocpp(frame, asked) };
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

const SIGN = { call: '', send: '', frame: '', result: '=', error: '!', broken: '?' } as const;

/** One line for a terminal: `09:00:00.000  CS-1 → StartTransaction {...}`. */
export function toLine({ at, peer, way, kind, action, payload }: Described): string {
  const arrow = way === 'in' ? '→' : '←';
  const told = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return `${at.slice(11, 23)}  ${peer} ${arrow}${SIGN[kind]} ${action ?? ''}${action === undefined ? '' : ' '}${told}`;
}

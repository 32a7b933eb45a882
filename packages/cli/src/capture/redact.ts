// Takes persons out of a capture, so that it can go into a ticket: who charged becomes a pseudonym, the same one everywhere in the capture.
import { createHmac } from 'node:crypto';
import type { CapturedFrame } from '@evroam/platform/client';
import { parsed } from '../json.js';
import { isRecord } from '../output/path.js';
import { httpParts } from './describe.js';

/** Fields that name a driver, a vehicle or a SIM card, in OCPP 1.6 and 2.x, in OCPI and in YKC. */
const PERSONAL = new Set([
  ...['idTag', 'parentIdTag', 'vin', 'evccId', 'evseId15118', 'emaid', 'eMAID', 'iccid', 'imsi', 'vid'],
  // OCPI: a card or a contract wherever it stands. An EVSE has a `uid` as well, which becomes a pseudonym too.
  ...['uid', 'contract_id', 'auth_id', 'visual_number', 'group_id'],
  ...['physicalCard', 'logicCard', 'physical', 'logic', 'accountOrCard', 'sim', 'password'],
]);
/** Objects of 2.x whose text `idToken` names a driver. OCPP 2.0.1, IdTokenType */
const TOKEN = 'idToken';

export interface Codec {
  decode(hex: string): { readonly type: string; readonly sequence: number; readonly encrypted: boolean; readonly fields: unknown };
  encode(frame: { type: string; fields: Readonly<Record<string, unknown>>; sequence: number; encrypted: boolean }): string;
}

/** Whoever has the salt can tell which pseudonym is whose; nobody else can. */
export function redactor(salt: Buffer, codec: Codec): (frame: CapturedFrame) => CapturedFrame {
  const pseudonym = (text: string): string => {
    if (/^[0 ]*$/.test(text)) return text;
    const hash = createHmac('sha256', salt).update(text).digest();
    // Of the same length and alphabet, so that the frame stays one; hexadecimal digits fit a card, a VIN and a token alike.
    const digest = /^\d+$/.test(text) ? hash.join('') : hash.toString('hex').toUpperCase();
    return digest.repeat(Math.ceil(text.length / digest.length)).slice(0, text.length);
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        const isPersonal = typeof each === 'string' && (PERSONAL.has(name) || name === TOKEN);
        return [name, isPersonal ? pseudonym(each) : walk(each)];
      }),
    );
  };
  return (frame) => {
    if (frame.hex !== undefined) return { ...frame, hex: redactHex(frame.hex, codec, walk) };
    if (frame.protocol.startsWith('ocpi')) return { ...frame, text: redactHttp(frame.text ?? '', walk, pseudonym) };
    const message = parsed(frame.text ?? '');
    return { ...frame, text: message === undefined ? broken(frame.text ?? '') : JSON.stringify(walk(message)) };
  };
}

/** The body of an OCPI message, and the card that a path may name: `/tokens/NL/EVM/<uid>`. */
function redactHttp(text: string, walk: (value: unknown) => unknown, pseudonym: (text: string) => string): string {
  const { first, headers, body } = httpParts(text);
  const path = first.replace(
    /(\/tokens\/(?:[A-Za-z]{2}\/[^/\s?]{1,3}\/)?)([^/\s?]+)/,
    (_, before: string, uid: string) => before + pseudonym(uid),
  );
  const value = body === '' ? undefined : parsed(body);
  const shown = body === '' ? '' : value === undefined ? broken(body) : JSON.stringify(walk(value));
  return `${path}\r\n${headers === '' ? '' : `${headers.replaceAll('\n', '\r\n')}\r\n`}\r\n${shown}`;
}

/** Start byte, length, sequence, encryption flag and type of a 云快充 frame. */
const HEAD_DIGITS = 12;

/** What cannot be read may hold anything. */
const broken = (text: string): string => `(${text.length} characters that cannot be read)`;

function redactHex(hex: string, { decode, encode }: Codec, walk: (value: unknown) => unknown): string {
  let frame: ReturnType<Codec['decode']>;
  try {
    frame = decode(hex);
  } catch {
    // What cannot be read may hold anything: only what tells the frame stays.
    return hex.slice(0, HEAD_DIGITS);
  }
  const fields = walk(frame.fields);
  return isRecord(fields) ? encode({ ...frame, fields }).toLowerCase() : hex.slice(0, HEAD_DIGITS);
}

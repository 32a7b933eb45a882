import { Gbt27930Error } from './errors.js';

/** Addresses on the line between charger and vehicle. GB/T 27930-2015, table 2 */
export const CHARGER = 0x56;
export const BMS = 0xf4;
export type Sender = 'charger' | 'bms';

/** One CAN 2.0B frame with a 29-bit identifier. */
export interface CanFrame {
  readonly id: number;
  readonly data: Uint8Array;
  /** When it was seen, in milliseconds of whatever clock the capture has. */
  readonly atMs?: number;
}

/** An identifier taken apart: priority, parameter group, both addresses. GB/T 27930-2015, table 1 */
export interface Address {
  readonly priority: number;
  readonly pgn: number;
  readonly destination: number;
  readonly source: number;
}

export function splitId(id: number): Address {
  if (!Number.isInteger(id) || id < 0 || id > 0x1fffffff) throw new Gbt27930Error('Id', `${id} is not a 29-bit identifier`);
  return { priority: (id >>> 26) & 7, pgn: (id >>> 8) & 0x3ff00, destination: (id >>> 8) & 0xff, source: id & 0xff };
}

export const joinId = ({ priority, pgn, destination, source }: Address): number =>
  ((priority << 26) | (pgn << 8) | (destination << 8) | source) >>> 0;

/** Who speaks to whom, where it is charger and vehicle; other control units share the bus and are none of our business. */
export function senderOf({ destination, source }: Address): Sender | undefined {
  if (source === CHARGER && destination === BMS) return 'charger';
  return source === BMS && destination === CHARGER ? 'bms' : undefined;
}

const LOG = /^(?:\((\d+(?:\.\d+)?)\)\s+)?(?:\S+\s+)?([0-9a-f]{1,8})#([0-9a-f]*)(?:\s+[RT])?$/i;
const CONSOLE = /^(?:\((\d+(?:\.\d+)?)\)\s+)?\S+\s+(?:[RT]X\s+-\s+-\s+)?([0-9a-f]{1,8})\s+\[(\d)\]\s*((?:[0-9a-f]{2}\s*)*)(?:'.*')?$/i;

/** One frame of text: `1826F456#010100`, a candump log line or one of its console. Throws Gbt27930Error Input. */
export function parseFrame(line: string): CanFrame {
  const text = line.trim();
  const log = LOG.exec(text);
  const match = log ?? CONSOLE.exec(text);
  const digits = (log ? match?.[3] : match?.[4]?.replace(/\s/g, '')) ?? '';
  const isBad = !match || digits.length % 2 !== 0 || digits.length > 16 || (!log && Number(match[3]) !== digits.length / 2);
  if (isBad) throw new Gbt27930Error('Input', `${JSON.stringify(text.slice(0, 80))} is not a CAN frame`);
  const frame = frameFrom(match[2]!, digits);
  return match[1] === undefined ? frame : { ...frame, atMs: Math.round(Number(match[1]) * 1000) };
}

/** A frame from identifier and data as hexadecimal text. */
export function frameFrom(id: string, data: string): CanFrame {
  const digits = data.replace(/[\s:-]/g, '');
  const number = /^(0x)?[0-9a-f]{1,8}$/i.test(id) ? Number.parseInt(id.replace(/^0x/i, ''), 16) : Number.NaN;
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Gbt27930Error('Input', 'the data is not an even number of hexadecimal digits');
  splitId(number);
  return { id: number, data: Buffer.from(digits, 'hex') };
}

/** Every frame of a candump log; blank lines and comments are passed over. */
export function* parseCapture(text: string): Generator<CanFrame> {
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) yield parseFrame(line);
  }
}

export const idText = (id: number): string => id.toString(16).toUpperCase().padStart(8, '0');

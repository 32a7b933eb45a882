import { type Field, FieldError } from '../layout/field.js';

const OFFSET_MS = 8 * 3_600_000;
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string => (value < 100 ? `0${two(value)}` : String(value));
const TEXT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{3})$/;

/**
 * CP56Time2a as the text of its digits, `2025-01-13T23:52:52.000`, China time (UTC+8) without a zone. A text and not a Date because piles do
 * send zeros and a 32nd of the month; what a frame said must survive until somebody decides (`toDate`). V1.6, 3.2
 */
export const cp56: Field<string> = {
  size: 7,
  says: 'CP56Time2a, UTC+8',
  read: (bytes, at) => {
    const ms = bytes[at]! | (bytes[at + 1]! << 8);
    const second = Math.floor(ms / 1000);
    const date = `20${two(bytes[at + 6]! & 0x7f)}-${two(bytes[at + 5]! & 0x0f)}-${two(bytes[at + 4]! & 0x1f)}`;
    // Years 2100 to 2127 have three digits; they stay readable and write back.
    const day = (bytes[at + 6]! & 0x7f) < 100 ? date : `21${date.slice(3)}`;
    return `${day}T${two(bytes[at + 3]! & 0x1f)}:${two(bytes[at + 2]! & 0x3f)}:${two(second)}.${three(ms % 1000)}`;
  },
  write: (bytes, at, value) => {
    const match = typeof value === 'string' ? TEXT.exec(value) : null;
    if (!match) throw new FieldError(`${JSON.stringify(value)} is not a time of the form 2025-01-13T23:52:52.000`);
    const [year, month, day, hour, minute, second, ms] = match.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const count = second * 1000 + ms;
    if (year < 2000 || year > 2127 || month > 15 || day > 31 || hour > 31 || minute > 63 || count > 0xffff) {
      throw new FieldError(`${value} does not fit CP56Time2a`);
    }
    bytes[at] = count;
    bytes[at + 1] = count >>> 8;
    bytes[at + 2] = minute;
    bytes[at + 3] = hour;
    bytes[at + 4] = day;
    bytes[at + 5] = month;
    bytes[at + 6] = year - 2000;
  },
};

/** The instant that a frame's time text names; undefined where the digits are no time of the calendar (all zeros, a 31st of June). */
export function toDate(text: string): Date | undefined {
  const date = new Date(`${text}+08:00`);
  return !Number.isNaN(date.getTime()) && fromDate(date) === text ? date : undefined;
}

/** The time text of an instant, for a frame. */
export const fromDate = (date: Date): string => new Date(date.getTime() + OFFSET_MS).toISOString().slice(0, -1);

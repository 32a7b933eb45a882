import { PricingError } from './errors.js';

/** Checked reading of unknown JSON: each word gives the value or says where it is wrong. */
export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown, at: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PricingError('type', at, 'an object is expected');
  return value as Json;
}

export function list(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new PricingError('type', at, 'a list is expected');
  return value;
}

export function text(value: unknown, at: string): string {
  if (value === undefined) throw new PricingError('missing', at, 'is missing');
  if (typeof value !== 'string') throw new PricingError('type', at, 'a text is expected');
  return value;
}

export function number(value: unknown, at: string): number {
  if (value === undefined) throw new PricingError('missing', at, 'is missing');
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new PricingError('type', at, 'a number is expected');
  return value;
}

/** The value, or undefined where it is absent or null (OCPI lets a receiver see both as absent). */
export function maybe<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, at);
}

const TAIL = /^(?:\.(\d{1,9}))?(?:Z|z|\+00:00)?$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Epoch milliseconds of an OCPI DateTime, which is UTC with or without `Z`. A CDR holds many, so digits are read one by one. */
export function instant(value: unknown, at: string): number {
  const wire = text(value, at);
  const year = digits(wire, 0, 4);
  const month = digits(wire, 5, 2);
  const day = digits(wire, 8, 2);
  const hour = digits(wire, 11, 2);
  const minute = digits(wire, 14, 2);
  const second = digits(wire, 17, 2);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  const fraction = fractionMs(wire);
  // NaN, from a sign that is no digit, fails every comparison.
  const inRange = year >= 0 && month >= 1 && day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 60 && fraction >= 0;
  if (!inRange || !separated(wire)) throw new PricingError('type', at, `${wire} is not a UTC date and time`);
  return ((dayNumber(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction;
}

const DASH = 45;
const COLON = 58;
const DOT = 46;
const LETTER_T = 84;
const LETTER_Z = 90;
const SPACE = 32;

function separated(wire: string): boolean {
  const between = wire.charCodeAt(10);
  return (
    wire.charCodeAt(4) === DASH &&
    wire.charCodeAt(7) === DASH &&
    (between === LETTER_T || between === SPACE) &&
    wire.charCodeAt(13) === COLON &&
    wire.charCodeAt(16) === COLON
  );
}

/** Milliseconds that stand after the second; NaN where what follows it is no end of a DateTime. */
function fractionMs(wire: string): number {
  if (wire.length === 20 && wire.charCodeAt(19) === LETTER_Z) return 0;
  if (wire.length === 24 && wire.charCodeAt(19) === DOT && wire.charCodeAt(23) === LETTER_Z) return digits(wire, 20, 3);
  const tail = TAIL.exec(wire.slice(19));
  return tail ? Number((tail[1] ?? '').slice(0, 3).padEnd(3, '0')) : Number.NaN;
}

function digits(wire: string, from: number, count: number): number {
  let n = 0;
  for (let i = from; i < from + count; i++) {
    const digit = wire.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    n = n * 10 + digit;
  }
  return n;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years are counted from March, so that a leap day ends one. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const m = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * m + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

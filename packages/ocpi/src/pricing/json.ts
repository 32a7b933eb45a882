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

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|z|\+00:00)?$/;

/** Epoch milliseconds of an OCPI DateTime, which is UTC with or without `Z`. */
export function instant(value: unknown, at: string): number {
  const wire = text(value, at);
  // The common form is parsed by the engine; what it accepts beyond OCPI is kept out by the pattern.
  if (!DATE_TIME.test(wire)) throw new PricingError('type', at, `${wire} is not a UTC date and time`);
  const zoned = wire.endsWith('Z') || wire.endsWith('z') || wire.endsWith('+00:00') ? wire : `${wire}Z`;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  if (Number.isNaN(ms)) throw new PricingError('type', at, `${wire} is not a date and time`);
  return ms;
}

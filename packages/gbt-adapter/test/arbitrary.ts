import type { Struct } from '@evroam/gbt-adapter/ykc';
import fc from 'fast-check';

/**
 * Bytes that a struct can read, at random: digits where it wants digits, lists of any length it allows. Reading them gives every value
 * that the struct can hold, so "any x" of a round trip is "any such bytes".
 */
export function bytesOf<T>(struct: Struct<T>, most = Number.POSITIVE_INFINITY): fc.Arbitrary<Buffer> {
  const parts = Object.values(struct.shape).map((field) => {
    if (field.sizeOf) {
      const entry = field.sizeOf([undefined]);
      const limit = Number(/at most (\d+)|up to (\d+)/.exec(field.says)?.slice(1).find(Boolean));
      const count = fc.integer({ min: 0, max: Math.min(limit, Math.floor(most / entry)) });
      return count.chain((n) =>
        fc.uint8Array({ minLength: n * entry, maxLength: n * entry }).map((bytes) => (field.size === 1 ? [n, ...bytes] : [...bytes])),
      );
    }
    const isDigits = /^BCD \d+$/.test(field.says);
    const byte = isDigits
      ? fc.integer({ min: 0, max: 99 }).map((n) => Math.floor(n / 10) * 16 + (n % 10))
      : fc.integer({ min: 0, max: 255 });
    return fc.array(byte, { minLength: field.size, maxLength: field.size });
  });
  return fc.tuple(...parts).map((all) => Buffer.from(all.flat()));
}

/** Quick in `npm test`, long in the drills. */
export const RUNS = process.env.EVROAM_EFFORT === 'long' ? 2000 : 60;
export const SEED = Number(process.env.EVROAM_SEED ?? 20_261_124);

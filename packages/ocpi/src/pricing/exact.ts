import { PricingError } from './errors.js';

/** Prices and unrounded amounts are integers of this part of the currency: 10^-9. */
export const NANO = 1_000_000_000n;

/** Below this bound a JSON number scaled by a power of ten is the exact integer or provably not one. */
const EXACT_BOUND = 2 ** 51;

/**
 * The integer `x * 10^places` of a JSON number, exact; a number with more decimals is refused, never rounded.
 */
export function scale(x: number, places: number, pointer: string): bigint {
  const factor = 10 ** places;
  const n = Math.round(x * factor);
  if (Math.abs(n) < EXACT_BOUND && n / factor === x) return BigInt(n);
  return scaleText(String(x), places, pointer);
}

/** As `scale`, for quantities that stay within safe integers (energy, currents, powers). */
export function scaleSafe(x: number, places: number, pointer: string): number {
  const factor = 10 ** places;
  const near = Math.round(x * factor);
  if (Math.abs(near) < EXACT_BOUND && near / factor === x) return near;
  const n = Number(scale(x, places, pointer));
  if (!Number.isSafeInteger(n)) throw new PricingError('range', pointer, `${x} is too large`);
  return n;
}

/** The integer `text * 10^places` of a decimal text; more decimals than that are refused. */
export function scaleText(text: string, places: number, pointer: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) throw new PricingError('type', pointer, `${text} is not a number`);
  const fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? 0) + places - fraction.length;
  if (Math.abs(exponent) > 60) throw new PricingError('range', pointer, `${text} is out of range`);
  let n = BigInt(match[2] + fraction);
  if (exponent >= 0) n *= 10n ** BigInt(exponent);
  else {
    const divisor = 10n ** BigInt(-exponent);
    if (n % divisor !== 0n) throw new PricingError('precision', pointer, `${text} has more than ${places} decimals`);
    n /= divisor;
  }
  return match[1] === '-' ? -n : n;
}

/** A decimal text of an integer of `10^-places`, with at least `least` decimals and no zero beyond them. */
export function decimal(n: bigint, places = 9, least = 4): string {
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  let fraction = places === 0 ? '' : digits.slice(-places);
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  fraction = fraction.padEnd(least, '0');
  return `${n < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * The quotient as an integer; where it is not whole, the odd neighbour (von Neumann rounding).
 *
 * An inexact amount thereby never looks like a tie (…5000), so that rounding it to cents later gives what rounding the
 * exact value would have given: the cut to 10^-9 is not a second rounding.
 */
export function jam(numerator: bigint, denominator: bigint): bigint {
  let quotient = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return quotient;
  if (rest < 0n) quotient -= 1n;
  return (quotient & 1n) === 0n ? quotient + 1n : quotient;
}

/** floor(a * b / c) for non-negative safe integers, without passing 2^53 in between. */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) {
    // The double quotient may have been rounded up to a whole number it does not reach.
    let q = Math.floor(product / c);
    if (q * c > product) q -= 1;
    return q;
  }
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}

/** Shares of `total` in proportion to non-negative `weights`, whole and summing to it. */
export function shareOut(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (weights.length === 0) return [];
  if (sum === 0n) return weights.map((_, i) => (i === 0 ? total : 0n));
  const sign = total < 0n ? -1n : 1n;
  const size = total * sign;
  const shares = weights.map((w) => (size * w) / sum);
  let left = size - shares.reduce((a, b) => a + b, 0n);
  const order = weights
    .map((w, i) => ({ i, rest: (size * w) % sum }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  for (const { i } of order) {
    if (left === 0n) break;
    shares[i] = shares[i]! + 1n;
    left -= 1n;
  }
  return shares.map((s) => s * sign);
}

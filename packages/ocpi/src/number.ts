// The border between JSON numbers and exact quantities: an amount, an energy or a time becomes an integer of 10^-places.

// Below 2^51 the product's rounding error stays under one half, so Math.round finds the integer that the sender wrote;
// between 2^51 and 2^53 some 7 % would be silently wrong.
const EXACT = 2 ** 51;

/** How to take a value that has more decimal places than the field: refuse it, or round half away from zero by agreement. */
export type Finer = 'refuse' | 'round';

/**
 * The integer n = x * 10^places that the decimal text of `x` stands for: a number below 2^51, else a bigint.
 * `undefined` when x is not finite, or has more places than that and `finer` is 'refuse'.
 */
export function toScaled(x: number, places: number, finer: Finer = 'refuse'): number | bigint | undefined {
  if (!Number.isFinite(x)) return undefined;
  const scale = 10 ** places;
  const n = Math.round(x * scale);
  if (Math.abs(n) < EXACT && n / scale === x) return n === 0 ? 0 : n;
  return fromDigits(String(x), places, finer);
}

/** The same as a bigint, for sums and products. */
export function toScaledBig(x: number, places: number, finer: Finer = 'refuse'): bigint | undefined {
  const n = toScaled(x, places, finer);
  return n === undefined ? undefined : BigInt(n);
}

/** The JSON number of an integer of 10^-places; exact as long as its decimal text has at most 15 significant digits. */
export function fromScaled(n: number | bigint, places: number): number {
  if (typeof n === 'number' && Math.abs(n) < EXACT) return n / 10 ** places;
  return Number(decimalText(BigInt(n), places));
}

/** The decimal text of an integer of 10^-places, without trailing zeros: 12375n at 3 is "12.375". */
export function decimalText(n: bigint, places: number): string {
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${n < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

function fromDigits(digits: string, places: number, finer: Finer): number | bigint | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(digits);
  if (!parts) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = places + Number(exponent) - fraction.length;
  const magnitude = BigInt(whole + fraction);
  const n = shift >= 0 ? magnitude * 10n ** BigInt(shift) : divided(magnitude, 10n ** BigInt(-shift), finer);
  if (n === undefined) return undefined;
  const signed = sign ? -n : n;
  return signed > -BigInt(EXACT) && signed < BigInt(EXACT) ? Number(signed) : signed;
}

function divided(magnitude: bigint, by: bigint, finer: Finer): bigint | undefined {
  if (magnitude % by === 0n) return magnitude / by;
  return finer === 'refuse' ? undefined : (magnitude * 2n + by) / (by * 2n);
}

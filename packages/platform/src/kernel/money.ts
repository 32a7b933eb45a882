import { decimalText } from './quantity.js';

/** Posted money: a whole number of the currency's minor unit (cents, fen, yen). */
export interface Money {
  minor: bigint;
  currency: string;
}

/** An unrounded amount: a whole number of 10^-9 of the currency. */
export type Nano = bigint;

/** ISO 4217 currencies whose minor unit is not a hundredth. */
// biome-ignore format: a table reads better in rows
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
};

/** Decimals of the minor unit. ISO 4217 */
export function minorDigits(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** "1234.50": always with the currency's own number of decimals. */
export function moneyText({ minor, currency }: Money): string {
  const digits = minorDigits(currency);
  return decimalText(minor, digits, digits);
}

/** An unrounded amount as a decimal text with at least four decimals: what APIs and people see of it. */
export function nanoText(nano: Nano): string {
  return decimalText(nano, 9, 4);
}

/** Reads a decimal text with at most nine decimals; undefined if it is none. */
export function readNano(text: string): Nano | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const nano = BigInt(whole + fraction.padEnd(9, '0'));
  return sign ? -nano : nano;
}

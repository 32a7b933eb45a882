import { type Amount, sumAmounts, type TaxAmount } from './amounts.js';
import { shareOut } from './exact.js';

/** When amounts are rounded to minor units: once, or each line for itself. An agreement says which. */
export type RoundingRule = 'perTotal' | 'perLine';

/** An amount in minor units of its currency, with what rounding added to the after-tax (else before-tax) amount, in 10^-9. */
export interface RoundedAmount extends Amount {
  readonly currency: string;
  /** Decimals of the minor unit: 2 for EUR, 0 for JPY. */
  readonly digits: number;
  readonly residueNano: bigint;
}

/** Both sides of the taxes in minor units; one that is not known is absent. */
export type Billed = Pick<Amount, 'beforeTaxes' | 'afterTaxes'>;

const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3] as const),
  ...'CLF UYW'.split(' ').map((c) => [c, 4] as const),
]);

/** Decimals of a currency's minor unit. ISO 4217 */
export function minorDigits(currency: string): number {
  return DIGITS[currency.toUpperCase()] ?? 2;
}

/**
 * The one place where money is rounded: unrounded amounts (10^-9) to minor units, half away from zero.
 *
 * Give all lines of a price: `perTotal` (default) rounds their sum once; `perLine` rounds each and sums, and `residueNano` is the difference.
 * Before and after taxes are rounded; the taxes take what lies between, so that they always add up.
 */
export function roundAmount(amount: Amount | readonly Amount[], currency: string, rule: RoundingRule = 'perTotal'): RoundedAmount {
  const lines: readonly Amount[] = isList(amount) ? amount : [amount];
  const digits = minorDigits(currency);
  const unit = 10n ** BigInt(9 - digits);
  const exact = sumAmounts(lines);
  const rounded = rule === 'perTotal' ? roundOne(exact, unit) : sumAmounts(lines.map((line) => roundOne(line, unit)));
  const residueNano =
    rounded.afterTaxes !== undefined && exact.afterTaxes !== undefined
      ? rounded.afterTaxes * unit - exact.afterTaxes
      : (rounded.beforeTaxes ?? 0n) * unit - (exact.beforeTaxes ?? 0n);
  return { ...rounded, currency, digits, residueNano };
}

function isList(amount: Amount | readonly Amount[]): amount is readonly Amount[] {
  return Array.isArray(amount);
}

function roundOne(amount: Amount, unit: bigint): Amount {
  const beforeTaxes = amount.beforeTaxes === undefined ? undefined : half(amount.beforeTaxes, unit);
  const afterTaxes = amount.afterTaxes === undefined ? undefined : half(amount.afterTaxes, unit);
  const taxes = beforeTaxes === undefined || afterTaxes === undefined ? [] : taxesOf(afterTaxes - beforeTaxes, amount.taxes);
  return { ...(beforeTaxes === undefined ? {} : { beforeTaxes }), taxes, ...(afterTaxes === undefined ? {} : { afterTaxes }) };
}

function taxesOf(total: bigint, taxes: readonly TaxAmount[]): TaxAmount[] {
  const shares = shareOut(
    total,
    taxes.map(({ amount }) => (amount < 0n ? -amount : amount)),
  );
  return taxes.map((tax, i) => ({ ...tax, amount: shares[i]! }));
}

function half(n: bigint, unit: bigint): bigint {
  const size = n < 0n ? -n : n;
  const q = (size + unit / 2n) / unit;
  return n < 0n ? -q : q;
}

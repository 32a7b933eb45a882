import { roundAmount, sumAmounts } from '@evroam/ocpi/pricing';
import { minorDigits, type Nano } from '../kernel/money.js';
import { type Refused, refuse } from '../kernel/refusal.js';
import type { Terms } from '../model/agreed-tariff.js';
import type { Agreement, HubFee } from '../model/agreement.js';
import type { Amount, FeeType } from '../model/amount.js';
import type { Rated } from '../model/rating.js';

/** What is posted, in minor units: net + tax = gross, and the fees + rounding = net. */
export interface Charge {
  currency: string;
  fees: readonly { type: FeeType; net: bigint }[];
  net: bigint;
  tax: bigint;
  /** Tax that the buyer owes itself under reverse charge; no part of gross. */
  selfAssessed: bigint;
  gross: bigint;
  /** Under `perLine`, what the rounded lines make more than the rounded total. */
  rounding: bigint;
}

/** What is to be rounded: amounts with both sides of the taxes, and the same before taxes by fee. */
export interface ExactCharge {
  currency: string;
  lines: readonly (Amount & { beforeTaxes: Nano; afterTaxes: Nano })[];
  fees: readonly { type: FeeType; beforeTaxes: Nano }[];
}

/** A fee of the hub for one CDR. */
export interface Fee {
  net: bigint;
  tax: bigint;
}

/** Rates are written in 10^-4 of a per cent. */
const RATE_ONE = 1_000_000n;

/** A rating with both sides of the taxes everywhere; refused where a tax inside a price is not due and cannot be taken out. */
export function exactOf({ currency, lines, fees }: Rated, { taxTreatment }: Terms): ExactCharge | Refused<'notPriceable'> {
  const amounts: ExactCharge['lines'][number][] = [];
  for (const { amount, dimension } of lines) {
    const { beforeTaxes, afterTaxes } = amount;
    if (beforeTaxes === undefined || afterTaxes === undefined)
      return refuse('notPriceable', `the tax on the price of ${dimension} is not known`);
    if (taxTreatment !== 'domestic' && afterTaxes !== beforeTaxes)
      return refuse('notPriceable', `the price of ${dimension} includes a tax that is not due`);
    amounts.push({ ...amount, beforeTaxes, afterTaxes });
  }
  const nets = (Object.entries(fees) as [FeeType, Amount][]).map(([type, { beforeTaxes = 0n }]) => ({ type, beforeTaxes }));
  return { currency, lines: amounts, fees: nets };
}

/** The one place where an amount becomes money: once for the total, or line by line with the residue shown. */
export function charge({ currency, lines, fees }: ExactCharge, terms: Terms): Charge {
  const billed = roundAmount(lines, currency, terms.rounding);
  const gross = billed.afterTaxes ?? 0n;
  const net = billed.beforeTaxes ?? 0n;
  const parts: { type: FeeType; net: bigint }[] = [];
  let exact = 0n;
  let given = 0n;
  // Each fee gets the growth of the rounded running sum: the parts sum to the whole, each within one minor unit.
  for (const { type, beforeTaxes } of fees) {
    exact += beforeTaxes;
    const upTo = toMinor(exact, currency);
    if (upTo !== given) parts.push({ type, net: upTo - given });
    given = upTo;
  }
  const selfAssessed =
    terms.taxTreatment === 'reverseCharge' ? toMinor(atRate(sumAmounts(lines).beforeTaxes ?? 0n, terms.tax.rate), currency) : 0n;
  return { currency, fees: parts, net, tax: gross - net, selfAssessed, gross, rounding: net - given };
}

/** What an own driver pays on top of what we buy for: a start fee and a mark-up, which is a service fee. */
export function retail(bought: ExactCharge, terms: NonNullable<Agreement['retail']>, tax: Agreement['tax']): ExactCharge {
  const markUp = atRate(sumAmounts(bought.lines).beforeTaxes ?? 0n, terms.markUpRate);
  const lines = [...bought.lines];
  const fees = new Map(bought.fees.map(({ type, beforeTaxes }) => [type, beforeTaxes]));
  for (const [type, beforeTaxes] of [
    ['service', markUp],
    ['start', terms.startFee],
  ] as const) {
    if (beforeTaxes === 0n) continue;
    lines.push(added({ beforeTaxes, taxes: [] }, tax, beforeTaxes));
    fees.set(type, (fees.get(type) ?? 0n) + beforeTaxes);
  }
  return { currency: bought.currency, lines, fees: [...fees].map(([type, beforeTaxes]) => ({ type, beforeTaxes })) };
}

/** A hub fee on a gross price: the share and the fixed part together are rounded once, its tax once. */
export function hubFee(gross: bigint, terms: HubFee | undefined, currency: string, treatment: Agreement['taxTreatment']): Fee {
  if (!terms) return { net: 0n, tax: 0n };
  const net = toMinor(atRate(toNano(gross, currency), terms.rate) + terms.perCdr, currency);
  return { net, tax: treatment === 'domestic' ? toMinor(atRate(toNano(net, currency), terms.taxRate), currency) : 0n };
}

/** Nearest minor unit, a half away from zero. */
export function toMinor(nano: Nano, currency: string): bigint {
  return roundAmount({ beforeTaxes: nano, taxes: [] }, currency).beforeTaxes ?? 0n;
}

export function toNano(minor: bigint, currency: string): Nano {
  return minor * 10n ** BigInt(9 - minorDigits(currency));
}

/** A share of an amount, to the nearest 10^-9. */
export function atRate(amount: bigint, rate: number): bigint {
  return nearest(amount * BigInt(rate), RATE_ONE);
}

function added({ taxes }: Amount, tax: Agreement['tax'], beforeTaxes: Nano): ExactCharge['lines'][number] {
  const amount = atRate(beforeTaxes, tax.rate);
  return { beforeTaxes, taxes: [...taxes, { name: tax.name, rate: tax.rate, amount }], afterTaxes: beforeTaxes + amount };
}

function nearest(value: bigint, unit: bigint): bigint {
  const half = unit / 2n;
  return value < 0n ? -((-value + half) / unit) : (value + half) / unit;
}

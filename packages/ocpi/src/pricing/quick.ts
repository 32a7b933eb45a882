import type { Amount, TaxAmount } from './amounts.js';
import type { Entry } from './compile.js';
import type { Plan } from './plan.js';
import type { Billed } from './rounding.js';
import { stepsOf } from './step.js';
import type { Tally } from './tally.js';

/**
 * The total of a tally in plain numbers, where each step of it provably stays a whole number below 2^53; undefined where it does not,
 * or where the tariff needs more than sums (taxes included in prices, several taxes, limits that bite). `settle` gives the same digits.
 *
 * Amounts are counted in 1/180 of 10^-9, whole for prices of four decimals: 10^-4 per kWh times mWh is 10^-10, times 18;
 * 10^-4 per hour times ms is 1/(3.6 * 10^10), times 5.
 */
export function quickTotal(tally: Tally): Amount | undefined {
  const sums = quickSums(tally);
  return sums && amountOf(sums.before, sums.after, sums.taxes);
}

/** The same total rounded to minor units of so many digits, half away from zero: what `roundAmount` makes of it, but for the single taxes. */
export function quickBilled(tally: Tally, digits: number): Billed | undefined {
  const sums = quickSums(tally);
  if (!sums) return undefined;
  const unit = 10 ** (9 - digits);
  const beforeTaxes = BigInt(half(sums.before, unit));
  return sums.after === undefined ? { beforeTaxes } : { beforeTaxes, afterTaxes: BigInt(half(sums.after, unit)) };
}

interface Sums {
  /** In 10^-9, as the cut lines add up. */
  readonly before: number;
  readonly after: number | undefined;
  readonly taxes: readonly { name: string; rate: number; amount: number }[];
}

function quickSums(tally: Tally): Sums | undefined {
  const terms = termsOf(tally.plan);
  if (!terms) return undefined;
  const { order, count, volumes } = tally;
  const steps = stepsOf(tally);
  const { taxScale, limits } = terms;
  let before = 0;
  let after = 0;
  let beforeNano = 0;
  let afterNano = 0;
  let unknown = false;
  let taxed = false;
  const taxes: { name: string; rate: number; amount: number }[] = [];
  for (let k = 0; k < count; k++) {
    const index = order[k]!;
    const { factor, taxPart, name, rate } = terms.entries[index]!;
    let billed = volumes[index]!;
    for (let s = 0; s < steps.length; s++) if (steps[s]!.entry === index) billed += steps[s]!.added;
    const amount = factor * billed;
    before += amount;
    after += amount * taxPart;
    // Either sum only grows in size within these bounds, so checking the last value checks all.
    if (!(before <= BOUND && after <= BOUND)) return undefined;
    const lineBefore = jam(before, 180) - beforeNano;
    beforeNano += lineBefore;
    if (taxPart === 0) {
      if (amount !== 0) unknown = true;
      continue;
    }
    const lineAfter = jam(after, 180 * taxScale) - afterNano;
    afterNano += lineAfter;
    if (name === undefined) continue;
    taxed = true;
    const tax = lineAfter - lineBefore;
    const same = taxes.find((t) => t.name === name && t.rate === rate);
    if (same) same.amount += tax;
    else taxes.push({ name, rate, amount: tax });
  }
  if (unknown && taxed) return undefined;
  if (limits && (unknown || !limits(beforeNano, afterNano))) return undefined;
  return { before: beforeNano, after: unknown ? undefined : afterNano, taxes };
}

const BOUND = Number.MAX_SAFE_INTEGER;

interface Term {
  /** Units of 1/180 of 10^-9 per mWh, ms or piece. */
  readonly factor: number;
  /** (1 + rate) times the plan's `taxScale`; 0 where the rate is unknown. */
  readonly taxPart: number;
  readonly name: string | undefined;
  readonly rate: number;
}

interface Terms {
  readonly entries: readonly Term[];
  readonly taxScale: number;
  /** Whether a total is within the tariff's limits; undefined where there are none. */
  readonly limits: ((beforeNano: number, afterNano: number) => boolean) | undefined;
}

const known = new WeakMap<Plan, { terms: Terms | undefined }>();

function termsOf(plan: Plan): Terms | undefined {
  let found = known.get(plan);
  if (!found) {
    found = { terms: makeTerms(plan) };
    known.set(plan, found);
  }
  return found.terms;
}

function makeTerms({ tariffs, entries }: Plan): Terms | undefined {
  if (tariffs.some(({ taxIncluded }) => taxIncluded !== 'no')) return undefined;
  if (entries.some(({ price }) => price.price < 0n || price.price % 100_000n !== 0n || (price.taxes?.length ?? 0) > 1)) return undefined;
  const taxScale = entries.reduce((scale, { price }) => lcm(scale, denominator(price.taxes?.[0]?.rate ?? 0)), 1);
  return { entries: entries.map((entry) => term(entry, taxScale)), taxScale, limits: limitsOf(tariffs) };
}

function term({ price, dimension }: Entry, taxScale: number): Term {
  const tax = price.taxes?.[0];
  const rate = tax?.rate ?? 0;
  const per = dimension === 'ENERGY' ? 18 : dimension === 'FLAT' || dimension === 'RESERVATION_FLAT' ? 18_000_000 : 5;
  return {
    factor: Number(price.price / 100_000n) * per,
    taxPart: price.taxes === undefined ? 0 : taxScale + (rate * taxScale) / 1_000_000,
    name: tax?.name,
    rate,
  };
}

function limitsOf(tariffs: Plan['tariffs']): Terms['limits'] {
  if (tariffs.every(({ minPrice, maxPrice }) => minPrice === undefined && maxPrice === undefined)) return undefined;
  // Limits bind what was priced under their own tariff; with several, the lines have to be told apart.
  if (tariffs.length > 1) return () => false;
  const { minPrice, maxPrice } = tariffs[0]!;
  const number = (x: bigint | undefined, absent: number) => (x === undefined ? absent : Number(x));
  const minBefore = number(minPrice?.beforeTaxes, -Infinity);
  const minAfter = number(minPrice?.afterTaxes, -Infinity);
  const maxBefore = number(maxPrice?.beforeTaxes, Infinity);
  const maxAfter = number(maxPrice?.afterTaxes, Infinity);
  // An inexact amount is cut to its odd neighbour, so it never equals a limit of whole cents; on a limit of 10^-9 itself, ask `settle`.
  return (before, after) => before > minBefore && after > minAfter && before < maxBefore && after < maxAfter;
}

function amountOf(before: number, after: number | undefined, taxes: readonly { name: string; rate: number; amount: number }[]): Amount {
  const list: TaxAmount[] = [];
  for (let i = 0; i < taxes.length; i++) {
    const { name, rate, amount } = taxes[i]!;
    list.push({ name, rate, amount: BigInt(amount) });
  }
  return after === undefined
    ? { beforeTaxes: BigInt(before), taxes: list }
    : { beforeTaxes: BigInt(before), taxes: list, afterTaxes: BigInt(after) };
}

/** As `jam` of exact.ts, for non-negative safe integers; without `%`, which is slow on numbers past 2^31. */
function jam(numerator: number, denominator: number): number {
  let quotient = Math.floor(numerator / denominator);
  // The division may have been rounded up to a whole number that it does not reach.
  if (quotient * denominator > numerator) quotient -= 1;
  if (quotient * denominator === numerator) return quotient;
  return quotient - 2 * Math.floor(quotient / 2) === 1 ? quotient : quotient + 1;
}

/** The nearest whole number of units, a half upwards; for non-negative sums within `BOUND` / 180, so that nothing here is past 2^53. */
function half(nano: number, unit: number): number {
  const raised = nano + unit / 2;
  const quotient = Math.floor(raised / unit);
  return quotient * unit > raised ? quotient - 1 : quotient;
}

function denominator(rate: number): number {
  return 1_000_000 / gcd(rate, 1_000_000);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function lcm(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}

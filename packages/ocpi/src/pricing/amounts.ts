import { ATOMS, type Exact, PER_NANO, RATE, spread } from './atoms.js';
import type { Entry } from './compile.js';
import { PricingError } from './errors.js';
import { jam } from './exact.js';
import { limits } from './limits.js';
import { stepsOf } from './step.js';
import type { Tally } from './tally.js';
import type { Fee, FeeType } from './tariff.js';

/** What a line is for; a reservation has its own two, and a limit of the price stands as a line. */
export type LineDimension =
  | 'FLAT'
  | 'ENERGY'
  | 'TIME'
  | 'PARKING_TIME'
  | 'RESERVATION_FLAT'
  | 'RESERVATION_TIME'
  | 'MIN_PRICE'
  | 'MAX_PRICE';

/** A tax amount; `rate` in 10^-6 where one is known. */
export interface TaxAmount {
  readonly name: string;
  readonly rate?: number;
  readonly amount: bigint;
}

/** An amount whose unknown parts are absent: without a tax rate, one side of the taxes cannot be told from the other. */
export interface Amount {
  readonly beforeTaxes?: bigint;
  readonly taxes: readonly TaxAmount[];
  readonly afterTaxes?: bigint;
}

/** One reason of the price. `volume` and `billed` in mWh or ms, or 1 for a fee; `billed` is what step_size made of it. */
export interface PricedLine {
  readonly dimension: LineDimension;
  readonly tariffId: string;
  /** Places in the tariff; -1 for a limit of the price. */
  readonly element: number;
  readonly component: number;
  readonly price: bigint;
  readonly volume: number;
  readonly billed: number;
  readonly amount: Amount;
  readonly fees: readonly Fee[];
  readonly step?: { readonly size: number; readonly added: number };
  readonly slices?: readonly Slice[];
}

/** What could not be judged from what was reported; the price stands, by the rule named here. */
export interface Remark {
  readonly code: 'currentUnknown' | 'powerUnknown' | 'limitUnknown';
  readonly message: string;
}

/** A stretch of time within one period in which one component held; `volume` in mWh, ms or pieces. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly volume: number;
}

/** Turns what was gathered into lines and totals. */
export function settle(tally: Tally): { total: Amount; byDimension: Partial<Record<LineDimension, Amount>>; lines: PricedLine[] } {
  const steps = stepsOf(tally);
  const lines = Array.from(tally.order.subarray(0, tally.count), (index) => {
    const entry = tally.plan.entries[index]!;
    const volume = tally.volumes[index]!;
    const added = steps.find((step) => step.entry === index)?.added ?? 0;
    const slices = tally.slices?.[index];
    return { line: lineOf(entry, volume, added, slices), exact: exactOf(entry, volume + added), tariff: entry.tariff };
  });
  for (const tariff of tally.plan.tariffs) {
    if (tariff.minPrice === undefined && tariff.maxPrice === undefined) continue;
    const own = lines.filter((l) => l.tariff === tariff).map(({ exact }) => exact);
    if (own.length === 0 && tally.plan.tariffs.length > 1) continue;
    for (const { dimension, exact } of limits(tariff, own, tally.remarks)) {
      const line = { dimension, tariffId: tariff.id, element: -1, component: -1, price: 0n, volume: 1, billed: 1, fees: [] };
      lines.push({ line, exact, tariff });
    }
  }
  const cut = cutter();
  const out = lines.map(({ line, exact }) => ({ ...line, amount: cut(exact) }));
  const byDimension: Partial<Record<LineDimension, Amount>> = {};
  for (const { dimension, amount } of out) {
    const before = byDimension[dimension];
    byDimension[dimension] = before ? sumAmounts([before, amount]) : amount;
  }
  return { total: sumAmounts(out.map(({ amount }) => amount)), byDimension, lines: out };
}

/** The sum of amounts; a part is absent when any of them lacks it. */
export function sumAmounts(amounts: readonly Amount[]): Amount {
  let before: bigint | undefined = 0n;
  let after: bigint | undefined = 0n;
  const taxes: { name: string; rate?: number; amount: bigint }[] = [];
  for (const a of amounts) {
    before = before === undefined || a.beforeTaxes === undefined ? undefined : before + a.beforeTaxes;
    after = after === undefined || a.afterTaxes === undefined ? undefined : after + a.afterTaxes;
    for (const tax of a.taxes) {
      const same = taxes.find((t) => t.name === tax.name && t.rate === tax.rate);
      if (same) same.amount += tax.amount;
      else taxes.push({ ...tax });
    }
  }
  return amountOf(before, taxes, after);
}

/** An amount of what is known. */
export function amountOf(beforeTaxes: bigint | undefined, taxes: readonly TaxAmount[], afterTaxes: bigint | undefined): Amount {
  // Spelled out, since a settlement run makes many of these and spreading is slow.
  if (beforeTaxes === undefined) return afterTaxes === undefined ? { taxes } : { taxes, afterTaxes };
  return afterTaxes === undefined ? { beforeTaxes, taxes } : { beforeTaxes, taxes, afterTaxes };
}

function feeOf(dimension: LineDimension): FeeType {
  switch (dimension) {
    case 'ENERGY':
      return 'electricity';
    case 'FLAT':
      return 'start';
    case 'PARKING_TIME':
      return 'idle';
    case 'RESERVATION_FLAT':
    case 'RESERVATION_TIME':
      return 'reservation';
    default:
      return 'service';
  }
}

function lineOf(entry: Entry, volume: number, added: number, slices: readonly Slice[] | undefined): Omit<PricedLine, 'amount'> {
  const { dimension, tariff, element, component, price } = entry;
  return {
    dimension,
    tariffId: tariff.id,
    element,
    component,
    price: price.price,
    volume,
    billed: volume + added,
    fees: price.fees ?? [{ type: feeOf(dimension), price: price.price }],
    ...(added > 0 ? { step: { size: price.stepSize, added } } : {}),
    ...(slices ? { slices } : {}),
  };
}

function exactOf({ price, tariff, dimension }: Entry, billed: number): Exact {
  // 10^6 mWh in a kWh, 3.6 * 10^6 ms in an hour: 18 and 5 bring both to the same denominator.
  const per = dimension === 'ENERGY' ? 18n : dimension === 'FLAT' || dimension === 'RESERVATION_FLAT' ? PER_NANO : 5n;
  if (!Number.isSafeInteger(billed)) throw new PricingError('range', '', `${billed} is more than can be counted`);
  const base = price.price * BigInt(billed) * per;
  const stated = base * RATE;
  if (tariff.taxIncluded === 'notApplicable') return { before: stated, after: stated, taxes: [] };
  const { taxes } = price;
  if (taxes === undefined) {
    // Without a rate only the stated side is known, unless there is nothing to tax.
    if (base === 0n) return { before: 0n, after: 0n, taxes: [] };
    return tariff.taxIncluded === 'no' ? { before: stated, after: undefined, taxes: [] } : { before: undefined, after: stated, taxes: [] };
  }
  const rate = taxes.reduce((sum, t) => sum + BigInt(t.rate), 0n);
  if (tariff.taxIncluded === 'no') {
    return { before: stated, after: stated + base * rate, taxes: taxes.map((t) => ({ ...t, atoms: base * BigInt(t.rate) })) };
  }
  const before = jam(stated * RATE, RATE + rate);
  return {
    before,
    after: stated,
    taxes: spread(
      stated - before,
      taxes.map((t) => ({ ...t, atoms: BigInt(t.rate) })),
    ),
  };
}

/** Cuts atoms to 10^-9 so that the lines sum to the cut total: each line gets the growth of the running sum. */
function cutter(): (exact: Exact) => Amount {
  let before = 0n;
  let after = 0n;
  let beforeNano = 0n;
  let afterNano = 0n;
  return (exact) => {
    let beforeTaxes: bigint | undefined;
    let afterTaxes: bigint | undefined;
    if (exact.before !== undefined) {
      before += exact.before;
      beforeTaxes = jam(before, ATOMS) - beforeNano;
      beforeNano += beforeTaxes;
    }
    if (exact.after !== undefined) {
      after += exact.after;
      afterTaxes = jam(after, ATOMS) - afterNano;
      afterNano += afterTaxes;
    }
    const known = beforeTaxes !== undefined && afterTaxes !== undefined;
    return amountOf(beforeTaxes, known ? cutTaxes(afterTaxes! - beforeTaxes!, exact.taxes) : [], afterTaxes);
  };
}

function cutTaxes(tax: bigint, taxes: Exact['taxes']): TaxAmount[] {
  if (taxes.length === 1) return [taxOf(taxes[0]!, tax)];
  const shares = spread(tax, taxes).map(({ atoms }) => atoms);
  return taxes.map((t, i) => taxOf(t, shares[i]!));
}

function taxOf({ name, rate }: { readonly name: string; readonly rate?: number }, amount: bigint): TaxAmount {
  return rate === undefined ? { name, amount } : { name, rate, amount };
}

import type { Entry } from './compile.js';
import { PricingError } from './errors.js';
import { jam, shareOut } from './exact.js';
import { stepsOf } from './step.js';
import type { Tally } from './tally.js';
import type { Fee, FeeType, PriceLimit, Tariff } from './tariff.js';

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

/** Amounts are summed in atoms: whole numbers for every price of 10^-9 per kWh or hour, every mWh and ms, every tax rate of 10^-6. */
const PER_NANO = 18_000_000n;
const RATE = 1_000_000n;
const ATOMS = PER_NANO * RATE;

/** Atoms of one line, before they are cut to 10^-9. */
interface Exact {
  before: bigint | undefined;
  after: bigint | undefined;
  taxes: { name: string; rate?: number; atoms: bigint }[];
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

/** The lines that min_price and max_price add. Each side of the taxes is limited for itself. OCPI 2.2.1, 11.3.1 */
function limits(tariff: Tariff, lines: readonly Exact[], remarks: Map<string, Remark>): { dimension: LineDimension; exact: Exact }[] {
  const out: { dimension: LineDimension; exact: Exact }[] = [];
  let sum = add(lines);
  for (const [dimension, limit] of [
    ['MIN_PRICE', tariff.minPrice],
    ['MAX_PRICE', tariff.maxPrice],
  ] as const) {
    const change = limit && limitOf(tariff, limit, sum, dimension === 'MIN_PRICE', remarks);
    if (!change) continue;
    out.push({ dimension, exact: change });
    sum = add([sum, change]);
  }
  return out;
}

function limitOf(tariff: Tariff, limit: PriceLimit, sum: Exact, isMin: boolean, remarks: Map<string, Remark>): Exact | undefined {
  const beyond = (value: bigint, bound: bigint) => (isMin ? value < bound : value > bound);
  const before = change(sum.before, limit.beforeTaxes);
  const after = change(sum.after, tariff.taxIncluded === 'notApplicable' ? (limit.afterTaxes ?? limit.beforeTaxes) : limit.afterTaxes);
  if (
    (limit.beforeTaxes !== undefined && sum.before === undefined && limit.afterTaxes === undefined) ||
    (before === undefined && after === undefined)
  ) {
    remarks.set('limitUnknown', {
      code: 'limitUnknown',
      message: `a limit of tariff ${tariff.id} is on the side of the taxes that is not known`,
    });
    return undefined;
  }
  // Where the tariff limits one side only, the other follows in proportion.
  const one = before ?? follow(after, sum.after, sum.before);
  const other = after ?? follow(before, sum.before, sum.after);
  if ((one ?? 0n) === 0n && (other ?? 0n) === 0n) return undefined;
  const exact: Exact = {
    before: sum.before === undefined ? undefined : one,
    after: sum.after === undefined ? undefined : other,
    taxes: [],
  };
  if (exact.before !== undefined && exact.after !== undefined) {
    const tax = exact.after - exact.before;
    if (tax !== 0n) exact.taxes = spread(tax, sum.taxes.length > 0 ? sum.taxes : [{ name: 'VAT', atoms: 1n }]);
  }
  return exact;

  function change(value: bigint | undefined, bound: bigint | undefined): bigint | undefined {
    if (value === undefined || bound === undefined) return undefined;
    const atoms = bound * ATOMS;
    return beyond(value, atoms) ? atoms - value : 0n;
  }
}

function follow(change: bigint | undefined, from: bigint | undefined, to: bigint | undefined): bigint | undefined {
  if (change === undefined || from === undefined || to === undefined) return undefined;
  if (change === 0n) return 0n;
  return from === 0n ? undefined : jam(to * change, from);
}

function add(lines: readonly Exact[]): Exact {
  const sum: Exact = { before: 0n, after: 0n, taxes: [] };
  for (const line of lines) {
    sum.before = sum.before === undefined || line.before === undefined ? undefined : sum.before + line.before;
    sum.after = sum.after === undefined || line.after === undefined ? undefined : sum.after + line.after;
    for (const tax of line.taxes) {
      const same = sum.taxes.find((t) => t.name === tax.name && t.rate === tax.rate);
      if (same) same.atoms += tax.atoms;
      else sum.taxes.push({ ...tax });
    }
  }
  return sum;
}

/** Splits a tax in proportion to the taxes given, whole atoms that sum to it. */
function spread<T extends { atoms: bigint }>(tax: bigint, taxes: readonly T[]): T[] {
  const shares = shareOut(
    tax,
    taxes.map(({ atoms }) => (atoms < 0n ? -atoms : atoms)),
  );
  return taxes.map((t, i) => ({ ...t, atoms: shares[i]! }));
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

import type { BodyOf, TransactionRecord } from '@evroam/gbt-adapter/ykc';
import { decimalText } from '../../../kernel/quantity.js';
import type { BillingModel } from '../../../model/billing-model.js';
import { clockShift } from '../../../model/clock-shift.js';
import { rateEnergy } from '../../../model/rating.js';
import { units } from './translate.js';

export type Bill = BodyOf<typeof TransactionRecord>;

export const BANDS = ['sharp', 'peak', 'flat', 'valley'] as const;
export type Band = (typeof BANDS)[number];

/** A pile rounds each band to 10^-4 CNY: in four bands it is off by less than this, in the same unit. */
const TOLERANCE_UNITS = 4;
/** And it cuts each band to 10^-4 kWh, the meter only once. */
const METER_SLACK_UNITS = 4;
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 48 * HALF_HOUR_MS;
const CHINA_MS = 8 * 3_600_000;
/** A pile counts prices in 10^-5 CNY and amounts in 10^-4; the rating engine in 10^-9. */
const NANO_PER_PRICE_UNIT = 10_000n;
const NANO_PER_AMOUNT_UNIT = 100_000n;
const MILLI_WH_PER_UNIT = 100;

export type BillFault =
  | 'noModel'
  | 'timeUnreadable'
  | 'timeImpossible'
  | 'endsBeforeStart'
  | 'priceNotOfModel'
  | 'bandNotInTime'
  | 'energySum'
  | 'meter'
  | 'lossRatio'
  | 'bandAmount'
  | 'amountSum';

/** One band as the pile billed it and as its model comes to; kWh, CNY/kWh and CNY as decimal texts. */
export interface BandTrace {
  band: Band;
  kwh: string;
  price: string;
  shown: string;
  ours: string;
}

/** What a bill is worth: the pile's own amount where it is within tolerance of what its model comes to, else it is held. */
export interface Checked {
  verdict: 'agreed' | 'held';
  faults: readonly BillFault[];
  /** CNY as the driver saw it at the pile. */
  shown: string;
  /** CNY that energy and model come to, exact, with its two fees. */
  ours: string;
  electricity: string;
  service: string;
  difference: string;
  trace: readonly BandTrace[];
}

/** Rates a bill again by the model that the pile had when the session began. YKC V1.6, 8.7 */
export function checkBill(
  bill: Bill,
  model: BillingModel | undefined,
  times: { start: Date; end: Date } | undefined,
  heardAt: Date,
): Checked {
  const faults = new Set<BillFault>();
  if (!model) faults.add('noModel');
  if (!times) faults.add('timeUnreadable');
  else if (times.end < times.start) faults.add('endsBeforeStart');
  // The pile chose its prices by a clock that was wrong.
  if (times && [times.start, times.end].some((at) => clockShift(at, heardAt) !== undefined)) faults.add('timeImpossible');
  const visited = model && times ? new Set(visits(model, times.start, times.end).map(({ band }) => band)) : undefined;
  const total = { shown: 0, energy: 0, ours: 0n, electricity: 0n, service: 0n };
  const trace = BANDS.map((band, i): BandTrace => {
    const [energy, price, shown] = [units(bill[`${band}Energy`], 4), units(bill[`${band}Price`], 5), units(bill[`${band}Amount`], 4)];
    const { electricity = 0, service = 0 } = model?.bands[i] ?? {};
    const rated = rateEnergy(energy * MILLI_WH_PER_UNIT, 'CNY', [
      { type: 'electricity', price: BigInt(electricity) * NANO_PER_PRICE_UNIT },
      { type: 'service', price: BigInt(service) * NANO_PER_PRICE_UNIT },
    ]);
    const ours = rated.total;
    if (model && energy > 0 && price !== electricity + service) faults.add('priceNotOfModel');
    if (energy > 0 && visited && !visited.has(i)) faults.add('bandNotInTime');
    if (energy !== units(bill[`${band}LossEnergy`], 4)) faults.add('lossRatio');
    if (model && distance(BigInt(shown) * NANO_PER_AMOUNT_UNIT, ours) > NANO_PER_AMOUNT_UNIT) faults.add('bandAmount');
    total.shown += shown;
    total.energy += energy;
    total.ours += ours;
    total.electricity += rated.fees.get('electricity') ?? 0n;
    total.service += rated.fees.get('service') ?? 0n;
    return { band, kwh: text(energy, 4), price: text(price, 5), shown: text(shown, 4), ours: decimalText(ours, 9, 4) };
  });
  const shown = units(bill.totalAmount, 4);
  if (total.energy !== units(bill.totalEnergy, 4)) faults.add('energySum');
  if (Math.abs(units(bill.meterEnd, 4) - units(bill.meterStart, 4) - total.energy) > METER_SLACK_UNITS) faults.add('meter');
  const difference = BigInt(shown) * NANO_PER_AMOUNT_UNIT - total.ours;
  if (shown !== total.shown || (model && distance(difference, 0n) > BigInt(TOLERANCE_UNITS) * NANO_PER_AMOUNT_UNIT))
    faults.add('amountSum');
  return {
    verdict: faults.size === 0 ? 'agreed' : 'held',
    faults: [...faults],
    shown: text(shown, 4),
    ours: decimalText(total.ours, 9, 4),
    electricity: decimalText(total.electricity, 9, 4),
    service: decimalText(total.service, 9, 4),
    difference: decimalText(difference, 9, 4),
    trace,
  };
}

/**
 * The stretches of one price each, with the energy that the bill gives its band. A band that holds twice in one session has its energy
 * shared by time, in whole units: the bill does not say more, and its price is the same.
 */
export function periodsOf(
  bill: Bill,
  model: BillingModel | undefined,
  start: Date,
  end: Date,
): { startedAt: Date; energyMilliWh: number }[] {
  const all = units(bill.totalEnergy, 4);
  const stretches = model && end > start ? visits(model, start, end) : [];
  if (stretches.length === 0) return [{ startedAt: start, energyMilliWh: all * MILLI_WH_PER_UNIT }];
  const shares = stretches.map(() => 0);
  for (const [i, band] of BANDS.entries()) {
    const mine = stretches.flatMap((stretch, at) => (stretch.band === i ? [at] : []));
    const lengthMs = mine.reduce((sum, at) => sum + stretches[at]!.ms, 0);
    let left = units(bill[`${band}Energy`], 4);
    for (const at of mine) {
      const isLast = at === mine.at(-1);
      const share = isLast ? left : Number((BigInt(units(bill[`${band}Energy`], 4)) * BigInt(stretches[at]!.ms)) / BigInt(lengthMs));
      shares[at] = share;
      left -= share;
    }
  }
  // What the bands do not account for is the last one's: the bill is held, and its total stands.
  shares[shares.length - 1]! += all - shares.reduce((sum, share) => sum + share, 0);
  return stretches.map(({ from }, at) => ({ startedAt: from, energyMilliWh: Math.max(0, shares[at]!) * MILLI_WH_PER_UNIT }));
}

interface Stretch {
  band: number;
  from: Date;
  ms: number;
}

/** Days that a session is cut into prices for; what lasts longer is one clock's mistake. */
const MOST_SLOTS = 31 * 48;

function visits({ slots }: BillingModel, start: Date, end: Date): Stretch[] {
  const found: Stretch[] = [];
  for (let at = start.getTime(), n = 0; (at < end.getTime() || n === 0) && n < MOST_SLOTS; n += 1) {
    const local = at + CHINA_MS;
    const band = slots[Math.floor((local % DAY_MS) / HALF_HOUR_MS)]!;
    const next = Math.min(end.getTime(), at + HALF_HOUR_MS - (local % HALF_HOUR_MS));
    const last = found.at(-1);
    if (last?.band === band) last.ms += next - at;
    else found.push({ band, from: new Date(at), ms: Math.max(1, next - at) });
    at = next;
  }
  return found;
}

const text = (value: number, places: number): string => decimalText(BigInt(value), places, 4);
const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

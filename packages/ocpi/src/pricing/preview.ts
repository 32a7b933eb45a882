import { planOf } from './plan.js';
import { period } from './session.js';
import { Tally } from './tally.js';
import type { Tariff } from './tariff.js';
import { zoneOf } from './zone.js';

/** The prices of a stretch of time, in 10^-9 of the currency as the tariff states them; absent: free of charge. */
export interface PriceWindow {
  /** Epoch milliseconds; the end is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly perKwh?: bigint;
  readonly perHour?: bigint;
  readonly perParkingHour?: bigint;
  readonly start?: bigint;
}

/** Which moment of which session is looked at: one that has charged so much, runs so long and draws so much. */
export interface PreviewState {
  readonly energyMilliWh?: number;
  readonly durationMs?: number;
  readonly powerMilliW?: number;
  readonly currentMicroA?: number;
}

const MAX_DAYS = 400;

/** A tariff's prices over some days from an instant, window by window, for a plot; 7 days by default. */
export function previewTariff(
  tariff: Tariff,
  options: { readonly timeZone: string; readonly from: number; readonly days?: number; readonly state?: PreviewState },
): PriceWindow[] {
  const { timeZone, from, days = 7, state = {} } = options;
  if (!(days > 0 && days <= MAX_DAYS)) throw new RangeError(`${days} is not between 1 and ${MAX_DAYS} days`);
  const plan = planOf([tariff], timeZone, undefined);
  const { windowAt } = plan.compiled[0]!;
  const until = dayAfter(from, days, timeZone);
  const out: PriceWindow[] = [];
  for (let t = from; t < until; ) {
    const to = Math.min(windowAt(t).to, until);
    const next = { from: t, to, ...pricesAt(plan, t, state) };
    const before = out.at(-1);
    if (before && samePrices(before, next)) out[out.length - 1] = { ...before, to };
    else out.push(next);
    t = to;
  }
  return out;
}

/** The same local time some days later: a week with a change of the clock has an hour more or less. */
function dayAfter(from: number, days: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const guess = from + days * 86_400_000;
  return guess + zone.at(from).offset - zone.at(guess).offset;
}

function pricesAt(plan: ReturnType<typeof planOf>, at: number, state: PreviewState): Partial<PriceWindow> {
  const { energyMilliWh = 0, durationMs = 0, powerMilliW = -1, currentMicroA = -1 } = state;
  const tally = new Tally(plan, { start: at }, false);
  tally.place(at - durationMs, energyMilliWh);
  const load = {
    minPowerMilliW: powerMilliW,
    maxPowerMilliW: powerMilliW,
    minCurrentMicroA: currentMicroA,
    maxCurrentMicroA: currentMicroA,
  };
  tally.add(period({ start: at, end: at, energyMilliWh: 1, timeMs: 1, parkingMs: 1, tariffId: plan.tariffs[0]!.id, ...load }));
  const of = (dimension: string) => {
    for (let i = 0; i < tally.count; i++) {
      const entry = plan.entries[tally.order[i]!]!;
      if (entry.dimension === dimension) return entry.price.price;
    }
    return undefined;
  };
  const [perKwh, perHour, perParkingHour, start] = [of('ENERGY'), of('TIME'), of('PARKING_TIME'), of('FLAT')];
  return {
    ...(perKwh === undefined ? {} : { perKwh }),
    ...(perHour === undefined ? {} : { perHour }),
    ...(perParkingHour === undefined ? {} : { perParkingHour }),
    ...(start === undefined ? {} : { start }),
  };
}

function samePrices(a: PriceWindow, b: PriceWindow): boolean {
  return a.perKwh === b.perKwh && a.perHour === b.perHour && a.perParkingHour === b.perParkingHour && a.start === b.start;
}

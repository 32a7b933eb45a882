import type { BodyOf } from '../frame.js';
import type { BillingModelReply } from '../registration.js';

/** The billing model that a pile holds: 0x0A or 0x58. */
export type BillingModel = BodyOf<typeof BillingModelReply>;

const HALF_HOUR_MS = 1_800_000;
const OFFSET_MS = 8 * 3_600_000;
/** One unit of a record, 0.0001 kWh, in watt-milliseconds. */
export const WATT_MS_PER_UNIT = 360_000;
export const BANDS = ['sharp', 'peak', 'flat', 'valley'] as const;

/** Energy by price band, in watt-milliseconds: integers, so that nothing is lost between two ticks. */
export type BandEnergy = readonly [sharp: number, peak: number, flat: number, valley: number];
export const NO_ENERGY: BandEnergy = [0, 0, 0, 0];

/** Adds what a constant power delivers in a span, each half hour of China time to the band the model says. */
export function addEnergy(energy: BandEnergy, model: BillingModel, powerW: number, fromMs: number, toMs: number): BandEnergy {
  const next: [number, number, number, number] = [...energy];
  for (let at = fromMs; at < toMs; ) {
    const local = at + OFFSET_MS;
    const end = Math.min(toMs, at + HALF_HOUR_MS - (local % HALF_HOUR_MS));
    const slot = model.slots48[Math.floor((local % (48 * HALF_HOUR_MS)) / HALF_HOUR_MS)] ?? 0;
    const band = Math.min(slot, 3) as 0 | 1 | 2 | 3;
    next[band] += powerW * (end - at);
    at = end;
  }
  return next;
}

/** Whole units of 0.0001 kWh in each band. */
export const unitsOf = (energy: BandEnergy): readonly number[] => energy.map((wattMs) => Math.floor(wattMs / WATT_MS_PER_UNIT));

/** Electricity and service of a band, in 0.00001 CNY per kWh. */
export function priceOf(model: BillingModel, band: (typeof BANDS)[number]): number {
  return Math.round(model[`${band}ElecPrice`] * 1e5) + Math.round(model[`${band}ServicePrice`] * 1e5);
}

/** Units of 0.0001 CNY, half up, as the pile shows them. */
export const amountOf = (units: number, price: number): number => Math.floor((units * price + 50_000) / 100_000);

/** What a session comes to so far: units and amounts by band and together. */
export function tally(
  energy: BandEnergy,
  model: BillingModel,
): { units: readonly number[]; amounts: readonly number[]; totalUnits: number; totalAmount: number } {
  const units = unitsOf(energy);
  const amounts = units.map((count, i) => amountOf(count, priceOf(model, BANDS[i]!)));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  return { units, amounts, totalUnits: sum(units), totalAmount: sum(amounts) };
}

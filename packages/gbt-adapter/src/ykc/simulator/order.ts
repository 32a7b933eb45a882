import type { BodyOf } from '../frame.js';
import { fromDate } from '../time.js';
import type { MeteredTransactionRecord, TransactionRecord } from '../transaction-record.js';
import { addEnergy, BANDS, type BandEnergy, type BillingModel, NO_ENERGY, priceOf, tally, unitsOf } from './meter.js';

/** A vehicle at a gun. */
export interface Vehicle {
  readonly vin: string;
  readonly capacityKWh: number;
  readonly socPct: number;
  readonly maxPowerKw: number;
}

/** What started an order: the values of `startType` in a record. */
export type StartedBy = 'app' | 'card' | 'offlineCard' | 'vin';
const START_TYPE: Readonly<Record<StartedBy, number>> = { app: 1, card: 2, offlineCard: 4, vin: 5 };

/** A running order; the model is the one that held when it began. */
export interface Order {
  readonly tradeNo: string;
  readonly by: StartedBy;
  readonly physicalCard: string;
  readonly model: BillingModel;
  readonly vehicle: Vehicle;
  readonly powerW: number;
  readonly startedAt: Date;
  readonly measuredTo: Date;
  readonly energy: BandEnergy;
  readonly meterStartUnits: number;
  /** 0.0001 CNY, or undefined where nobody set one. */
  readonly balance: number | undefined;
}

export type OrderStart = Omit<Order, 'measuredTo' | 'energy'>;

export const begin = (start: OrderStart): Order => ({ ...start, measuredTo: start.startedAt, energy: NO_ENERGY });

/** Charges on until a moment; full is full. */
export function chargeTo(order: Order, to: Date): Order {
  const from = order.measuredTo.getTime();
  const missing = Math.max(0, Math.floor((order.vehicle.capacityKWh * 3.6e9 * (100 - order.vehicle.socPct)) / 100) - taken(order));
  const end = order.powerW === 0 ? to.getTime() : Math.min(to.getTime(), from + Math.ceil(missing / order.powerW));
  if (to.getTime() <= from) return order;
  return { ...order, measuredTo: to, energy: addEnergy(order.energy, order.model, order.powerW, from, end) };
}

const taken = (order: Order): number => order.energy.reduce((sum, wattMs) => sum + wattMs, 0);

/** State of charge, percent, whole. */
export function socOf(order: Order): number {
  return Math.min(100, Math.floor(order.vehicle.socPct + (taken(order) / (order.vehicle.capacityKWh * 3.6e9)) * 100));
}

export const isFull = (order: Order): boolean => socOf(order) >= 100;
export const isBroke = (order: Order): boolean =>
  order.balance !== undefined && tally(order.energy, order.model).totalAmount >= order.balance;

type Record3B = BodyOf<typeof TransactionRecord>;
export type PileRecord = Record3B | BodyOf<typeof MeteredTransactionRecord>;

/** The bill of an order. */
export function recordOf(
  order: Order,
  {
    pileCode,
    gunNo,
    endedAt,
    stopReason,
    isMetered,
  }: { pileCode: string; gunNo: string; endedAt: Date; stopReason: number; isMetered: boolean },
): PileRecord {
  const { units, amounts, totalUnits, totalAmount } = tally(order.energy, order.model);
  const bands = Object.fromEntries(
    BANDS.flatMap((band, i) => [
      [`${band}Price`, priceOf(order.model, band) / 1e5],
      [`${band}Energy`, units[i]! / 1e4],
      [`${band}LossEnergy`, units[i]! / 1e4],
      [`${band}Amount`, amounts[i]! / 1e4],
    ]),
  ) as Pick<Record3B, `${(typeof BANDS)[number]}${'Price' | 'Energy' | 'LossEnergy' | 'Amount'}`>;
  const record: Record3B = {
    tradeNo: order.tradeNo,
    pileCode,
    gunNo,
    startTime: fromDate(order.startedAt),
    endTime: fromDate(endedAt),
    ...bands,
    meterStart: order.meterStartUnits / 1e4,
    meterEnd: (order.meterStartUnits + totalUnits) / 1e4,
    totalEnergy: totalUnits / 1e4,
    totalLossEnergy: totalUnits / 1e4,
    totalAmount: totalAmount / 1e4,
    vin: order.vehicle.vin,
    startType: START_TYPE[order.by],
    tradeTime: fromDate(endedAt),
    stopReason,
    physicalCard: order.physicalCard,
  };
  return isMetered
    ? { ...record, meterNo: pileCode.slice(-12), meterCipher: '00'.repeat(34), meterProtocolVersion: 0, encryptMethod: 0 }
    : record;
}

/** Units of 0.0001 kWh that an order has added to the gun's meter. */
export const meteredUnits = (order: Order): number => unitsOf(order.energy).reduce((sum, units) => sum + units, 0);

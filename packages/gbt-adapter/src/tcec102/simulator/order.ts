import type { ChargeDetail, ChargeStatus } from '../charging.js';
import type { ChargeOrderInfo } from '../orders.js';
import type { Infer } from '../schema.js';
import { timeOf, timeText } from '../time.js';
import type { Policy } from './world.js';

const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * 3_600_000;
/** 0.01 kWh in watt-milliseconds. */
const WATT_MS_PER_UNIT = 36_000_000;

/** Energy at one price: integers, so that nothing is lost between two looks. */
interface Part {
  readonly from: Date;
  readonly to: Date;
  readonly elecPrice: number;
  readonly servicePrice: number;
  readonly wattMs: number;
}

/** An order at a simulated partner's own pile. */
export interface Order {
  readonly seq: string;
  readonly connectorId: string;
  /** 1 starting, 2 charging, 3 stopping, 4 ended, 5 unknown. */
  readonly state: 1 | 2 | 3 | 4 | 5;
  readonly powerW: number;
  /** What the vehicle takes before it is full. */
  readonly needWattMs: number;
  readonly startedAt: Date;
  readonly measuredTo: Date;
  readonly parts: readonly Part[];
  readonly stopReason: number;
}

export const newOrder = (seq: string, connectorId: string, powerW: number, needKWh: number, at: Date): Order => ({
  seq,
  connectorId,
  state: 1,
  powerW,
  needWattMs: needKWh * 3.6e9,
  startedAt: at,
  measuredTo: at,
  parts: [],
  stopReason: 0,
});

const msOf = (time: string): number => (Number(time.slice(0, 2)) * 3600 + Number(time.slice(2, 4)) * 60 + Number(time.slice(4))) * 1000;

/** Charges on to a moment, a new part at each change of the price. */
export function chargeTo(order: Order, policy: Policy, to: Date): Order {
  if (order.state !== 2 && order.state !== 3) return order;
  const parts = [...order.parts];
  const full = order.measuredTo.getTime() + Math.ceil(Math.max(0, order.needWattMs - takenOf(order)) / order.powerW);
  const stop = Math.min(to.getTime(), full);
  for (let at = order.measuredTo.getTime(); at < stop; ) {
    const ofDay = (at + OFFSET_MS) % DAY_MS;
    const index = policy.findLastIndex(({ StartTime }) => msOf(StartTime) <= ofDay);
    const period = policy[Math.max(index, 0)]!;
    const next = policy[index + 1];
    const end = Math.min(stop, at - ofDay + (next ? msOf(next.StartTime) : DAY_MS));
    const [elecPrice, servicePrice] = [Math.round(period.ElecPrice * 1e4), Math.round(period.SevicePrice * 1e4)];
    const wattMs = order.powerW * (end - at);
    const last = parts.at(-1);
    if (last && last.to.getTime() === at && last.elecPrice === elecPrice && last.servicePrice === servicePrice) {
      parts[parts.length - 1] = { ...last, to: new Date(end), wattMs: last.wattMs + wattMs };
    } else parts.push({ from: new Date(at), to: new Date(end), elecPrice, servicePrice, wattMs });
    at = end;
  }
  return { ...order, parts, measuredTo: to };
}

const takenOf = ({ parts }: Order): number => parts.reduce((sum, { wattMs }) => sum + wattMs, 0);
export const isFull = (order: Order): boolean => takenOf(order) >= order.needWattMs;

/** Cents, half up: 0.01 kWh at 0.0001 CNY is a millionth. */
const cents = (units: number, price: number): number => Math.floor((units * price + 5000) / 10_000);

/** What an order comes to: whole hundredths, so that the details add up to the totals. */
export function sumsOf({ parts }: Order): { details: Infer<typeof ChargeDetail>[]; power: number; elec: number; service: number } {
  let [power, elec, service] = [0, 0, 0];
  const details = parts.map(({ from, to, elecPrice, servicePrice, wattMs }) => {
    const units = Math.floor(wattMs / WATT_MS_PER_UNIT);
    const [elecCents, serviceCents] = [cents(units, elecPrice), cents(units, servicePrice)];
    power += units;
    elec += elecCents;
    service += serviceCents;
    return {
      DetailStartTime: timeText(from),
      DetailEndTime: timeText(to),
      ElecPrice: elecPrice / 1e4,
      SevicePrice: servicePrice / 1e4,
      DetailPower: units / 100,
      DetailElecMoney: elecCents / 100,
      DetailSeviceMoney: serviceCents / 100,
    };
  });
  return { details, power, elec, service };
}

export function statusOf(order: Order): Infer<typeof ChargeStatus> {
  const { details, power, elec, service } = sumsOf(order);
  const isCharging = order.state === 2;
  const voltage = order.powerW > 10_000 ? 400 : 220;
  return {
    StartChargeSeq: order.seq,
    StartChargeSeqStat: order.state,
    ConnectorID: order.connectorId,
    ConnectorStatus: isCharging ? 3 : 2,
    CurrentA: isCharging ? Math.round((order.powerW / voltage) * 10) / 10 : 0,
    VoltageA: isCharging ? voltage : 0,
    Soc: isCharging ? Math.min(100, 20 + Math.floor((80 * takenOf(order)) / order.needWattMs)) : 0,
    StartTime: timeText(order.startedAt),
    EndTime: timeText(order.measuredTo),
    TotalPower: power / 100,
    ElecMoney: elec / 100,
    SeviceMoney: service / 100,
    TotalMoney: (elec + service) / 100,
    SumPeriod: details.length,
    ChargeDetails: details,
  };
}

export type Bill = Infer<typeof ChargeOrderInfo>;

export function billOf(order: Order): Bill {
  const { details, power, elec, service } = sumsOf(order);
  return {
    StartChargeSeq: order.seq,
    ConnectorID: order.connectorId,
    StartTime: timeText(order.startedAt),
    EndTime: timeText(order.measuredTo),
    TotalPower: power / 100,
    TotalElecMoney: elec / 100,
    TotalSeviceMoney: service / 100,
    TotalMoney: (elec + service) / 100,
    StopReason: order.stopReason,
    SumPeriod: details.length,
    ChargeDetails: details,
  };
}

const hundredths = (value: number | undefined): number => Math.round((value ?? 0) * 100);

/** Whether a bill's parts are its totals; a bill without details or without their money is taken by its totals alone. */
export function addsUp({
  TotalElecMoney,
  TotalSeviceMoney,
  TotalMoney,
  TotalPower,
  ChargeDetails = [],
  StartTime,
  EndTime,
}: Bill): boolean {
  const sum = (of: (detail: Infer<typeof ChargeDetail>) => number | undefined): number =>
    ChargeDetails.reduce((total, detail) => total + hundredths(of(detail)), 0);
  const [from, to] = [timeOf(StartTime), timeOf(EndTime)];
  if (!from || !to || from > to || hundredths(TotalMoney) !== hundredths(TotalElecMoney) + hundredths(TotalSeviceMoney)) return false;
  if (ChargeDetails.length === 0) return true;
  const hasMoney = ChargeDetails.every(
    ({ DetailElecMoney, DetailSeviceMoney }) => DetailElecMoney !== undefined && DetailSeviceMoney !== undefined,
  );
  return (
    sum(({ DetailPower }) => DetailPower) === hundredths(TotalPower) &&
    (!hasMoney ||
      (sum(({ DetailElecMoney }) => DetailElecMoney) === hundredths(TotalElecMoney) &&
        sum(({ DetailSeviceMoney }) => DetailSeviceMoney) === hundredths(TotalSeviceMoney)))
  );
}

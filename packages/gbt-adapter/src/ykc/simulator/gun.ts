import type { BodyOf } from '../frame.js';
import type { RealtimeData } from '../realtime.js';
import type { Lock } from './lock.js';
import { tally } from './meter.js';
import { chargeTo, isBroke, isFull, meteredUnits, type Order, socOf, type Vehicle } from './order.js';

/** A start that came before the plug: it waits a minute. V1.6, 8.4 */
export interface WaitingStart {
  readonly tradeNo: string;
  readonly until: Date;
  readonly balance: number | undefined;
  readonly physicalCard: string;
}

/** One gun of a pile. */
export interface Gun {
  readonly number: number;
  readonly vehicle: Vehicle | undefined;
  readonly order: Order | undefined;
  readonly waiting: WaitingStart | undefined;
  readonly hasFault: boolean;
  /** The meter's register before the running order, 0.0001 kWh. */
  readonly meterUnits: number;
  readonly lock: Lock | undefined;
}

export const gunText = (number: number): string => String(number).padStart(2, '0');

/** The order measured up to now, and why it would end by itself. */
export function tick(order: Order, now: Date): { order: Order; ends: 'full' | 'broke' | undefined } {
  const next = chargeTo(order, now);
  return { order: next, ends: isFull(next) ? 'full' : isBroke(next) ? 'broke' : undefined };
}

const NO_TRADE = '0'.repeat(32);

/** 0x13 of a gun as it is now. */
export function realtimeOf(
  gun: Gun,
  { pileCode, isDc, saysIdle }: { pileCode: string; isDc: boolean; saysIdle: boolean },
): BodyOf<typeof RealtimeData> {
  const { order } = gun;
  const total = order ? tally(order.energy, order.model) : undefined;
  const voltage = isDc ? 400 : 220;
  const charging = order !== undefined && !saysIdle;
  const units = order ? meteredUnits(order) : 0;
  const elapsedMs = order ? order.measuredTo.getTime() - order.startedAt.getTime() : 0;
  const missingW = order ? (order.vehicle.capacityKWh * (100 - socOf(order))) / 100 / (order.powerW / 1000) : 0;
  return {
    tradeNo: order?.tradeNo ?? NO_TRADE,
    pileCode,
    gunNo: gunText(gun.number),
    status: gun.hasFault ? 1 : charging ? 3 : 2,
    gunHomed: gun.vehicle ? 0 : 1,
    plugged: gun.vehicle ? 1 : 0,
    voltage: charging ? voltage : 0,
    current: charging ? Math.round((order.powerW / voltage) * 10) / 10 : 0,
    cableTempC: charging ? 31 : -50,
    cableCode: '0000000000000000',
    soc: charging && isDc ? socOf(order) : 0,
    batteryMaxTempC: charging && isDc ? 28 : -50,
    elapsedMin: Math.floor(elapsedMs / 60_000),
    remainingMin: charging ? Math.min(65_535, Math.round(missingW * 60)) : 0,
    energyKWh: units / 1e4,
    lossEnergyKWh: units / 1e4,
    amount: (total?.totalAmount ?? 0) / 1e4,
    hardwareFault: gun.hasFault ? 1 : 0,
  };
}

import { priceBorders } from '../model/rating.js';
import type { ChargingPeriod } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';

/** The time in which a connector was kept free, cut where the price may change; whole seconds that sum to its length. */
export function keptFree(inForce: readonly TariffVersion[], timeZone: string, from: Date, until: Date): ChargingPeriod[] {
  if (from >= until) return [];
  const starts = [from, ...priceBorders(inForce, timeZone, from, until)];
  const seconds = (at: Date) => Math.round((at.getTime() - from.getTime()) / 1000);
  return starts.map((at, i) => ({
    startedAt: at,
    ...(inForce[0] ? { tariffId: inForce[0].id } : {}),
    energyMilliWh: 0,
    chargingSeconds: 0,
    parkingSeconds: 0,
    reservationSeconds: seconds(starts[i + 1] ?? until) - seconds(at),
  }));
}

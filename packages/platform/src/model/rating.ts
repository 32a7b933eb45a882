import {
  type Amount,
  amountsByFee,
  priceBorders as bordersOf,
  type Fee,
  type FeeType,
  type LineDimension,
  type PricedLine,
  type PricedSession,
  period,
  price,
  reservationOf,
  sumAmounts,
} from '@evroam/ocpi/pricing';
import type { ChargingPeriod } from './session.js';
import type { TariffVersion } from './tariff.js';

/** What a session costs and why: unrounded, in 10^-9. The lines sum to the total; so do the fees, and so do the parts. */
export interface Rated {
  currency: string;
  total: Amount;
  parts: { energy?: Amount; time?: Amount; parkingTime?: Amount; fixed?: Amount; reservation?: Amount };
  fees: Partial<Record<FeeType, Amount>>;
  lines: readonly PricedLine[];
}

/** What rating looks at: a running session up to now, an ended one, or a CDR. */
export interface Ratable {
  startedAt: Date;
  endedAt: Date;
  currency: string;
  periods: readonly ChargingPeriod[];
}

/** The platform's one door to the rating engine: estimate, running cost, CDR and settlement all pass through it. */
export function rate(tariffs: readonly TariffVersion[], session: Ratable, { timeZone }: { timeZone: string }): Rated {
  if (tariffs.length === 0) return { currency: session.currency, total: FREE, parts: {}, fees: {}, lines: [] };
  const engine = tariffs.map(({ tariff }) => tariff);
  const priced = price(engine, pricedSession(session), { timeZone, trace: true });
  return {
    currency: priced.currency,
    total: priced.total,
    parts: partsOf(priced.byDimension),
    fees: amountsByFee(priced.lines),
    lines: priced.lines,
  };
}

/** What an energy costs, with its fees, at one price that has its taxes in it; 10^-9 of the currency. A band of a pile's bill is one. */
export function rateEnergy(energyMilliWh: number, currency: string, fees: readonly Fee[]): { total: bigint; fees: Map<FeeType, bigint> } {
  const perKwh = fees.reduce((sum, fee) => sum + fee.price, 0n);
  const components = [{ dimension: 'ENERGY' as const, price: perKwh, stepSize: 0, fees }];
  const session = { start: 0, end: 0, currency, periods: [period({ start: 0, end: 0, energyMilliWh })] };
  const tariff = { id: 'band', currency, taxIncluded: 'yes' as const, elements: [{ components }] };
  const { total, lines } = price([tariff], session, { timeZone: 'UTC', trace: true });
  const byFee = Object.entries(amountsByFee(lines)) as [FeeType, Amount][];
  return { total: total.afterTaxes ?? 0n, fees: new Map(byFee.map(([type, { afterTaxes = 0n }]) => [type, afterTaxes])) };
}

/** A session or CDR in the rating engine's own units: what is priced, and what a statement repeats so that it can be priced again. */
export function pricedSession({ startedAt, endedAt, currency, periods }: Ratable): PricedSession {
  const priced = periods.map((p, i) =>
    period({
      start: p.startedAt.getTime(),
      end: (periods[i + 1]?.startedAt ?? endedAt).getTime(),
      energyMilliWh: p.energyMilliWh,
      timeMs: p.chargingSeconds * 1000,
      parkingMs: p.parkingSeconds * 1000,
      ...(p.reservationSeconds === undefined ? {} : { reservationMs: p.reservationSeconds * 1000 }),
      ...p.flow,
      ...(p.tariffId === undefined ? {} : { tariffId: p.tariffId }),
    }),
  );
  const reservation = reservationOf(priced);
  return {
    start: startedAt.getTime(),
    end: endedAt.getTime(),
    currency,
    periods: priced,
    ...(reservation === undefined ? {} : { reservation }),
  };
}

/** Where a session costs nothing because no tariff is attached to its connector. OCPI 2.2.1, 11.1 */
const FREE: Amount = { beforeTaxes: 0n, taxes: [], afterTaxes: 0n };

/** Moments strictly between two others at which another price may begin under any of the tariffs. */
export function priceBorders(tariffs: readonly TariffVersion[], timeZone: string, from: Date, until: Date): Date[] {
  const all = tariffs.flatMap(({ tariff }) => bordersOf(tariff, timeZone, from.getTime(), until.getTime()));
  return [...new Set(all)].sort((a, b) => a - b).map((ms) => new Date(ms));
}

const partOf: Readonly<Record<LineDimension, keyof Rated['parts'] | undefined>> = {
  ENERGY: 'energy',
  TIME: 'time',
  PARKING_TIME: 'parkingTime',
  FLAT: 'fixed',
  RESERVATION_FLAT: 'reservation',
  RESERVATION_TIME: 'reservation',
  // A limit of the whole price belongs to no part. OCPI 2.2.1, 10.3.1
  MIN_PRICE: undefined,
  MAX_PRICE: undefined,
};

function partsOf(byDimension: Partial<Record<LineDimension, Amount>>): Rated['parts'] {
  const parts: Rated['parts'] = {};
  for (const [dimension, amount] of Object.entries(byDimension) as [LineDimension, Amount][]) {
    const part = partOf[dimension];
    if (part) parts[part] = parts[part] ? sumAmounts([parts[part], amount]) : amount;
  }
  return parts;
}

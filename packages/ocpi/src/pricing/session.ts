import { PricingError } from './errors.js';
import { scaleSafe } from './exact.js';
import { instant, type Json, list, maybe, number, record, text } from './json.js';
import { defaultPolicies, type Policies } from './policies.js';
import type { OcpiVersion } from './tariff.js';

/** A charging period: instants in epoch milliseconds, energy in mWh, durations in ms, currents in µA, powers in mW. */
export interface Period {
  readonly start: number;
  readonly end: number;
  readonly energyMilliWh: number;
  readonly timeMs: number;
  readonly parkingMs: number;
  readonly reservationMs: number;
  /** -1 where the sender did not say. Currents are summed over the phases. */
  readonly minCurrentMicroA: number;
  readonly maxCurrentMicroA: number;
  readonly minPowerMilliW: number;
  readonly maxPowerMilliW: number;
  readonly tariffId: string | undefined;
}

/** A session in the engine's own units; `readSession` and `readCdr` make it. */
export interface PricedSession {
  readonly start: number;
  readonly end: number;
  readonly currency?: string;
  readonly periods: readonly Period[];
  /** Whether its reservation was used or expired; absent without one. */
  readonly reservation?: 'used' | 'expired';
}

/** How to read; a caller that knows better says whether the reservation expired, and until when an open session is priced. */
export interface ReadOptions {
  readonly policies?: Partial<Policies>;
  readonly reservation?: 'used' | 'expired';
  /** Epoch milliseconds at which an open session is looked at. */
  readonly until?: number;
}

/** A period of which only some quantities are known; the others are nothing or unknown. */
export function period(given: Partial<Period> & Pick<Period, 'start' | 'end'>): Period {
  return {
    start: given.start,
    end: given.end,
    energyMilliWh: given.energyMilliWh ?? 0,
    timeMs: given.timeMs ?? 0,
    parkingMs: given.parkingMs ?? 0,
    reservationMs: given.reservationMs ?? 0,
    minCurrentMicroA: given.minCurrentMicroA ?? -1,
    maxCurrentMicroA: given.maxCurrentMicroA ?? -1,
    minPowerMilliW: given.minPowerMilliW ?? -1,
    maxPowerMilliW: given.maxPowerMilliW ?? -1,
    tariffId: given.tariffId,
  };
}

/** Reads an OCPI CDR. OCPI 2.2.1, 10.3.1; 2.1.1 calls the end `stop_date_time`. */
export function readCdr(version: OcpiVersion, json: unknown, options: ReadOptions = {}): PricedSession {
  const wire = record(json, '');
  const stop = version === '2.1.1' && wire.stop_date_time !== undefined ? 'stop_date_time' : 'end_date_time';
  return read(wire, instant(wire.start_date_time, '/start_date_time'), instant(wire[stop], `/${stop}`), options);
}

/**
 * Reads an OCPI Session, open or ended; an open one is priced until `options.until`, else until its last period begins.
 * `reservation: { kind }` beside the standard's fields says whether a reservation expired, which OCPI cannot (ocpi#395).
 */
export function readSession(version: OcpiVersion, json: unknown, options: ReadOptions = {}): PricedSession {
  const wire = record(json, '');
  const old = version === '2.1.1';
  const startField = old && wire.start_datetime !== undefined ? 'start_datetime' : 'start_date_time';
  const endField = old && wire.end_datetime !== undefined ? 'end_datetime' : 'end_date_time';
  const end = maybe(wire[endField], `/${endField}`, instant) ?? options.until;
  return read(wire, instant(wire[startField], `/${startField}`), end, options);
}

function read(wire: Readonly<Record<string, unknown>>, start: number, givenEnd: number | undefined, options: ReadOptions): PricedSession {
  const periods = list(wire.charging_periods, '/charging_periods');
  const starts = periods.map((p, i) => {
    try {
      return instant(record(p, '').start_date_time, '/start_date_time');
    } catch (error) {
      throw error instanceof PricingError ? error.within(`/charging_periods/${i}`) : error;
    }
  });
  for (let i = 1; i < starts.length; i++) {
    if (starts[i]! < starts[i - 1]!)
      throw new PricingError('order', `/charging_periods/${i}/start_date_time`, 'periods stand in the order of time');
  }
  const end = givenEnd ?? starts.at(-1) ?? start;
  if (end < (starts.at(-1) ?? start)) throw new PricingError('order', '/end_date_time', 'the end lies before the last period');
  const currency = maybe(wire.currency, '/currency', text);
  const policies = options.policies ? { ...defaultPolicies, ...options.policies } : defaultPolicies;
  const out: Period[] = [];
  for (let i = 0; i < periods.length; i++) {
    try {
      out.push(readPeriod(record(periods[i], ''), starts[i]!, starts[i + 1] ?? end, policies, out.at(-1)?.tariffId));
    } catch (error) {
      throw error instanceof PricingError ? error.within(`/charging_periods/${i}`) : error;
    }
  }
  const reservation = options.reservation ?? saidReservation(wire) ?? reservationOf(out, policies);
  return {
    start,
    end,
    periods: out,
    ...(currency === undefined ? {} : { currency }),
    ...(reservation === undefined ? {} : { reservation }),
  };
}

function saidReservation(wire: Readonly<Record<string, unknown>>): 'used' | 'expired' | undefined {
  const said = maybe(wire.reservation, '/reservation', record)?.kind;
  if (said === undefined) return undefined;
  if (said === 'RESERVATION') return 'used';
  if (said === 'RESERVATION_EXPIRES') return 'expired';
  throw new PricingError('type', '/reservation/kind', `${String(said)} is neither RESERVATION nor RESERVATION_EXPIRES`);
}

/** What became of the reservation that periods speak of; the wire cannot tell, so the policy `reservationOnly` does. */
export function reservationOf(
  periods: readonly Period[],
  policies: Pick<Policies, 'reservationOnly'> = defaultPolicies,
): 'used' | 'expired' | undefined {
  if (!periods.some((p) => p.reservationMs > 0)) return undefined;
  const only = periods.every((p) => p.energyMilliWh === 0 && p.timeMs === 0 && p.parkingMs === 0);
  return only ? policies.reservationOnly : 'used';
}

const HOUR_MS = 3_600_000;
/** 0.0001 h, the resolution of an OCPI number. */
const HOUR_RESOLUTION_MS = 360;

function readPeriod(wire: Json, start: number, end: number, policies: Policies, before: string | undefined): Period {
  const named = maybe(wire.tariff_id, '/tariff_id', text);
  // The same text as the period before, where it is equal: then comparing them later is comparing pointers.
  const tariffId = named === before ? before : named;
  const clockMs = end - start;
  let energyMilliWh = 0;
  let timeMs = 0;
  let parkingMs = 0;
  let reservationMs = 0;
  let minCurrentMicroA = -1;
  let maxCurrentMicroA = -1;
  let minPowerMilliW = -1;
  let maxPowerMilliW = -1;
  const dimensions = list(wire.dimensions, '/dimensions');
  for (let i = 0; i < dimensions.length; i++) {
    const dimension = dimensions[i];
    try {
      const { type, volume } = record(dimension, '');
      const x = number(volume, '/volume');
      if (type === 'ENERGY') energyMilliWh += energy(x, policies);
      else if (type === 'TIME') timeMs += hours(x, clockMs, policies);
      else if (type === 'PARKING_TIME') parkingMs += hours(x, clockMs, policies);
      else if (type === 'RESERVATION_TIME') reservationMs += hours(x, clockMs, policies);
      else if (type === 'MIN_CURRENT') minCurrentMicroA = scaleSafe(x, 6, '/volume');
      else if (type === 'MAX_CURRENT') maxCurrentMicroA = scaleSafe(x, 6, '/volume');
      else if (type === 'MIN_POWER') minPowerMilliW = scaleSafe(x, 6, '/volume');
      else if (type === 'MAX_POWER') maxPowerMilliW = scaleSafe(x, 6, '/volume');
      // FLAT of 2.1.1, session-only and unknown dimensions price nothing.
    } catch (error) {
      throw error instanceof PricingError ? error.within(`/dimensions/${i}`) : error;
    }
  }
  return {
    start,
    end,
    energyMilliWh,
    timeMs,
    parkingMs,
    reservationMs,
    minCurrentMicroA,
    maxCurrentMicroA,
    minPowerMilliW,
    maxPowerMilliW,
    tariffId,
  };
}

function energy(volume: number, policies: Policies): number {
  if (volume < 0) throw new PricingError('range', '/volume', 'a billed energy is not negative');
  if (policies.finerEnergy === 'round') return Math.round(volume * 1e6);
  return scaleSafe(volume, 6, '/volume');
}

/** Hours to milliseconds: thirds of an hour have no decimal, so this one is rounded, to the nearest. */
function hours(volume: number, clockMs: number, policies: Policies): number {
  const ms = Math.round(volume * HOUR_MS);
  if (ms < 0 || !Number.isSafeInteger(ms)) throw new PricingError('range', '/volume', 'a billed duration is not negative');
  return policies.hours === 'clock' && Math.abs(ms - clockMs) < HOUR_RESOLUTION_MS ? clockMs : ms;
}

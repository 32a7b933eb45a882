// How a simulated session grows with the clock: whole watt-hours from power and time, one charging period for each look at it.
import { fromScaled, toScaledBig } from '../number.js';
import type { CDR, CdrLocation } from '../v221/cdrs.js';
import type { Connector, EVSE, Location } from '../v221/locations.js';
import type { Session } from '../v221/sessions.js';
import type { Tariff } from '../v221/tariffs.js';

/** A session under way, as the station knows it. */
export interface Charging {
  readonly location: Location;
  readonly evse: EVSE;
  readonly connector: Connector;
  readonly tariff: Tariff | undefined;
  readonly powerWatt: number;
  readonly session: Session;
  /** Energy and time already told, in Wh and ms. */
  readonly toldWh: number;
  readonly toldMs: number;
}

/** A step of a session: the whole as it is now, and the PATCH that tells of it. */
export interface Step {
  readonly charging: Charging;
  readonly patch: Pick<Session, 'kwh' | 'last_updated'> & Partial<Session>;
}

const HOUR_MS = 3_600_000;
const isoOf = (at: Date): string => at.toISOString();
// Hours with the four places that OCPI numbers have, so that periods add up to the total.
const hours = (ms: number): number => Math.round((ms / HOUR_MS) * 10_000);

/** The session at `now`; undefined when no second has passed since the last look. */
export function advance(charging: Charging, now: Date): Step | undefined {
  const { session, toldMs, toldWh, powerWatt, tariff } = charging;
  const startedMs = Date.parse(session.start_date_time);
  const elapsedMs = now.getTime() - startedMs;
  if (elapsedMs - toldMs < 1000) return undefined;
  const wh = Math.floor((powerWatt * elapsedMs) / HOUR_MS);
  const period = {
    start_date_time: isoOf(new Date(startedMs + toldMs)),
    dimensions: [
      { type: 'ENERGY' as const, volume: fromScaled(wh - toldWh, 3) },
      { type: 'TIME' as const, volume: fromScaled(hours(elapsedMs) - hours(toldMs), 4) },
    ],
    ...(tariff ? { tariff_id: tariff.id } : {}),
  };
  const changed = { kwh: fromScaled(wh, 3), total_cost: { excl_vat: cost(tariff, wh) }, last_updated: isoOf(now) };
  const next: Session = { ...session, ...changed, charging_periods: [...(session.charging_periods ?? []), period] };
  return { charging: { ...charging, session: next, toldWh: wh, toldMs: elapsedMs }, patch: { ...changed, charging_periods: [period] } };
}

/** The energy's price by the tariff's first ENERGY component, rounded half up to cents. The simulated CPO has no other tariffs. */
export function cost(tariff: Tariff | undefined, wh: number): number {
  const component = tariff?.elements.flatMap(({ price_components }) => price_components).find(({ type }) => type === 'ENERGY');
  const price = toScaledBig(component?.price ?? 0, 4, 'round') ?? 0n;
  const tenThousandths = price * BigInt(wh);
  return fromScaled((tenThousandths / 1000n + 50n) / 100n, 2);
}

/** The CDR of a session that has ended. */
export function toCdr({ session, location, evse, connector, tariff, toldWh, toldMs }: Charging, id: string, now: Date): CDR {
  const {
    country_code,
    party_id,
    start_date_time,
    end_date_time,
    cdr_token,
    auth_method,
    authorization_reference,
    currency,
    charging_periods,
  } = session;
  const total = cost(tariff, toldWh);
  const vat = tariff?.elements[0]?.price_components[0]?.vat ?? 0;
  // In cents and hundredths of a per cent, so that the tax is rounded once.
  const withVat = ((toScaledBig(total, 2) ?? 0n) * (10_000n + (toScaledBig(vat, 2, 'round') ?? 0n)) + 5000n) / 10_000n;
  return {
    country_code,
    party_id,
    id,
    start_date_time,
    end_date_time: end_date_time ?? isoOf(now),
    session_id: session.id,
    cdr_token,
    auth_method,
    ...(authorization_reference === undefined ? {} : { authorization_reference }),
    cdr_location: cdrLocation(location, evse, connector),
    currency,
    ...(tariff ? { tariffs: [tariff] } : {}),
    charging_periods: charging_periods ?? [],
    total_cost: { excl_vat: total, incl_vat: fromScaled(withVat, 2) },
    total_energy: fromScaled(toldWh, 3),
    total_energy_cost: { excl_vat: total },
    total_time: fromScaled(hours(toldMs), 4),
    last_updated: isoOf(now),
  };
}

function cdrLocation(location: Location, evse: EVSE, connector: Connector): CdrLocation {
  const { id, name, address, city, postal_code, country, coordinates } = location;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    address: address.slice(0, 45),
    city,
    ...(postal_code === undefined ? {} : { postal_code }),
    country,
    coordinates,
    evse_uid: evse.uid,
    evse_id: evse.evse_id ?? '#NA',
    connector_id: connector.id,
    connector_standard: connector.standard,
    connector_format: connector.format,
    connector_power_type: connector.power_type,
  };
}

import { fromScaled } from '@evroam/ocpi';
import type { ChargingPeriod as WirePeriod, Session as WireSession } from '@evroam/ocpi/v221';
import { partyId } from '../../../model/party.js';
import { type ChargingPeriod, isReserved, type Session } from '../../../model/session.js';
import { fromTokenRef, ownerFields, toTokenRef } from './tokens.js';
import {
  fromAmount,
  fromAuthMethod,
  fromMilliWh,
  fromSeconds,
  fromTime,
  toAmount,
  toAuthMethod,
  toMillionths,
  toMilliWh,
  toSeconds,
  toTime,
} from './values.js';

const statuses = { ACTIVE: 'active', COMPLETED: 'completed', INVALID: 'invalid', PENDING: 'pending', RESERVATION: 'reservation' } as const;
const wireStatuses = {
  active: 'ACTIVE',
  completed: 'COMPLETED',
  invalid: 'INVALID',
  pending: 'PENDING',
  reservation: 'RESERVATION',
} as const;

export function toSession(wire: WireSession): Session {
  const owner = partyId(wire.country_code, wire.party_id);
  return {
    id: wire.id,
    owner,
    status: statuses[wire.status],
    startedAt: toTime(wire.start_date_time),
    ...(wire.end_date_time === undefined ? {} : { endedAt: toTime(wire.end_date_time) }),
    energyMilliWh: toMilliWh(wire.kwh, '/kwh'),
    token: toTokenRef(wire.cdr_token),
    authMethod: toAuthMethod(wire.auth_method),
    ...(wire.authorization_reference === undefined ? {} : { authorizationReference: wire.authorization_reference }),
    place: { owner, locationId: wire.location_id, evseUid: wire.evse_uid, connectorId: wire.connector_id },
    ...(wire.meter_id === undefined ? {} : { meterId: wire.meter_id }),
    currency: wire.currency,
    periods: toPeriods(wire.charging_periods ?? [], '/charging_periods'),
    ...(wire.total_cost === undefined ? {} : { total: toAmount(wire.total_cost, '/total_cost') }),
    updatedAt: toTime(wire.last_updated),
  };
}

export function fromSession(session: Session): WireSession {
  const total = fromAmount(session.total);
  return {
    ...ownerFields(session.owner),
    id: session.id,
    start_date_time: fromTime(session.startedAt),
    ...(session.endedAt === undefined ? {} : { end_date_time: fromTime(session.endedAt) }),
    kwh: fromMilliWh(session.energyMilliWh),
    cdr_token: fromTokenRef(session.token),
    auth_method: fromAuthMethod(session.authMethod),
    ...(session.authorizationReference === undefined ? {} : { authorization_reference: session.authorizationReference }),
    location_id: session.place.locationId,
    evse_uid: session.place.evseUid,
    connector_id: session.place.connectorId,
    ...(session.meterId === undefined ? {} : { meter_id: session.meterId }),
    currency: session.currency,
    charging_periods: session.periods.map(fromPeriod),
    ...(total === undefined ? {} : { total_cost: total }),
    status: wireStatuses[session.status],
    last_updated: fromTime(session.updatedAt),
  };
}

type Dimension = WirePeriod['dimensions'][number]['type'];
type Flow = NonNullable<ChargingPeriod['flow']>;

const FLOWS: ReadonlyMap<Dimension, keyof Flow> = new Map([
  ['MIN_CURRENT', 'minCurrentMicroA'],
  ['MAX_CURRENT', 'maxCurrentMicroA'],
  ['MIN_POWER', 'minPowerMilliW'],
  ['MAX_POWER', 'maxPowerMilliW'],
]);

/** Dimensions that price nothing (state of charge ...) stay in the bytes that are kept beside. */
export function toPeriods(wire: readonly WirePeriod[], pointer: string): ChargingPeriod[] {
  return wire.map(({ start_date_time, tariff_id, dimensions }, index) => {
    const period: ChargingPeriod = { startedAt: toTime(start_date_time), energyMilliWh: 0, chargingSeconds: 0, parkingSeconds: 0 };
    if (tariff_id !== undefined) period.tariffId = tariff_id;
    let reservationSeconds = 0;
    // Each for itself: a sum of decimals may be a hair beside them.
    for (const { type, volume } of dimensions) {
      if (type === 'ENERGY') period.energyMilliWh += toMilliWh(volume, `${pointer}/${index}`);
      else if (type === 'TIME') period.chargingSeconds += toSeconds(volume);
      else if (type === 'PARKING_TIME') period.parkingSeconds += toSeconds(volume);
      else if (type === 'RESERVATION_TIME') reservationSeconds += toSeconds(volume);
      else {
        const name = FLOWS.get(type);
        if (name === undefined) continue;
        period.flow ??= {};
        period.flow[name] ??= toMillionths(volume);
      }
    }
    if (reservationSeconds > 0) period.reservationSeconds = reservationSeconds;
    return period;
  });
}

export function fromPeriod(period: ChargingPeriod): WirePeriod {
  return {
    start_date_time: fromTime(period.startedAt),
    dimensions: [
      ...(isReserved(period) ? [] : [{ type: 'ENERGY' as const, volume: fromMilliWh(period.energyMilliWh) }]),
      ...(isReserved(period) ? [] : [{ type: 'TIME' as const, volume: fromSeconds(period.chargingSeconds) }]),
      ...(period.parkingSeconds > 0 ? [{ type: 'PARKING_TIME' as const, volume: fromSeconds(period.parkingSeconds) }] : []),
      ...(period.reservationSeconds ? [{ type: 'RESERVATION_TIME' as const, volume: fromSeconds(period.reservationSeconds) }] : []),
      ...[...FLOWS].flatMap(([type, name]) => {
        const volume = period.flow?.[name];
        return volume === undefined ? [] : [{ type, volume: fromScaled(volume, 6) }];
      }),
    ],
    ...(period.tariffId === undefined ? {} : { tariff_id: period.tariffId }),
  };
}

import type { CDR as WireCdr } from '@evroam/ocpi/v221';
import type { Cdr } from '../../../model/cdr.js';
import { partyId } from '../../../model/party.js';
import { fromPowerType, toPowerType } from './locations.js';
import { fromPeriod, toPeriods } from './sessions.js';
import { fromTariff, toTariff } from './tariffs.js';
import { fromTokenRef, ownerFields, toTokenRef } from './tokens.js';
import {
  fromAmount,
  fromAuthMethod,
  fromMilliWh,
  fromSeconds,
  fromTime,
  toAmount,
  toAuthMethod,
  toMilliWh,
  toSeconds,
  toTime,
  Untranslatable,
} from './values.js';

/** OCPI's CdrLocation has shorter fields than its Location. OCPI 2.2.1, 10.4.2 */
const ADDRESS_LENGTH = 45;

/** `timeZone` is that of the location: a CDR does not carry it, and cannot be priced without. */
export function toCdr(wire: WireCdr, timeZone: string): Cdr {
  const owner = partyId(wire.country_code, wire.party_id);
  const at = wire.cdr_location;
  return {
    owner,
    id: wire.id,
    ...(wire.session_id === undefined ? {} : { sessionId: wire.session_id }),
    startedAt: toTime(wire.start_date_time),
    endedAt: toTime(wire.end_date_time),
    token: toTokenRef(wire.cdr_token),
    authMethod: toAuthMethod(wire.auth_method),
    ...(wire.authorization_reference === undefined ? {} : { authorizationReference: wire.authorization_reference }),
    place: {
      owner,
      locationId: at.id,
      evseUid: at.evse_uid,
      connectorId: at.connector_id,
      ...(at.name === undefined ? {} : { name: at.name }),
      address: at.address,
      city: at.city,
      ...(at.postal_code === undefined ? {} : { postalCode: at.postal_code }),
      country: at.country,
      coordinates: at.coordinates,
      evseId: at.evse_id,
      standard: at.connector_standard,
      format: at.connector_format === 'CABLE' ? 'cable' : 'socket',
      powerType: toPowerType(at.connector_power_type),
      timeZone,
    },
    currency: wire.currency,
    periods: toPeriods(wire.charging_periods, '/charging_periods'),
    tariffs: (wire.tariffs ?? []).map((tariff) => ({ ...toTariff(tariff), version: 0 })),
    energyMilliWh: toMilliWh(wire.total_energy, '/total_energy'),
    chargingSeconds: toSeconds(wire.total_time) - toSeconds(wire.total_parking_time ?? 0),
    parkingSeconds: toSeconds(wire.total_parking_time ?? 0),
    total: toAmount(wire.total_cost, '/total_cost'),
    parts: {
      ...(wire.total_energy_cost === undefined ? {} : { energy: toAmount(wire.total_energy_cost, '/total_energy_cost') }),
      ...(wire.total_time_cost === undefined ? {} : { time: toAmount(wire.total_time_cost, '/total_time_cost') }),
      ...(wire.total_parking_cost === undefined ? {} : { parkingTime: toAmount(wire.total_parking_cost, '/total_parking_cost') }),
      ...(wire.total_fixed_cost === undefined ? {} : { fixed: toAmount(wire.total_fixed_cost, '/total_fixed_cost') }),
      ...(wire.total_reservation_cost === undefined
        ? {}
        : { reservation: toAmount(wire.total_reservation_cost, '/total_reservation_cost') }),
    },
    ...(wire.credit === true && wire.credit_reference_id !== undefined ? { credit: { of: wire.credit_reference_id } } : {}),
    updatedAt: toTime(wire.last_updated),
  };
}

export function fromCdr(cdr: Cdr): WireCdr {
  const total = fromAmount(cdr.total);
  if (!total) throw new Untranslatable('/total_cost', `the price of CDR ${cdr.id} before taxes is not known`);
  const { place, parts = {} } = cdr;
  const part = (name: string, amount: (typeof parts)[keyof typeof parts]) => {
    const price = fromAmount(amount);
    return price === undefined ? {} : { [name]: price };
  };
  return {
    ...ownerFields(cdr.owner),
    id: cdr.id,
    start_date_time: fromTime(cdr.startedAt),
    end_date_time: fromTime(cdr.endedAt),
    ...(cdr.sessionId === undefined ? {} : { session_id: cdr.sessionId }),
    cdr_token: fromTokenRef(cdr.token),
    auth_method: fromAuthMethod(cdr.authMethod),
    ...(cdr.authorizationReference === undefined ? {} : { authorization_reference: cdr.authorizationReference }),
    cdr_location: {
      id: place.locationId,
      ...(place.name === undefined ? {} : { name: place.name }),
      address: place.address.slice(0, ADDRESS_LENGTH),
      city: place.city,
      ...(place.postalCode === undefined ? {} : { postal_code: place.postalCode }),
      country: place.country,
      coordinates: place.coordinates,
      evse_uid: place.evseUid,
      // A required string that truly cannot be filled. OCPI 2.2.1, 10.4.2
      evse_id: place.evseId ?? '#NA',
      connector_id: place.connectorId,
      connector_standard: place.standard as WireCdr['cdr_location']['connector_standard'],
      connector_format: place.format === 'cable' ? 'CABLE' : 'SOCKET',
      connector_power_type: fromPowerType(place.powerType),
    },
    currency: cdr.currency,
    tariffs: cdr.tariffs.map(fromTariff),
    charging_periods: cdr.periods.map(fromPeriod),
    total_cost: total,
    ...part('total_fixed_cost', parts.fixed),
    total_energy: fromMilliWh(cdr.energyMilliWh),
    ...part('total_energy_cost', parts.energy),
    total_time: fromSeconds(cdr.chargingSeconds + cdr.parkingSeconds),
    ...part('total_time_cost', parts.time),
    ...(cdr.parkingSeconds > 0 ? { total_parking_time: fromSeconds(cdr.parkingSeconds) } : {}),
    ...part('total_parking_cost', parts.parkingTime),
    ...part('total_reservation_cost', parts.reservation),
    ...(cdr.credit ? { credit: true, credit_reference_id: cdr.credit.of } : {}),
    last_updated: fromTime(cdr.updatedAt),
  };
}

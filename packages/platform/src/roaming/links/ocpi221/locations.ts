import type { Connector as WireConnector, EVSE as WireEvse, Location as WireLocation } from '@evroam/ocpi/v221';
import type { Connector, Evse, EvseStatus, Location, PowerType } from '../../../model/location.js';
import { partyId } from '../../../model/party.js';
import { ownerFields } from './tokens.js';
import { fromTime, toTime } from './values.js';

const statuses = {
  AVAILABLE: 'available',
  BLOCKED: 'blocked',
  CHARGING: 'charging',
  INOPERATIVE: 'inoperative',
  OUTOFORDER: 'outOfOrder',
  PLANNED: 'planned',
  REMOVED: 'removed',
  RESERVED: 'reserved',
  UNKNOWN: 'unknown',
} as const satisfies Record<WireEvse['status'], EvseStatus>;
const wireStatuses = Object.fromEntries(Object.entries(statuses).map(([wire, ours]) => [ours, wire])) as Record<
  EvseStatus,
  WireEvse['status']
>;

const powers = {
  AC_1_PHASE: 'ac1Phase',
  AC_2_PHASE: 'ac2Phase',
  AC_2_PHASE_SPLIT: 'ac2PhaseSplit',
  AC_3_PHASE: 'ac3Phase',
  DC: 'dc',
} as const satisfies Record<WireConnector['power_type'], PowerType>;
const wirePowers = Object.fromEntries(Object.entries(powers).map(([wire, ours]) => [ours, wire])) as Record<
  PowerType,
  WireConnector['power_type']
>;
export const toPowerType = (power: WireConnector['power_type']): PowerType => powers[power];
export const fromPowerType = (power: PowerType) => wirePowers[power];

export function toLocation(wire: WireLocation): Location {
  return {
    owner: partyId(wire.country_code, wire.party_id),
    id: wire.id,
    ...(wire.name === undefined ? {} : { name: wire.name }),
    address: wire.address,
    city: wire.city,
    ...(wire.postal_code === undefined ? {} : { postalCode: wire.postal_code }),
    country: wire.country,
    coordinates: wire.coordinates,
    timeZone: wire.time_zone,
    publish: wire.publish,
    evses: (wire.evses ?? []).map(toEvse),
    updatedAt: toTime(wire.last_updated),
  };
}

function toEvse(wire: WireEvse): Evse {
  return {
    uid: wire.uid,
    ...(wire.evse_id === undefined ? {} : { evseId: wire.evse_id }),
    status: statuses[wire.status],
    statusSource: 'partner',
    statusAt: toTime(wire.last_updated),
    capabilities: wire.capabilities ?? [],
    connectors: wire.connectors.map((connector) => ({
      id: connector.id,
      standard: connector.standard,
      format: connector.format === 'CABLE' ? 'cable' : 'socket',
      powerType: powers[connector.power_type],
      maxVoltage: connector.max_voltage,
      maxAmperage: connector.max_amperage,
      ...(connector.max_electric_power === undefined ? {} : { maxPowerWatt: connector.max_electric_power }),
      tariffIds: connector.tariff_ids ?? [],
      updatedAt: toTime(connector.last_updated),
    })),
    updatedAt: toTime(wire.last_updated),
  };
}

export function fromLocation(location: Location): WireLocation {
  return {
    ...ownerFields(location.owner),
    id: location.id,
    publish: location.publish,
    ...(location.name === undefined ? {} : { name: location.name }),
    address: location.address,
    city: location.city,
    ...(location.postalCode === undefined ? {} : { postal_code: location.postalCode }),
    country: location.country,
    coordinates: location.coordinates,
    time_zone: location.timeZone,
    evses: location.evses.map(fromEvse),
    last_updated: fromTime(location.updatedAt),
  };
}

export function fromEvse(evse: Evse): WireEvse {
  return {
    uid: evse.uid,
    ...(evse.evseId === undefined ? {} : { evse_id: evse.evseId }),
    status: wireStatuses[evse.status],
    capabilities: evse.capabilities.filter(isCapability),
    connectors: evse.connectors.map(fromConnector),
    last_updated: fromTime(evse.updatedAt),
  };
}

export function fromConnector(connector: Connector): WireConnector {
  return {
    id: connector.id,
    // Own connectors were checked against the enumeration when they were put; partners' came over the wire.
    standard: connector.standard as WireConnector['standard'],
    format: connector.format === 'cable' ? 'CABLE' : 'SOCKET',
    power_type: wirePowers[connector.powerType],
    max_voltage: connector.maxVoltage,
    max_amperage: connector.maxAmperage,
    ...(connector.maxPowerWatt === undefined ? {} : { max_electric_power: connector.maxPowerWatt }),
    tariff_ids: [...connector.tariffIds],
    last_updated: fromTime(connector.updatedAt),
  };
}

type WireCapability = NonNullable<WireEvse['capabilities']>[number];
const capabilities: ReadonlySet<string> = new Set<WireCapability>([
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
  'CHIP_CARD_SUPPORT',
  'CONTACTLESS_CARD_SUPPORT',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'START_SESSION_CONNECTOR_REQUIRED',
  'TOKEN_GROUP_CAPABLE',
  'UNLOCK_CAPABLE',
]);
const isCapability = (name: string): name is WireCapability => capabilities.has(name);

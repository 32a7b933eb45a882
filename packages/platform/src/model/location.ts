import type { PartyId } from './party.js';

export type EvseStatus =
  | 'available'
  | 'blocked'
  | 'charging'
  | 'inoperative'
  | 'outOfOrder'
  | 'planned'
  | 'removed'
  | 'reserved'
  | 'unknown';
export type PowerType = 'ac1Phase' | 'ac2Phase' | 'ac2PhaseSplit' | 'ac3Phase' | 'dc';

/** A place with EVSEs. Ids are never reused: a removed EVSE stays with status `removed`. OCPI, 8.3 */
export interface Location {
  owner: PartyId;
  id: string;
  name?: string;
  address: string;
  city: string;
  postalCode?: string;
  /** ISO 3166-1 alpha-3. */
  country: string;
  coordinates: Coordinates;
  /** IANA name: tariffs count in the time of the place. */
  timeZone: string;
  publish: boolean;
  evses: readonly Evse[];
  updatedAt: Date;
}

/** WGS-84, decimal degrees. */
export interface Coordinates {
  latitude: string;
  longitude: string;
}

export interface Evse {
  /** Unique within the owner, for ever. */
  uid: string;
  /** eMI3 EVSE id. */
  evseId?: string;
  status: EvseStatus;
  /** Where the status comes from and when it was last heard: offline is a state, not a guess. */
  statusSource: 'station' | 'partner' | 'operator' | 'offline';
  statusAt: Date;
  capabilities: readonly string[];
  connectors: readonly Connector[];
  updatedAt: Date;
}

export interface Connector {
  id: string;
  /** OCPI's names: IEC_62196_T2, GBT_DC ... */
  standard: string;
  format: 'socket' | 'cable';
  powerType: PowerType;
  maxVoltage: number;
  maxAmperage: number;
  maxPowerWatt?: number;
  tariffIds: readonly string[];
  updatedAt: Date;
}

/** Where a session takes place. */
export interface EvseRef {
  owner: PartyId;
  locationId: string;
  evseUid: string;
  connectorId: string;
}

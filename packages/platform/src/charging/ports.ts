import type { OperatorId, StationId } from '../kernel/ids.js';
import type { CdrPlace } from '../model/cdr.js';
import type { EvseRef } from '../model/location.js';
import type { TariffVersion } from '../model/tariff.js';
import type { Token } from '../model/token.js';

/** A connector of an own station, with what a CDR has to say about it. */
export interface StationPlace {
  stationId: StationId;
  /** The number under which the station knows the connector. */
  connectorNumber: number;
  place: EvseRef & CdrPlace;
  tariffIds: readonly string[];
}

export interface StationsPort {
  /** Undefined if the station has no such connector. */
  placeOf(operatorId: OperatorId, stationId: StationId, connectorNumber: number): Promise<StationPlace | undefined>;
  /** An EVSE of ours by OCPI ids; without a connector id the only or first one. */
  placeAt(operatorId: OperatorId, locationId: string, evseUid?: string, connectorId?: string): Promise<StationPlace | undefined>;
}

export type TokenVerdict = { allowed: true; token: Token } | { allowed: false; token?: Token; reason: 'unknown' | 'blocked' | 'expired' };

export interface TokensPort {
  verdict(operatorId: OperatorId, uid: string): Promise<TokenVerdict>;
}

export interface TariffsPort {
  /** The versions on sale at that moment, in the order asked for; one that is not on sale is left out. */
  inForce(operatorId: OperatorId, tariffIds: readonly string[], at: Date): Promise<readonly TariffVersion[]>;
}

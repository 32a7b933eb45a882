import type { OperatorId, StationId } from '../kernel/ids.js';
import type { CdrPlace } from '../model/cdr.js';
import type { TokenKind } from '../model/heard.js';
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
  /** What the connector can give. */
  maxPowerWatt?: number;
}

export interface StationsPort {
  /** Undefined if the station has no such connector; without a number the first one. */
  placeOf(operatorId: OperatorId, stationId: StationId, connectorNumber?: number): Promise<StationPlace | undefined>;
  /** An EVSE of ours by OCPI ids; without a connector id the only or first one. */
  placeAt(operatorId: OperatorId, locationId: string, evseUid?: string, connectorId?: string): Promise<StationPlace | undefined>;
  /** An EVSE of ours by the eMI3 id that stands on it. */
  placeByEvseId(operatorId: OperatorId, evseId: string): Promise<StationPlace | undefined>;
}

/** `ask`: the issuer wants to be asked before what stands here counts. OCPI 2.2.1, 12.4.5 */
export type TokenVerdict =
  | { allowed: true; token: Token; ask?: true }
  | { allowed: false; token?: Token; reason: 'unknown' | 'blocked' | 'expired'; ask?: true };

export interface TokensPort {
  verdict(operatorId: OperatorId, uid: string, kind?: TokenKind): Promise<TokenVerdict>;
}

/** Where somebody wants to charge, as far as it is known: a card is held to the station before the plug is in. */
export type AskedPlace = Pick<EvseRef, 'owner' | 'locationId'> & Partial<EvseRef>;

/** Asks the party which issued a token whether it may charge now; one that cannot answer is unreachable, and nothing is thrown for it. */
export interface IssuersPort {
  ask(
    operatorId: OperatorId,
    token: Token,
    place: AskedPlace | undefined,
    signal: AbortSignal,
  ): Promise<{ answer: 'allowed'; authorizationReference?: string } | { answer: 'blocked' | 'expired' | 'unknown' | 'unreachable' }>;
}

export interface TariffsPort {
  /** The versions on sale at that moment, in the order asked for; one that is not on sale is left out. */
  inForce(operatorId: OperatorId, tariffIds: readonly string[], at: Date): Promise<readonly TariffVersion[]>;
}

import type { OutboxEvent } from '../kernel/events.js';
import type { OperatorId } from '../kernel/ids.js';
import type { Page, PageRequest } from '../kernel/page.js';
import type { Accepted, Refused } from '../kernel/refusal.js';
import type { Tx } from '../kernel/transact.js';
import type { Cdr } from '../model/cdr.js';
import type { ChargingPreferences, ChargingProfile, PreferencesVerdict } from '../model/charging-wish.js';
import type { Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { Session } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';
import type { Token } from '../model/token.js';

interface ChangedQuery extends PageRequest {
  updatedFrom?: Date;
  updatedUntil?: Date;
}

export interface ChargingPort {
  requestStart(
    operatorId: OperatorId,
    wish: { token: Token; locationId: string; evseUid?: string; connectorId?: string; authorizationReference?: string; requestId: string },
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'tokenNotValid'>>;
  requestStop(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownSession'>>;
  reserve(
    operatorId: OperatorId,
    wish: {
      token: Token;
      locationId: string;
      evseUid?: string;
      until: Date;
      authorizationReference?: string;
      named: { by: PartyId; as: string };
      requestId: string;
    },
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'tokenNotValid' | 'alreadyOver' | 'atAnotherStation'>>;
  cancelNamed(
    operatorId: OperatorId,
    named: { by: PartyId; as: string },
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownReservation' | 'reservationOver'>>;
  requestUnlock(
    operatorId: OperatorId,
    place: { locationId: string; evseUid: string; connectorId: string },
    by: PartyId,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'notYourSession'>>;
  requestProfile(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    wish: { set: ChargingProfile } | { clear: true } | { read: { seconds: number } },
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownSession' | 'limitsNothing'>>;
  weighPreferences(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    wish: ChargingPreferences,
  ): Promise<Accepted<{ verdict: PreferencesVerdict }> | Refused<'unknownSession'>>;
  session(operatorId: OperatorId, id: string): Promise<Session | undefined>;
  sessions(operatorId: OperatorId, query: ChangedQuery & { issuer?: PartyId }): Promise<Page<Session>>;
  cdr(operatorId: OperatorId, owner: PartyId, id: string): Promise<Cdr | undefined>;
}

export interface StationsPort {
  location(operatorId: OperatorId, owner: PartyId, id: string): Promise<Location | undefined>;
  locations(operatorId: OperatorId, query: ChangedQuery & { own?: boolean; owners?: readonly PartyId[] }): Promise<Page<Location>>;
  /** Whose location an id is, with the EVSE where it is named; undefined if nobody's, or if two owners have given the same ids. */
  ownerOf(operatorId: OperatorId, locationId: string, evseUid: string | undefined): Promise<PartyId | undefined>;
  recordPartnerLocation(operatorId: OperatorId, location: Location): Promise<Accepted | Refused<'ownLocation'>>;
}

export interface UsersPort {
  token(operatorId: OperatorId, issuer: PartyId, uid: string): Promise<Token | undefined>;
  /** The token of a contract; undefined if there is none, or if a contract has several. */
  tokenByContract(operatorId: OperatorId, contractId: string): Promise<Token | undefined>;
  tokens(operatorId: OperatorId, query: ChangedQuery & { issuer?: PartyId; issuers?: readonly PartyId[] }): Promise<Page<Token>>;
  /** Every token of that uid: several issuers may have given out the same. */
  tokensByUid(operatorId: OperatorId, uid: string): Promise<readonly Token[]>;
  recordPartnerToken(operatorId: OperatorId, token: Token): Promise<Accepted | Refused<'olderOrForeign'>>;
}

export interface TariffsPort {
  tariffs(operatorId: OperatorId, query: ChangedQuery & { owner?: PartyId; owners?: readonly PartyId[] }): Promise<Page<TariffVersion>>;
  /** The version of anybody's tariff that was on sale at a moment. */
  versionAt(operatorId: OperatorId, owner: PartyId, id: string, at: Date): Promise<TariffVersion | undefined>;
  recordPartnerTariff(operatorId: OperatorId, tariff: Omit<TariffVersion, 'version'>): Promise<void>;
}

/** What is kept with a partner's CDR, so that settlement takes it up later. */
export type CdrArrived = (owner: PartyId, cdrId: string) => OutboxEvent;

export interface SigningPort {
  /** The public key (SPKI, base64) with which statements of a party of ours are verified. */
  verifyingKey(operatorId: OperatorId, party: PartyId): Promise<string>;
}

/** Approval by a second person. What is approved is done by `activateApproved`, in the transaction of the approval. */
export interface ApprovalsPort {
  ask(
    tx: Tx,
    operatorId: OperatorId,
    what: { subject: string; action: string; digest: string },
    by: { actor: string; reason: string },
  ): Promise<{ id: string }>;
  /** A line in the audit trail for what one person did alone. */
  note(operatorId: OperatorId, what: { subject: string; action: string }, by: { actor: string; reason: string }): Promise<void>;
}

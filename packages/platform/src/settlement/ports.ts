import type { KeyObject } from 'node:crypto';
import type { OperatorId } from '../kernel/ids.js';
import type { Agreement } from '../model/agreement.js';
import type { EvseRef } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';
import type { TokenRef } from '../model/token.js';
import type { KnownSession } from './cdr-checks.js';

/** What is asked for many CDRs at once is answered at their indexes. */
export interface SettlementPorts {
  agreements: {
    /** The versions in force at those moments; without one nothing is settled. */
    between(
      operatorId: OperatorId,
      asked: readonly { seller: PartyId; buyer: PartyId; at: Date }[],
    ): Promise<readonly (Agreement | undefined)[]>;
    /** The Ed25519 public keys (SPKI, base64) that any version of any agreement pinned for that party: what it signed with, now or formerly. */
    pinnedKeys(operatorId: OperatorId, party: PartyId): Promise<readonly string[]>;
  };
  sessions: {
    /** By session id, else by authorization reference, else by token, place and overlapping time if that names exactly one. */
    find(operatorId: OperatorId, wanted: readonly SessionClues[]): Promise<readonly (KnownSession | undefined)[]>;
  };
  tariffs: {
    /** The versions of parties' tariffs that were sold at those moments, as we knew them before the CDR came. */
    at(operatorId: OperatorId, asked: readonly { owner: PartyId; id: string; at: Date }[]): Promise<readonly (TariffVersion | undefined)[]>;
  };
  exchanged: {
    /** The very bytes of a CDR that were exchanged with that party, and the OCPI version they were in. */
    of(operatorId: OperatorId, owner: PartyId, cdrId: string, party: PartyId): Promise<{ version: string; bytes: Buffer } | undefined>;
  };
  hosted: {
    parties(operatorId: OperatorId): Promise<readonly PartyId[]>;
  };
  signer: {
    /** The Ed25519 key with which that party of ours signs; its public half stands in the agreement. */
    keyOf(operatorId: OperatorId, party: PartyId): Promise<KeyObject>;
  };
}

export interface SessionClues {
  owner: PartyId;
  sessionId?: string;
  authorizationReference?: string;
  token: TokenRef;
  place: EvseRef;
  startedAt: Date;
  endedAt: Date;
}

import type { OperatorId, PartnerId } from '../kernel/ids.js';
import type { PartyId, Role } from '../model/party.js';

/** An organisation's platform that is connected to us. One credential, one or more parties, one protocol and version. */
export interface Partner {
  operatorId: OperatorId;
  id: PartnerId;
  name: string;
  status: PartnerStatus;
  /** Who it may speak for. OCPI authenticates platforms only, so this list is what stops one from claiming another's party. */
  parties: readonly { party: PartyId; role: Role }[];
  /** How to call it; absent until it has registered. */
  connection?: Connection;
  /** Where this partner is not as the standard says, as data. */
  quirks?: Quirks;
  updatedAt: Date;
}

/** Deviations of one partner. What is absent is as the standard has it. */
export interface Quirks {
  /** How it takes tokens, whatever was found at registration. */
  coding?: 'base64' | 'raw';
  /** How long it may take for an answer, in milliseconds. */
  timeoutMs?: number;
  /** Objects that it can bear to be asked for in one page. */
  pageLimit?: number;
  /** Requests that it may send in a second, and as many at once after a pause; as it likes where absent. */
  requestsPerSecond?: number;
}

export type PartnerStatus = 'invited' | 'registered' | 'suspended' | 'revoked';

export interface Connection {
  protocol: 'ocpi';
  version: string;
  versionsUrl: string;
  endpoints: readonly { identifier: string; role?: 'SENDER' | 'RECEIVER'; url: string }[];
  coding: 'base64' | 'raw';
  /** The token that we present, encrypted under the server's key. */
  sealedToken: string;
}

export type PartnerEvent = 'register' | 'suspend' | 'resume' | 'revoke';

/** invited -> registered <-> suspended; revoked is the end. Undefined where the event makes no sense. */
export function nextStatus(status: PartnerStatus, event: PartnerEvent): PartnerStatus | undefined {
  switch (event) {
    case 'register':
      return status === 'invited' || status === 'registered' ? 'registered' : undefined;
    case 'suspend':
      return status === 'registered' ? 'suspended' : undefined;
    case 'resume':
      return status === 'suspended' ? 'registered' : undefined;
    case 'revoke':
      return status === 'revoked' ? undefined : 'revoked';
  }
}

export function speaksFor(partner: Partner, party: PartyId, role?: Role): boolean {
  return partner.parties.some((one) => one.party === party && (role === undefined || one.role === role));
}

/** Which of its parties a message comes from: what it says if it may say so, else its only one in that role. */
export function senderOf(partner: Partner, said: PartyId | undefined, role: Role): PartyId | undefined {
  if (said !== undefined) return speaksFor(partner, said, role) ? said : undefined;
  const inRole = partner.parties.filter((one) => one.role === role);
  return inRole.length === 1 ? inRole[0]?.party : undefined;
}

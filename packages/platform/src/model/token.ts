import type { PartyId } from './party.js';

export type TokenType = 'rfid' | 'appUser' | 'adHocUser' | 'emaid' | 'other';
export type Whitelist = 'always' | 'allowed' | 'allowedOffline' | 'never';

/** What identifies a driver at a station. `issuer` is the eMSP which pays. OCPI 2.2.1, 12.3 */
export interface Token {
  issuer: PartyId;
  uid: string;
  type: TokenType;
  /** eMI3 contract id. */
  contractId: string;
  visualNumber?: string;
  issuerName: string;
  groupId?: string;
  valid: boolean;
  whitelist: Whitelist;
  language?: string;
  updatedAt: Date;
}

/** The part of a token that a session and a CDR keep. */
export type TokenRef = Pick<Token, 'issuer' | 'uid' | 'type' | 'contractId'>;

/** Uids compare case-blind: OCPI's CiString, OCPP's CiString20. */
export function sameUid(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

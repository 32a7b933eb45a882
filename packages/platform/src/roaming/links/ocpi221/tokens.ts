import type { CdrToken as WireCdrToken, Token as WireToken } from '@evroam/ocpi/v221';
import { type PartyId, partyId, splitPartyId } from '../../../model/party.js';
import type { Token, TokenRef, Whitelist } from '../../../model/token.js';
import { fromTime, fromTokenType, toTime, toTokenType } from './values.js';

const whitelists = { ALWAYS: 'always', ALLOWED: 'allowed', ALLOWED_OFFLINE: 'allowedOffline', NEVER: 'never' } as const;
const wireWhitelists = { always: 'ALWAYS', allowed: 'ALLOWED', allowedOffline: 'ALLOWED_OFFLINE', never: 'NEVER' } as const;

export function toToken(wire: WireToken): Token {
  return {
    issuer: partyId(wire.country_code, wire.party_id),
    uid: wire.uid,
    type: toTokenType(wire.type),
    contractId: wire.contract_id,
    ...(wire.visual_number === undefined ? {} : { visualNumber: wire.visual_number }),
    issuerName: wire.issuer,
    ...(wire.group_id === undefined ? {} : { groupId: wire.group_id }),
    valid: wire.valid,
    whitelist: whitelists[wire.whitelist] satisfies Whitelist,
    ...(wire.language === undefined ? {} : { language: wire.language }),
    updatedAt: toTime(wire.last_updated),
  };
}

export function fromToken(token: Token): WireToken {
  return {
    ...ownerFields(token.issuer),
    uid: token.uid,
    type: fromTokenType(token.type),
    contract_id: token.contractId,
    ...(token.visualNumber === undefined ? {} : { visual_number: token.visualNumber }),
    issuer: token.issuerName,
    ...(token.groupId === undefined ? {} : { group_id: token.groupId }),
    valid: token.valid,
    whitelist: wireWhitelists[token.whitelist],
    ...(token.language === undefined ? {} : { language: token.language }),
    last_updated: fromTime(token.updatedAt),
  };
}

export function toTokenRef(wire: WireCdrToken): TokenRef {
  return { issuer: partyId(wire.country_code, wire.party_id), uid: wire.uid, type: toTokenType(wire.type), contractId: wire.contract_id };
}

export function fromTokenRef(token: TokenRef): WireCdrToken {
  return { ...ownerFields(token.issuer), uid: token.uid, type: fromTokenType(token.type), contract_id: token.contractId };
}

/** A party as routing names it. */
export function toParty(id: PartyId): { country: string; party: string } {
  const { countryCode, party } = splitPartyId(id);
  return { country: countryCode, party };
}

export function ownerFields(party: Token['issuer']): { country_code: string; party_id: string } {
  const { countryCode, party: id } = splitPartyId(party);
  return { country_code: countryCode, party_id: id };
}

import { defineModule, get, getList, patch, post, put } from '../module.js';
import { boolean, dateTime, type Infer, list, object, oneOf, optional, partOf, text } from '../schema.js';
import { DisplayText, TokenType } from './types.js';

/** OCPI 2.1.1, mod_tokens */
export const Allowed = oneOf('ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED');
export type Allowed = Infer<typeof Allowed>;

/** Where a driver wants to charge. OCPI 2.1.1, mod_tokens */
export const LocationReferences = object({
  location_id: text(39),
  evse_uids: optional(list(text(39))),
  connector_ids: optional(list(text(36))),
});
export type LocationReferences = Infer<typeof LocationReferences>;

/** The answer to real-time authorization. OCPI 2.1.1, mod_tokens */
export const AuthorizationInfo = object({
  allowed: Allowed,
  location: optional(LocationReferences),
  info: optional(DisplayText),
});
export type AuthorizationInfo = Infer<typeof AuthorizationInfo>;

/** OCPI 2.1.1, mod_tokens */
export const WhitelistType = oneOf('ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER');
export type WhitelistType = Infer<typeof WhitelistType>;

/** What a driver identifies with. OCPI 2.1.1, mod_tokens */
export const Token = object({
  uid: text(36),
  type: TokenType,
  auth_id: text(36),
  visual_number: optional(text(64)),
  issuer: text(64),
  valid: boolean,
  whitelist: WhitelistType,
  language: optional(text(2)),
  last_updated: dateTime,
});
export type Token = Infer<typeof Token>;

const same = { token_uid: 'uid' } as const;
const query = { type: optional(TokenType) };

/** Tokens, and real-time authorization, whose answer does not repeat the token. OCPI 2.1.1, mod_tokens */
export const tokens = defineModule({
  id: 'tokens',
  sender: {
    list: getList('', { data: Token }),
    authorize: post('/:token_uid/authorize', { body: LocationReferences, bodyOptional: true, data: AuthorizationInfo, query }),
  },
  receiver: {
    get: get('/:country_code/:party_id/:token_uid', { data: Token, query }),
    put: put('/:country_code/:party_id/:token_uid', { body: Token, query, same }),
    patch: patch('/:country_code/:party_id/:token_uid', { body: partOf(Token), query, same }),
  },
});

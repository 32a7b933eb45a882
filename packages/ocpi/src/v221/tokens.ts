import { defineModule, get, getList, patch, post, put } from '../module.js';
import { boolean, ciText, dateTime, type Infer, list, object, oneOf, optional, patchOf, text } from '../schema.js';
import { DisplayText, ProfileType, TokenType } from './types.js';

/** OCPI 2.2.1, 12.4 */
export const AllowedType = oneOf('ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED');
export type AllowedType = Infer<typeof AllowedType>;

/** OCPI 2.2.1, 12.4 */
export const WhitelistType = oneOf('ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER');
export type WhitelistType = Infer<typeof WhitelistType>;

/** OCPI 2.2.1, 12.4 */
export const EnergyContract = object({
  supplier_name: text(64),
  contract_id: optional(text(64)),
});
export type EnergyContract = Infer<typeof EnergyContract>;

/** OCPI 2.2.1, 12.3 */
export const Token = object({
  country_code: ciText(2),
  party_id: ciText(3),
  uid: ciText(36),
  type: TokenType,
  contract_id: ciText(36),
  visual_number: optional(text(64)),
  issuer: text(64),
  group_id: optional(ciText(36)),
  valid: boolean,
  whitelist: WhitelistType,
  language: optional(text(2)),
  default_profile_type: optional(ProfileType),
  energy_contract: optional(EnergyContract),
  last_updated: dateTime,
});
export type Token = Infer<typeof Token>;

/** OCPI 2.2.1, 12.4 */
export const LocationReferences = object({
  location_id: ciText(36),
  evse_uids: optional(list(ciText(36))),
});
export type LocationReferences = Infer<typeof LocationReferences>;

/** OCPI 2.2.1, 12.3 */
export const AuthorizationInfo = object({
  allowed: AllowedType,
  token: Token,
  location: optional(LocationReferences),
  authorization_reference: optional(ciText(36)),
  info: optional(DisplayText),
});
export type AuthorizationInfo = Infer<typeof AuthorizationInfo>;

const same = { country_code: 'country_code', party_id: 'party_id', token_uid: 'uid' } as const;
const query = { type: optional(TokenType) };

/** Tokens; without a type in the query a token is an RFID card. Real-time authorization may come without a location. OCPI 2.2.1, 12 */
export const tokens = defineModule({
  id: 'tokens',
  sender: {
    list: getList('', { data: Token }),
    authorize: post('/:token_uid/authorize', { body: LocationReferences, bodyOptional: true, data: AuthorizationInfo, query }),
  },
  receiver: {
    get: get('/:country_code/:party_id/:token_uid', { data: Token, query }),
    put: put('/:country_code/:party_id/:token_uid', { body: Token, query, same }),
    patch: patch('/:country_code/:party_id/:token_uid', { body: patchOf(Token), query, same }),
  },
});

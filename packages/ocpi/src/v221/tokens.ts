import { tokensModule } from '../modules/tokens.js';
import { boolean, ciText, dateTime, type Infer, list, object, oneOf, optional, text } from '../schema.js';
import { DisplayText, ProfileType, TokenType } from './types.js';

/** OCPI 2.2.1, 12.4 */
export const AllowedType = oneOf('ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED');
export type AllowedType = Infer<typeof AllowedType>;

/** OCPI 2.2.1, 12.4 */
export const WhitelistType = oneOf('ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER');
export type WhitelistType = Infer<typeof WhitelistType>;

/** A driver's own contract for energy. OCPI 2.2.1, 12.4 */
export const EnergyContract = object({
  supplier_name: text(64),
  contract_id: optional(text(64)),
});
export type EnergyContract = Infer<typeof EnergyContract>;

/** What a driver identifies with. OCPI 2.2.1, 12.3 */
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

/** Where a driver wants to charge. OCPI 2.2.1, 12.4 */
export const LocationReferences = object({
  location_id: ciText(36),
  evse_uids: optional(list(ciText(36))),
});
export type LocationReferences = Infer<typeof LocationReferences>;

/** The answer to real-time authorization. OCPI 2.2.1, 12.3 */
export const AuthorizationInfo = object({
  allowed: AllowedType,
  token: Token,
  location: optional(LocationReferences),
  authorization_reference: optional(ciText(36)),
  info: optional(DisplayText),
});
export type AuthorizationInfo = Infer<typeof AuthorizationInfo>;

/** Tokens, and real-time authorization. OCPI 2.2.1, 12 */
export const tokens = tokensModule({ Token, TokenType, LocationReferences, AuthorizationInfo });

import { tokensModule } from '../modules/tokens.js';
import { boolean, ciText, dateTime, type Infer, object, optional, text } from '../schema.js';
import { AllowedType, EnergyContract, LocationReferences, WhitelistType } from '../v221/tokens.js';
import { DisplayText, ProfileType } from '../v221/types.js';
import { TokenType } from './types.js';

export { AllowedType, EnergyContract, LocationReferences, WhitelistType } from '../v221/tokens.js';

/** What a driver identifies with. OCPI 2.3.0, mod_tokens */
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

/** The answer to real-time authorization. OCPI 2.3.0, mod_tokens */
export const AuthorizationInfo = object({
  allowed: AllowedType,
  token: Token,
  location: optional(LocationReferences),
  authorization_reference: optional(ciText(36)),
  info: optional(DisplayText),
});
export type AuthorizationInfo = Infer<typeof AuthorizationInfo>;

/** Tokens, and real-time authorization. OCPI 2.3.0, mod_tokens */
export const tokens = tokensModule({ Token, TokenType, LocationReferences, AuthorizationInfo });

import type { BridgeVersion } from '@evroam/ocpi/bridge';
import type {
  AllowedType,
  LocationReferences,
  AuthorizationInfo as WireAuthorization,
  TokenType as WireTokenType,
} from '@evroam/ocpi/v221';
import type { TokenType } from '../../../model/token.js';
import type { AskedPlace, Authorization } from '../../message.js';
import { fromToken, toToken } from './tokens.js';
import { fromTokenType } from './values.js';

const allowed = {
  ALLOWED: 'allowed',
  BLOCKED: 'blocked',
  EXPIRED: 'expired',
  NO_CREDIT: 'noCredit',
  NOT_ALLOWED: 'notAllowed',
} as const satisfies Record<AllowedType, Authorization['allowed']>;
const wireAllowed = {
  allowed: 'ALLOWED',
  blocked: 'BLOCKED',
  expired: 'EXPIRED',
  noCredit: 'NO_CREDIT',
  notAllowed: 'NOT_ALLOWED',
} as const satisfies Record<Authorization['allowed'], AllowedType>;

export function toAuthorization(wire: WireAuthorization): Authorization {
  const place = toAskedPlace(wire.location);
  return {
    allowed: allowed[wire.allowed],
    token: toToken(wire.token),
    ...(wire.authorization_reference === undefined ? {} : { authorizationReference: wire.authorization_reference }),
    ...(place ? { place } : {}),
    ...(wire.info ? { info: wire.info } : {}),
  };
}

export function fromAuthorization({ allowed: said, token, authorizationReference, place, info }: Authorization): WireAuthorization {
  return {
    allowed: wireAllowed[said],
    token: fromToken(token),
    ...(authorizationReference === undefined ? {} : { authorization_reference: authorizationReference }),
    ...(place ? { location: fromAskedPlace(place) } : {}),
    ...(info ? { info } : {}),
  };
}

export function toAskedPlace(wire: LocationReferences | undefined): AskedPlace | undefined {
  return wire && { locationId: wire.location_id, ...(wire.evse_uids ? { evseUids: wire.evse_uids } : {}) };
}

export function fromAskedPlace({ locationId, evseUids }: AskedPlace): LocationReferences {
  return { location_id: locationId, ...(evseUids ? { evse_uids: [...evseUids] } : {}) };
}

/** Where none is said it is a card. 2.1.1 knows cards and nothing else by name. OCPI 2.2.1, 12.2.2.2 */
export function typeQuery(type: TokenType, version: BridgeVersion): { type?: WireTokenType } {
  if (type === 'rfid') return {};
  return { type: version === '2.1.1' ? 'OTHER' : fromTokenType(type) };
}

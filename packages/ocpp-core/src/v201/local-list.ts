import { type Infer, integer, list, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';
import { IdTokenInfoType, IdTokenType, StatusInfoType } from './types.js';

/** A token of the local list; without idTokenInfo it is to be removed. OCPP 2.0.1, D01 */
export const AuthorizationData = object({
  idToken: IdTokenType,
  idTokenInfo: optional(IdTokenInfoType),
});
export type AuthorizationData = Infer<typeof AuthorizationData>;

/** In a Differential list an entry without idTokenInfo removes the token. OCPP 2.0.1, D01 */
export const SendLocalList = action.call({
  name: 'SendLocalList',
  from: 'csms',
  request: object({
    localAuthorizationList: optional(list(AuthorizationData, { minItems: 1 })),
    versionNumber: integer(),
    updateType: oneOf('Differential', 'Full'),
  }),
  response: object({
    status: oneOf('Accepted', 'Failed', 'VersionMismatch'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** The answer is 0 when the station holds no list. OCPP 2.0.1, D02 */
export const GetLocalListVersion = action.call({
  name: 'GetLocalListVersion',
  from: 'csms',
  request: object({}),
  response: object({
    versionNumber: integer(),
  }),
});

import { integer, list, object, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { IdTagInfoType, IdToken } from './types.js';

/** The answer is 0 when the list is empty, -1 when the station has none. OCPP 1.6, 5.10 */
export const GetLocalListVersion = action.call({
  name: 'GetLocalListVersion',
  from: 'csms',
  request: object({}),
  response: object({ listVersion: integer() }),
});

/** In a Differential list an entry without idTagInfo removes the token. OCPP 1.6, 5.15 */
export const SendLocalList = action.call({
  name: 'SendLocalList',
  from: 'csms',
  request: object({
    listVersion: integer(),
    localAuthorizationList: optional(list(object({ idTag: IdToken, idTagInfo: optional(IdTagInfoType) }))),
    updateType: oneOf('Differential', 'Full'),
  }),
  response: object({ status: oneOf('Accepted', 'Failed', 'NotSupported', 'VersionMismatch') }),
});

import { dateTime, natural, oneOf, optional } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { EVSEType, StatusInfoType } from './types.js';

/** The state of a connector. OCPP 2.1, G01 */
export const StatusNotification = action.call({
  name: 'StatusNotification',
  from: 'station',
  request: object({
    timestamp: dateTime,
    connectorStatus: oneOf('Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'),
    evseId: natural,
    connectorId: natural,
  }),
  response: object({}),
});

/** Without an EVSE the whole station is meant. OCPP 2.1, G03 and G04 */
export const ChangeAvailability = action.call({
  name: 'ChangeAvailability',
  from: 'csms',
  request: object({
    evse: optional(EVSEType),
    operationalStatus: oneOf('Inoperative', 'Operative'),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Scheduled'),
    statusInfo: optional(StatusInfoType),
  }),
});

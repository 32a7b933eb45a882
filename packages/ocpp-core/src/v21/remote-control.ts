import { integer, natural, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { RequestStartStopStatusEnumType } from '../v201/remote-control.js';
import { action } from './action.js';
import { ChargingProfileType } from './charging-profile.js';
import { EVSEType, IdTokenType, StatusInfoType } from './types.js';

// Unchanged since 2.0.1.
export { RequestStartStopStatusEnumType } from '../v201/remote-control.js';

/** OCPP 2.1, F06 */
export const MessageTriggerEnumType = oneOf(
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargingStationCertificate',
  'SignV2GCertificate',
  'SignV2G20Certificate',
  'StatusNotification',
  'TransactionEvent',
  'SignCombinedCertificate',
  'PublishFirmwareStatusNotification',
  'CustomTrigger',
);

/** Asks for a transaction; `remoteStartId` comes back in its TransactionEvent. A profile must be a TxProfile. OCPP 2.1, F01 and F02 */
export const RequestStartTransaction = action.call({
  name: 'RequestStartTransaction',
  from: 'csms',
  request: object({
    evseId: optional(integer({ minimum: 1 })),
    groupIdToken: optional(IdTokenType),
    idToken: IdTokenType,
    remoteStartId: integer(),
    chargingProfile: optional(ChargingProfileType),
  }),
  response: object({
    status: RequestStartStopStatusEnumType,
    statusInfo: optional(StatusInfoType),
    transactionId: optional(text(36)),
  }),
});

/** Asks for the end of a transaction. OCPP 2.1, F03 */
export const RequestStopTransaction = action.call({
  name: 'RequestStopTransaction',
  from: 'csms',
  request: object({
    transactionId: text(36),
  }),
  response: object({
    status: RequestStartStopStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks the station to send a message that it would send by itself at another time. OCPP 2.1, F06 */
export const TriggerMessage = action.call({
  name: 'TriggerMessage',
  from: 'csms',
  request: object({
    evse: optional(EVSEType),
    requestedMessage: MessageTriggerEnumType,
    customTrigger: optional(text(50)),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'NotImplemented'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Frees a cable; it does not end a transaction. OCPP 2.1, F05 */
export const UnlockConnector = action.call({
  name: 'UnlockConnector',
  from: 'csms',
  request: object({
    evseId: natural,
    connectorId: natural,
  }),
  response: object({
    status: oneOf('Unlocked', 'UnlockFailed', 'OngoingAuthorizedTransaction', 'UnknownConnector'),
    statusInfo: optional(StatusInfoType),
  }),
});

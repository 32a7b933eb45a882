import { boolean, dateTime, integer, list, object, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { ChargingProfileType, IdTagInfoType, IdToken, MeterValueType } from './types.js';

/** Asks whether a token may charge or stop. OCPP 1.6, 4.1 */
export const Authorize = action.call({
  name: 'Authorize',
  from: 'station',
  request: object({ idTag: IdToken }),
  response: object({ idTagInfo: IdTagInfoType }),
});

/** Sent after each (re)boot; until Accepted the station sends nothing else. `interval` is in seconds. OCPP 1.6, 4.2 */
export const BootNotification = action.call({
  name: 'BootNotification',
  from: 'station',
  request: object({
    chargePointVendor: text(20),
    chargePointModel: text(20),
    chargePointSerialNumber: optional(text(25)),
    chargeBoxSerialNumber: optional(text(25)),
    firmwareVersion: optional(text(50)),
    iccid: optional(text(20)),
    imsi: optional(text(20)),
    meterType: optional(text(25)),
    meterSerialNumber: optional(text(25)),
  }),
  response: object({
    status: oneOf('Accepted', 'Pending', 'Rejected'),
    currentTime: dateTime,
    interval: integer(),
  }),
});

/** What the standard does not provide for. OCPP 1.6, 4.3 and 5.6 */
export const DataTransfer = action.call({
  name: 'DataTransfer',
  from: 'either',
  request: object({ vendorId: text(255), messageId: optional(text(50)), data: optional(text()) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'), data: optional(text()) }),
});

/** A sign of life that is answered with the time. OCPP 1.6, 4.6 */
export const Heartbeat = action.call({
  name: 'Heartbeat',
  from: 'station',
  request: object({}),
  response: object({ currentTime: dateTime }),
});

/** Meter readings, of a transaction or of a connector; connector 0 is the main meter. OCPP 1.6, 4.7 */
export const MeterValues = action.call({
  name: 'MeterValues',
  from: 'station',
  request: object({ connectorId: integer(), transactionId: optional(integer()), meterValue: list(MeterValueType) }),
  response: object({}),
});

/** A transaction has begun; the answer gives it its id. `meterStart` is in Wh. OCPP 1.6, 4.8 */
export const StartTransaction = action.call({
  name: 'StartTransaction',
  from: 'station',
  request: object({
    connectorId: integer(),
    idTag: IdToken,
    meterStart: integer(),
    reservationId: optional(integer()),
    timestamp: dateTime,
  }),
  response: object({ idTagInfo: IdTagInfoType, transactionId: integer() }),
});

/** The state of a connector, or of the whole station (connector 0). OCPP 1.6, 4.9 */
export const StatusNotification = action.call({
  name: 'StatusNotification',
  from: 'station',
  request: object({
    connectorId: integer(),
    errorCode: oneOf(
      'ConnectorLockFailure',
      'EVCommunicationError',
      'GroundFailure',
      'HighTemperature',
      'InternalError',
      'LocalListConflict',
      'NoError',
      'OtherError',
      'OverCurrentFailure',
      'PowerMeterFailure',
      'PowerSwitchFailure',
      'ReaderFailure',
      'ResetFailure',
      'UnderVoltage',
      'OverVoltage',
      'WeakSignal',
    ),
    info: optional(text(50)),
    status: oneOf('Available', 'Preparing', 'Charging', 'SuspendedEVSE', 'SuspendedEV', 'Finishing', 'Reserved', 'Unavailable', 'Faulted'),
    timestamp: optional(dateTime),
    vendorId: optional(text(255)),
    vendorErrorCode: optional(text(50)),
  }),
  response: object({}),
});

/** A transaction has ended; it cannot be refused. `meterStop` is in Wh, an absent reason means Local. OCPP 1.6, 4.10 */
export const StopTransaction = action.call({
  name: 'StopTransaction',
  from: 'station',
  request: object({
    idTag: optional(IdToken),
    meterStop: integer(),
    timestamp: dateTime,
    transactionId: integer(),
    reason: optional(
      oneOf(
        'EmergencyStop',
        'EVDisconnected',
        'HardReset',
        'Local',
        'Other',
        'PowerLoss',
        'Reboot',
        'Remote',
        'SoftReset',
        'UnlockCommand',
        'DeAuthorized',
      ),
    ),
    transactionData: optional(list(MeterValueType)),
  }),
  response: object({ idTagInfo: optional(IdTagInfoType) }),
});

/** Connector 0 means the station and all its connectors. OCPP 1.6, 5.2 */
export const ChangeAvailability = action.call({
  name: 'ChangeAvailability',
  from: 'csms',
  request: object({ connectorId: integer(), type: oneOf('Inoperative', 'Operative') }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'Scheduled') }),
});

/** OCPP 1.6, 5.3 */
export const ChangeConfiguration = action.call({
  name: 'ChangeConfiguration',
  from: 'csms',
  request: object({ key: text(50), value: text(500) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'RebootRequired', 'NotSupported') }),
});

/** Empties the station's cache of tokens. OCPP 1.6, 5.4 */
export const ClearCache = action.call({
  name: 'ClearCache',
  from: 'csms',
  request: object({}),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** No key at all asks for every one. OCPP 1.6, 5.8 */
export const GetConfiguration = action.call({
  name: 'GetConfiguration',
  from: 'csms',
  request: object({ key: optional(list(text(50))) }),
  response: object({
    configurationKey: optional(list(object({ key: text(50), readonly: boolean, value: optional(text(500)) }))),
    unknownKey: optional(list(text(50))),
  }),
});

/** Asks for a transaction; Accepted means that the station will try. A profile must be a TxProfile. OCPP 1.6, 5.11 */
export const RemoteStartTransaction = action.call({
  name: 'RemoteStartTransaction',
  from: 'csms',
  request: object({ connectorId: optional(integer()), idTag: IdToken, chargingProfile: optional(ChargingProfileType) }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** OCPP 1.6, 5.12 */
export const RemoteStopTransaction = action.call({
  name: 'RemoteStopTransaction',
  from: 'csms',
  request: object({ transactionId: integer() }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** OCPP 1.6, 5.14 */
export const Reset = action.call({
  name: 'Reset',
  from: 'csms',
  request: object({ type: oneOf('Hard', 'Soft') }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** OCPP 1.6, 5.18 */
export const UnlockConnector = action.call({
  name: 'UnlockConnector',
  from: 'csms',
  request: object({ connectorId: integer() }),
  response: object({ status: oneOf('Unlocked', 'UnlockFailed', 'NotSupported') }),
});

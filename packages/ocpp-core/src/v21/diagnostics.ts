import { boolean, dateTime, type Infer, integer, natural, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { CertificateHashDataType, IdTokenType, StatusInfoType } from './types.js';

/** Where a log goes, and which stretch of it. OCPP 2.1, N01 */
export const LogParametersType = object({
  remoteLocation: text(2_000),
  oldestTimestamp: optional(dateTime),
  latestTimestamp: optional(dateTime),
});
export type LogParametersType = Infer<typeof LogParametersType>;

/** Asks for an upload of a log; the retry interval is in seconds. OCPP 2.1, N01 */
export const GetLog = action.call({
  name: 'GetLog',
  from: 'csms',
  request: object({
    log: LogParametersType,
    logType: oneOf('DiagnosticsLog', 'SecurityLog', 'DataCollectorLog'),
    requestId: integer(),
    retries: optional(natural),
    retryInterval: optional(integer()),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled'),
    statusInfo: optional(StatusInfoType),
    filename: optional(text(255)),
  }),
});

/** Repeats the requestId of the GetLog that it reports about. OCPP 2.1, N01 */
export const LogStatusNotification = action.call({
  name: 'LogStatusNotification',
  from: 'station',
  request: object({
    status: oneOf(
      'BadMessage',
      'Idle',
      'NotSupportedOperation',
      'PermissionDenied',
      'Uploaded',
      'UploadFailure',
      'Uploading',
      'AcceptedCanceled',
    ),
    requestId: optional(integer()),
    statusInfo: optional(StatusInfoType),
  }),
  response: object({}),
});

/** Asks to report or to clear what the station holds about one customer. OCPP 2.1, N09 and N10 */
export const CustomerInformation = action.call({
  name: 'CustomerInformation',
  from: 'csms',
  request: object({
    customerCertificate: optional(CertificateHashDataType),
    idToken: optional(IdTokenType),
    requestId: natural,
    report: boolean,
    clear: boolean,
    customerIdentifier: optional(text(64)),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Invalid'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of what the station holds about a customer: `seqNo` counts from 0, `tbc` says that more follow. OCPP 2.1, N09 */
export const NotifyCustomerInformation = action.call({
  name: 'NotifyCustomerInformation',
  from: 'station',
  request: object({
    data: text(512),
    tbc: optional(boolean),
    seqNo: natural,
    generatedAt: dateTime,
    requestId: natural,
  }),
  response: object({}),
});

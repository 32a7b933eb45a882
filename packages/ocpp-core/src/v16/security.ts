import { dateTime, integer, list, object, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { CertificateHashDataType } from './types.js';

const CertificateUse = oneOf('CentralSystemRootCertificate', 'ManufacturerRootCertificate');

/** Brings the certificate that the station asked for, its issuers behind it in PEM. Security whitepaper, A02 and A03 */
export const CertificateSigned = action.call({
  name: 'CertificateSigned',
  from: 'csms',
  request: object({ certificateChain: text(10_000) }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** Security whitepaper, M04 */
export const DeleteCertificate = action.call({
  name: 'DeleteCertificate',
  from: 'csms',
  request: object({ certificateHashData: CertificateHashDataType }),
  response: object({ status: oneOf('Accepted', 'Failed', 'NotFound') }),
});

/** TriggerMessage with the messages of the whitepaper. Security whitepaper, A02 and 4.5 */
export const ExtendedTriggerMessage = action.call({
  name: 'ExtendedTriggerMessage',
  from: 'csms',
  request: object({
    requestedMessage: oneOf(
      'BootNotification',
      'LogStatusNotification',
      'FirmwareStatusNotification',
      'Heartbeat',
      'MeterValues',
      'SignChargePointCertificate',
      'StatusNotification',
    ),
    connectorId: optional(integer()),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotImplemented') }),
});

/** Security whitepaper, M03 */
export const GetInstalledCertificateIds = action.call({
  name: 'GetInstalledCertificateIds',
  from: 'csms',
  request: object({ certificateType: CertificateUse }),
  response: object({
    certificateHashData: optional(list(CertificateHashDataType, { minItems: 1 })),
    status: oneOf('Accepted', 'NotFound'),
  }),
});

/** Asks for an upload of a log; the retry interval is in seconds. Security whitepaper, N01 */
export const GetLog = action.call({
  name: 'GetLog',
  from: 'csms',
  request: object({
    log: object({
      remoteLocation: text(512),
      oldestTimestamp: optional(dateTime),
      latestTimestamp: optional(dateTime),
    }),
    logType: oneOf('DiagnosticsLog', 'SecurityLog'),
    requestId: integer(),
    retries: optional(integer()),
    retryInterval: optional(integer()),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled'), filename: optional(text(255)) }),
});

/** Security whitepaper, M05 */
export const InstallCertificate = action.call({
  name: 'InstallCertificate',
  from: 'csms',
  request: object({ certificateType: CertificateUse, certificate: text(5_500) }),
  response: object({ status: oneOf('Accepted', 'Failed', 'Rejected') }),
});

/** Repeats the requestId of the GetLog that it reports about. Security whitepaper, N01 */
export const LogStatusNotification = action.call({
  name: 'LogStatusNotification',
  from: 'station',
  request: object({
    status: oneOf('BadMessage', 'Idle', 'NotSupportedOperation', 'PermissionDenied', 'Uploaded', 'UploadFailure', 'Uploading'),
    requestId: optional(integer()),
  }),
  response: object({}),
});

/** Security whitepaper, A04 */
export const SecurityEventNotification = action.call({
  name: 'SecurityEventNotification',
  from: 'station',
  request: object({ type: text(50), timestamp: dateTime, techInfo: optional(text(255)) }),
  response: object({}),
});

/** Asks for a certificate; it comes later in CertificateSigned. Security whitepaper, A02 and A03 */
export const SignCertificate = action.call({
  name: 'SignCertificate',
  from: 'station',
  request: object({ csr: text(5_500) }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** Repeats the requestId of the SignedUpdateFirmware that it reports about. Security whitepaper, L01 */
export const SignedFirmwareStatusNotification = action.call({
  name: 'SignedFirmwareStatusNotification',
  from: 'station',
  request: object({
    status: oneOf(
      'Downloaded',
      'DownloadFailed',
      'Downloading',
      'DownloadScheduled',
      'DownloadPaused',
      'Idle',
      'InstallationFailed',
      'Installing',
      'Installed',
      'InstallRebooting',
      'InstallScheduled',
      'InstallVerificationFailed',
      'InvalidSignature',
      'SignatureVerified',
    ),
    requestId: optional(integer()),
  }),
  response: object({}),
});

/** Security whitepaper, L01 */
export const SignedUpdateFirmware = action.call({
  name: 'SignedUpdateFirmware',
  from: 'csms',
  request: object({
    retries: optional(integer()),
    retryInterval: optional(integer()),
    requestId: integer(),
    firmware: object({
      location: text(512),
      retrieveDateTime: dateTime,
      installDateTime: optional(dateTime),
      signingCertificate: text(5_500),
      signature: text(800),
    }),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate') }),
});

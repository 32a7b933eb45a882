import { dateTime, type Infer, integer, list, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, L01 */
export const FirmwareStatusEnumType = oneOf(
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
);

/** OCPP 2.0.1, L03 */
export const PublishFirmwareStatusEnumType = oneOf(
  'Idle',
  'DownloadScheduled',
  'Downloading',
  'Downloaded',
  'Published',
  'DownloadFailed',
  'DownloadPaused',
  'InvalidChecksum',
  'ChecksumVerified',
  'PublishFailed',
);

/** Where firmware is, and when to load and install it. OCPP 2.0.1, L01 */
export const FirmwareType = object({
  location: text(512),
  retrieveDateTime: dateTime,
  installDateTime: optional(dateTime),
  signingCertificate: optional(text(5_500)),
  signature: optional(text(800)),
});
export type FirmwareType = Infer<typeof FirmwareType>;

/** Asks for a firmware update, signed where a certificate is given; the retry interval is in seconds. OCPP 2.0.1, L01 and L02 */
export const UpdateFirmware = action.call({
  name: 'UpdateFirmware',
  from: 'csms',
  request: object({
    retries: optional(integer()),
    retryInterval: optional(integer()),
    requestId: integer(),
    firmware: FirmwareType,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Repeats the requestId of the UpdateFirmware that it reports about. OCPP 2.0.1, L01 */
export const FirmwareStatusNotification = action.call({
  name: 'FirmwareStatusNotification',
  from: 'station',
  request: object({
    status: FirmwareStatusEnumType,
    requestId: optional(integer()),
  }),
  response: object({}),
});

/** Asks a local controller to offer firmware to its stations. OCPP 2.0.1, L03 */
export const PublishFirmware = action.call({
  name: 'PublishFirmware',
  from: 'csms',
  request: object({
    location: text(512),
    retries: optional(integer()),
    checksum: text(32),
    requestId: integer(),
    retryInterval: optional(integer()),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Repeats the requestId of the PublishFirmware that it reports about. OCPP 2.0.1, L03 */
export const PublishFirmwareStatusNotification = action.call({
  name: 'PublishFirmwareStatusNotification',
  from: 'station',
  request: object({
    status: PublishFirmwareStatusEnumType,
    location: optional(list(text(512), { minItems: 1 })),
    requestId: optional(integer()),
  }),
  response: object({}),
});

/** OCPP 2.0.1, L04 */
export const UnpublishFirmware = action.call({
  name: 'UnpublishFirmware',
  from: 'csms',
  request: object({
    checksum: text(32),
  }),
  response: object({
    status: oneOf('DownloadOngoing', 'NoFirmware', 'Unpublished'),
  }),
});

import { dateTime, type Infer, integer, list, natural, oneOf, optional, text } from '../schema.js';
import { FirmwareStatusEnumType, PublishFirmwareStatusEnumType } from '../v201/firmware.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

// Unchanged since 2.0.1.
export { FirmwareStatusEnumType, PublishFirmwareStatusEnumType } from '../v201/firmware.js';

/** Where firmware is, and when to load and install it. OCPP 2.1, L01 */
export const FirmwareType = object({
  location: text(2_000),
  retrieveDateTime: dateTime,
  installDateTime: optional(dateTime),
  signingCertificate: optional(text(5_500)),
  signature: optional(text(800)),
});
export type FirmwareType = Infer<typeof FirmwareType>;

/** Asks for a firmware update, signed where a certificate is given; the retry interval is in seconds. OCPP 2.1, L01 and L02 */
export const UpdateFirmware = action.call({
  name: 'UpdateFirmware',
  from: 'csms',
  request: object({
    retries: optional(natural),
    retryInterval: optional(integer()),
    requestId: integer(),
    firmware: FirmwareType,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Repeats the requestId of the UpdateFirmware that it reports about. OCPP 2.1, L01 */
export const FirmwareStatusNotification = action.call({
  name: 'FirmwareStatusNotification',
  from: 'station',
  request: object({
    status: FirmwareStatusEnumType,
    requestId: optional(integer()),
    statusInfo: optional(StatusInfoType),
  }),
  response: object({}),
});

/** Asks a local controller to offer firmware to its stations. OCPP 2.1, L03 */
export const PublishFirmware = action.call({
  name: 'PublishFirmware',
  from: 'csms',
  request: object({
    location: text(2_000),
    retries: optional(natural),
    checksum: text(32),
    requestId: natural,
    retryInterval: optional(natural),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Repeats the requestId of the PublishFirmware that it reports about. OCPP 2.1, L03 */
export const PublishFirmwareStatusNotification = action.call({
  name: 'PublishFirmwareStatusNotification',
  from: 'station',
  request: object({
    status: PublishFirmwareStatusEnumType,
    location: optional(list(text(2_000), { minItems: 1 })),
    requestId: optional(natural),
    statusInfo: optional(StatusInfoType),
  }),
  response: object({}),
});

/** OCPP 2.1, L04 */
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

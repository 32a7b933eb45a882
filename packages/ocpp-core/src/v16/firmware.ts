import { dateTime, integer, object, oneOf, optional, text, uri } from '../schema.js';
import { action } from './action.js';

/** OCPP 1.6, 4.4 */
export const DiagnosticsStatusNotification = action.call({
  name: 'DiagnosticsStatusNotification',
  from: 'station',
  request: object({ status: oneOf('Idle', 'Uploaded', 'UploadFailed', 'Uploading') }),
  response: object({}),
});

/** OCPP 1.6, 4.5 */
export const FirmwareStatusNotification = action.call({
  name: 'FirmwareStatusNotification',
  from: 'station',
  request: object({
    status: oneOf('Downloaded', 'DownloadFailed', 'Downloading', 'Idle', 'InstallationFailed', 'Installing', 'Installed'),
  }),
  response: object({}),
});

/** Asks for an upload of diagnostics to a folder; the retry interval is in seconds. OCPP 1.6, 5.9 */
export const GetDiagnostics = action.call({
  name: 'GetDiagnostics',
  from: 'csms',
  request: object({
    location: uri(),
    retries: optional(integer()),
    retryInterval: optional(integer()),
    startTime: optional(dateTime),
    stopTime: optional(dateTime),
  }),
  response: object({ fileName: optional(text(255)) }),
});

/** OCPP 1.6, 5.19 */
export const UpdateFirmware = action.call({
  name: 'UpdateFirmware',
  from: 'csms',
  request: object({
    location: uri(),
    retries: optional(integer()),
    retrieveDate: dateTime,
    retryInterval: optional(integer()),
  }),
  response: object({}),
});

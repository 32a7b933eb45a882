import { integer, object, oneOf, optional } from '../schema.js';
import { action } from './action.js';

/** Asks the station to send a message that it would send by itself at another time. OCPP 1.6, 5.17 */
export const TriggerMessage = action.call({
  name: 'TriggerMessage',
  from: 'csms',
  request: object({
    requestedMessage: oneOf(
      'BootNotification',
      'DiagnosticsStatusNotification',
      'FirmwareStatusNotification',
      'Heartbeat',
      'MeterValues',
      'StatusNotification',
    ),
    connectorId: optional(integer()),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotImplemented') }),
});

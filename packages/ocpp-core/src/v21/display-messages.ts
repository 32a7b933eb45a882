import { boolean, dateTime, type Infer, integer, list, natural, oneOf, optional, text } from '../schema.js';
import { MessagePriorityEnumType } from '../v201/display-messages.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { ComponentType } from './device-model.js';
import { MessageContentType, StatusInfoType } from './types.js';

// Unchanged since 2.0.1.
export { MessagePriorityEnumType } from '../v201/display-messages.js';

/** OCPP 2.1, O01 */
export const MessageStateEnumType = oneOf('Charging', 'Faulted', 'Idle', 'Unavailable', 'Suspended', 'Discharging');

/** A text on the display, and when it is shown. OCPP 2.1, O01 */
export const MessageInfoType = object({
  display: optional(ComponentType),
  id: natural,
  priority: MessagePriorityEnumType,
  state: optional(MessageStateEnumType),
  startDateTime: optional(dateTime),
  endDateTime: optional(dateTime),
  transactionId: optional(text(36)),
  message: MessageContentType,
  messageExtra: optional(list(MessageContentType, { minItems: 1, maxItems: 4 })),
});
export type MessageInfoType = Infer<typeof MessageInfoType>;

/** Puts a text on the station’s display; the same id again replaces it. OCPP 2.1, O01, O02 and O06 */
export const SetDisplayMessage = action.call({
  name: 'SetDisplayMessage',
  from: 'csms',
  request: object({
    message: MessageInfoType,
  }),
  response: object({
    status: oneOf(
      'Accepted',
      'NotSupportedMessageFormat',
      'Rejected',
      'NotSupportedPriority',
      'NotSupportedState',
      'UnknownTransaction',
      'LanguageNotSupported',
    ),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which texts are set; they come in NotifyDisplayMessages parts. OCPP 2.1, O03 and O04 */
export const GetDisplayMessages = action.call({
  name: 'GetDisplayMessages',
  from: 'csms',
  request: object({
    id: optional(list(natural, { minItems: 1 })),
    requestId: integer(),
    priority: optional(MessagePriorityEnumType),
    state: optional(MessageStateEnumType),
  }),
  response: object({
    status: oneOf('Accepted', 'Unknown'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of the texts that are set; `tbc` says that more follow. OCPP 2.1, O03 and O04 */
export const NotifyDisplayMessages = action.call({
  name: 'NotifyDisplayMessages',
  from: 'station',
  request: object({
    messageInfo: optional(list(MessageInfoType, { minItems: 1 })),
    requestId: integer(),
    tbc: optional(boolean),
  }),
  response: object({}),
});

/** OCPP 2.1, O05 */
export const ClearDisplayMessage = action.call({
  name: 'ClearDisplayMessage',
  from: 'csms',
  request: object({
    id: natural,
  }),
  response: object({
    status: oneOf('Accepted', 'Unknown', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

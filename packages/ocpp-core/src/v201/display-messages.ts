import { boolean, dateTime, type Infer, integer, list, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { ComponentType } from './device-model.js';
import { object } from './object.js';
import { MessageContentType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, O01 */
export const MessagePriorityEnumType = oneOf('AlwaysFront', 'InFront', 'NormalCycle');

/** OCPP 2.0.1, O01 */
export const MessageStateEnumType = oneOf('Charging', 'Faulted', 'Idle', 'Unavailable');

/** A text on the display, and when it is shown. OCPP 2.0.1, O01 */
export const MessageInfoType = object({
  display: optional(ComponentType),
  id: integer(),
  priority: MessagePriorityEnumType,
  state: optional(MessageStateEnumType),
  startDateTime: optional(dateTime),
  endDateTime: optional(dateTime),
  transactionId: optional(text(36)),
  message: MessageContentType,
});
export type MessageInfoType = Infer<typeof MessageInfoType>;

/** Puts a text on the station’s display; the same id again replaces it. OCPP 2.0.1, O01, O02 and O06 */
export const SetDisplayMessage = action.call({
  name: 'SetDisplayMessage',
  from: 'csms',
  request: object({
    message: MessageInfoType,
  }),
  response: object({
    status: oneOf('Accepted', 'NotSupportedMessageFormat', 'Rejected', 'NotSupportedPriority', 'NotSupportedState', 'UnknownTransaction'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which texts are set; they come in NotifyDisplayMessages parts. OCPP 2.0.1, O03 and O04 */
export const GetDisplayMessages = action.call({
  name: 'GetDisplayMessages',
  from: 'csms',
  request: object({
    id: optional(list(integer(), { minItems: 1 })),
    requestId: integer(),
    priority: optional(MessagePriorityEnumType),
    state: optional(MessageStateEnumType),
  }),
  response: object({
    status: oneOf('Accepted', 'Unknown'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of the texts that are set; `tbc` says that more follow. OCPP 2.0.1, O03 and O04 */
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

/** OCPP 2.0.1, O05 */
export const ClearDisplayMessage = action.call({
  name: 'ClearDisplayMessage',
  from: 'csms',
  request: object({
    id: integer(),
  }),
  response: object({
    status: oneOf('Accepted', 'Unknown'),
    statusInfo: optional(StatusInfoType),
  }),
});

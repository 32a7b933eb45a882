import { commandsModule } from '../modules/commands.js';
import { ciText, dateTime, type Infer, integer, list, object, oneOf, optional, url } from '../schema.js';
import { Token } from './tokens.js';
import { DisplayText } from './types.js';

/** Asks to give a reservation up. OCPI 2.2.1, 13.3 */
export const CancelReservation = object({
  response_url: url,
  reservation_id: ciText(36),
});
export type CancelReservation = Infer<typeof CancelReservation>;

/** OCPI 2.2.1, 13.4 */
export const CommandResponseType = oneOf('NOT_SUPPORTED', 'REJECTED', 'ACCEPTED', 'UNKNOWN_SESSION');
export type CommandResponseType = Infer<typeof CommandResponseType>;

/** Whether a command was accepted for sending. OCPI 2.2.1, 13.3 */
export const CommandResponse = object({
  result: CommandResponseType,
  timeout: integer,
  message: optional(list(DisplayText)),
});
export type CommandResponse = Infer<typeof CommandResponse>;

/** OCPI 2.2.1, 13.4 */
export const CommandResultType = oneOf(
  'ACCEPTED',
  'CANCELED_RESERVATION',
  'EVSE_OCCUPIED',
  'EVSE_INOPERATIVE',
  'FAILED',
  'NOT_SUPPORTED',
  'REJECTED',
  'TIMEOUT',
  'UNKNOWN_RESERVATION',
);
export type CommandResultType = Infer<typeof CommandResultType>;

/** What the station said to a command. OCPI 2.2.1, 13.3 */
export const CommandResult = object({
  result: CommandResultType,
  message: optional(list(DisplayText)),
});
export type CommandResult = Infer<typeof CommandResult>;

/** Asks to hold an EVSE, or to change a reservation. OCPI 2.2.1, 13.3 */
export const ReserveNow = object({
  response_url: url,
  token: Token,
  expiry_date: dateTime,
  reservation_id: ciText(36),
  location_id: ciText(36),
  evse_uid: optional(ciText(36)),
  authorization_reference: optional(ciText(36)),
});
export type ReserveNow = Infer<typeof ReserveNow>;

/** Asks to start a session. OCPI 2.2.1, 13.3 */
export const StartSession = object({
  response_url: url,
  token: Token,
  location_id: ciText(36),
  evse_uid: optional(ciText(36)),
  connector_id: optional(ciText(36)),
  authorization_reference: optional(ciText(36)),
});
export type StartSession = Infer<typeof StartSession>;

/** Asks to stop a session. OCPI 2.2.1, 13.3 */
export const StopSession = object({
  response_url: url,
  session_id: ciText(36),
});
export type StopSession = Infer<typeof StopSession>;

/** Asks to unlock a connector. OCPI 2.2.1, 13.3 */
export const UnlockConnector = object({
  response_url: url,
  location_id: ciText(36),
  evse_uid: ciText(36),
  connector_id: ciText(36),
});
export type UnlockConnector = Infer<typeof UnlockConnector>;

/** OCPI 2.2.1, 13.4 */
export const CommandType = oneOf('CANCEL_RESERVATION', 'RESERVE_NOW', 'START_SESSION', 'STOP_SESSION', 'UNLOCK_CONNECTOR');
export type CommandType = Infer<typeof CommandType>;

/** Commands to stations. The answer says whether the command was sent on; its result comes later, bare, to the response_url. OCPI 2.2.1, 13 */
export const commands = commandsModule({
  StartSession,
  StopSession,
  ReserveNow,
  CancelReservation,
  UnlockConnector,
  CommandResponse,
  CommandResult,
});

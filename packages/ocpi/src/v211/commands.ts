import { defineModule, post } from '../module.js';
import { dateTime, type Infer, integer, object, oneOf, optional, text, url } from '../schema.js';
import { Token } from './tokens.js';

/** OCPI 2.1.1, mod_commands */
export const CommandResponseType = oneOf('NOT_SUPPORTED', 'REJECTED', 'ACCEPTED', 'TIMEOUT', 'UNKNOWN_SESSION');
export type CommandResponseType = Infer<typeof CommandResponseType>;

/** Whether a command was accepted for sending. OCPI 2.1.1, mod_commands */
export const CommandResponse = object({
  result: CommandResponseType,
});
export type CommandResponse = Infer<typeof CommandResponse>;

/** Asks to hold an EVSE, or to change a reservation. OCPI 2.1.1, mod_commands */
export const ReserveNow = object({
  response_url: url,
  token: Token,
  expiry_date: dateTime,
  reservation_id: integer,
  location_id: text(39),
  evse_uid: optional(text(39)),
});
export type ReserveNow = Infer<typeof ReserveNow>;

/** Asks to start a session. OCPI 2.1.1, mod_commands */
export const StartSession = object({
  response_url: url,
  token: Token,
  location_id: text(39),
  evse_uid: optional(text(39)),
});
export type StartSession = Infer<typeof StartSession>;

/** Asks to stop a session. OCPI 2.1.1, mod_commands */
export const StopSession = object({
  response_url: url,
  session_id: text(36),
});
export type StopSession = Infer<typeof StopSession>;

/** Asks to unlock a connector. OCPI 2.1.1, mod_commands */
export const UnlockConnector = object({
  response_url: url,
  location_id: text(39),
  evse_uid: text(39),
  connector_id: text(36),
});
export type UnlockConnector = Infer<typeof UnlockConnector>;

/** OCPI 2.1.1, mod_commands */
export const CommandType = oneOf('RESERVE_NOW', 'START_SESSION', 'STOP_SESSION', 'UNLOCK_CONNECTOR');
export type CommandType = Infer<typeof CommandType>;

/** Commands to stations; what comes later to the response_url is another CommandResponse. OCPI 2.1.1, mod_commands */
export const commands = defineModule({
  id: 'commands',
  sender: { result: post('/:command/:uid', { body: CommandResponse }) },
  receiver: {
    startSession: post('/START_SESSION', { body: StartSession, data: CommandResponse }),
    stopSession: post('/STOP_SESSION', { body: StopSession, data: CommandResponse }),
    reserveNow: post('/RESERVE_NOW', { body: ReserveNow, data: CommandResponse }),
    unlockConnector: post('/UNLOCK_CONNECTOR', { body: UnlockConnector, data: CommandResponse }),
  },
});

import { commandsModule } from '../modules/commands.js';
import { ciText, dateTime, type Infer, object, openOneOf, optional, url } from '../schema.js';
import { CancelReservation, CommandResponse, CommandResult, StopSession, UnlockConnector } from '../v221/commands.js';
import { Token } from './tokens.js';

export {
  CancelReservation,
  CommandResponse,
  CommandResponseType,
  CommandResult,
  CommandResultType,
  StopSession,
  UnlockConnector,
} from '../v221/commands.js';

/** Asks to hold an EVSE, or to change a reservation. OCPI 2.3.0, mod_commands */
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

/** Asks to start a session. OCPI 2.3.0, mod_commands */
export const StartSession = object({
  response_url: url,
  token: Token,
  location_id: ciText(36),
  evse_uid: optional(ciText(36)),
  connector_id: optional(ciText(36)),
  authorization_reference: optional(ciText(36)),
});
export type StartSession = Infer<typeof StartSession>;

/** OCPI 2.3.0, mod_commands */
export const CommandType = openOneOf('CANCEL_RESERVATION', 'RESERVE_NOW', 'START_SESSION', 'STOP_SESSION', 'UNLOCK_CONNECTOR');
export type CommandType = Infer<typeof CommandType>;

/** Commands to stations. The answer says whether the command was sent on; its result comes later, bare, to the response_url. OCPI 2.3.0, mod_commands */
export const commands = commandsModule({
  StartSession,
  StopSession,
  ReserveNow,
  CancelReservation,
  UnlockConnector,
  CommandResponse,
  CommandResult,
});

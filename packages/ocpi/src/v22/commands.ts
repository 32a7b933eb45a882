import { commandsModule } from '../modules/commands.js';
import { type Infer, vary } from '../schema.js';
import * as newer from '../v221/commands.js';

export {
  CancelReservation,
  CommandResponse,
  CommandResponseType,
  CommandResult,
  CommandResultType,
  CommandType,
  ReserveNow,
  StopSession,
  UnlockConnector,
} from '../v221/commands.js';

/** Asks to start a session; a connector cannot be named yet. OCPI 2.2, mod_commands */
export const StartSession = vary(newer.StartSession, {}, ['connector_id']);
export type StartSession = Infer<typeof StartSession>;

/** Commands to stations; results come later, bare, to the response_url. OCPI 2.2, mod_commands */
export const commands = commandsModule({ ...newer, StartSession });

import { defineModule, post } from '../module.js';
import type { Schema } from '../schema.js';

/** The routes of commands, for a version's own objects. The path under a response_url is the caller's own; the id in it is the only correlation. OCPI 2.2.1, 13.2 */
export const commandsModule = <Start, Stop, Reserve, Cancel, Unlock, Response, Result>(of: {
  readonly StartSession: Schema<Start>;
  readonly StopSession: Schema<Stop>;
  readonly ReserveNow: Schema<Reserve>;
  readonly CancelReservation: Schema<Cancel>;
  readonly UnlockConnector: Schema<Unlock>;
  readonly CommandResponse: Schema<Response>;
  readonly CommandResult: Schema<Result>;
}) =>
  defineModule({
    id: 'commands',
    sender: { result: post('/:command/:uid', { body: of.CommandResult }) },
    receiver: {
      startSession: post('/START_SESSION', { body: of.StartSession, data: of.CommandResponse }),
      stopSession: post('/STOP_SESSION', { body: of.StopSession, data: of.CommandResponse }),
      reserveNow: post('/RESERVE_NOW', { body: of.ReserveNow, data: of.CommandResponse }),
      cancelReservation: post('/CANCEL_RESERVATION', { body: of.CancelReservation, data: of.CommandResponse }),
      unlockConnector: post('/UNLOCK_CONNECTOR', { body: of.UnlockConnector, data: of.CommandResponse }),
    },
  });

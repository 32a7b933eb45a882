import { OcpiError } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { type Side, side } from '../bridged/serve.js';
import { toCommand, toReservation, toResult, toStart } from './commands.js';
import type { Asked, Inbound } from './inbound.js';

/** Both sides of the commands module: what eMSPs ask of stations, and what CPOs say came of it. OCPI 2.2.1, 13 */
export function commandSides({ command, commandResult }: Inbound): Side[] {
  /** Where the result goes: the id of the request stands for an asker that gave no address of its own. */
  const heard = <B extends { response_url: string }>(ask: Asked & { body: B; requestId: string }) => ({
    asked: { ...ask, responseUrl: ask.body.response_url },
    replyTo: { commandId: ask.requestId, url: ask.body.response_url },
  });
  return [
    side(v221.commands.receiver, {
      startSession: (ask) => {
        const { asked, replyTo } = heard(ask);
        return command('startSession', asked, () => ({ ...toStart(ask.body), replyTo }));
      },
      stopSession: (ask) => {
        const { asked, replyTo } = heard(ask);
        return command('stopSession', asked, () => ({ sessionId: ask.body.session_id, replyTo }));
      },
      reserveNow: (ask) => {
        const { asked, replyTo } = heard(ask);
        return command('reserveNow', asked, () => ({ ...toReservation(ask.body), replyTo }));
      },
      cancelReservation: (ask) => {
        const { asked, replyTo } = heard(ask);
        return command('cancelReservation', asked, () => ({ reservationId: ask.body.reservation_id, replyTo }));
      },
      unlockConnector: (ask) => {
        const { asked, replyTo } = heard(ask);
        const { location_id: locationId, evse_uid: evseUid, connector_id: connectorId } = ask.body;
        return command('unlockConnector', asked, () => ({ locationId, evseUid, connectorId, replyTo }));
      },
    }),
    side(v221.commands.sender, {
      result: async (ask) => {
        const asked = toCommand(ask.params.command);
        if (!asked) throw new OcpiError('not-found', 'no command waits for this result');
        return commandResult(asked, ask.params.uid, ask, toResult(ask.body.result));
      },
    }),
  ];
}

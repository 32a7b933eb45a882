import { actionsOf, type Endpoint, handlersFor } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import { expect } from 'chai';

const action = actionsOf('2.0.1');
const Foreign = action.call({ name: 'Heartbeat', from: 'station', request: v16.Heartbeat.request, response: v16.Heartbeat.response });

/** Never called: each line below the comment must not compile. */
export function wrong(csms: Endpoint<'csms', typeof v16>, station: Endpoint<'station', typeof v16>): void {
  // @ts-expect-error: a status that does not exist
  csms.handle(v16.BootNotification, async () => ({ status: 'Maybe', currentTime: '2026-01-15T10:00:00Z', interval: 1 }));
  // @ts-expect-error: a required field is missing
  csms.handle(v16.BootNotification, async () => ({ status: 'Accepted', interval: 1 }));
  // @ts-expect-error: a word that does not exist
  void csms.call(v16.Reset, { type: 'Softly' });
  // @ts-expect-error: the station sends it
  void csms.call(v16.BootNotification, { chargePointVendor: 'a', chargePointModel: 'b' });
  // @ts-expect-error: the station does not answer it
  station.handle(v16.BootNotification, async () => ({ status: 'Accepted', currentTime: '2026-01-15T10:00:00Z', interval: 1 }));
  // @ts-expect-error: another version
  void station.call(Foreign, {});
  // @ts-expect-error: a data type is no action
  void station.call(v16.IdTagInfoType, {});
  // @ts-expect-error: an unknown field
  void csms.call(v16.ClearCache, { everything: true });
  // @ts-expect-error: an absent optional field is left out, not undefined
  void csms.call(v16.TriggerMessage, { requestedMessage: 'Heartbeat', connectorId: undefined });
  // @ts-expect-error: a handler for the shared table obeys the same rules
  handlersFor('csms', v16).handle(v16.Reset, async () => ({ status: 'Accepted' }));
}

describe('the types', () => {
  it('refuse at compile time, and the table refuses at run time what came from plain JavaScript', () => {
    const plain = handlersFor('csms', v16) as unknown as { handle(action: unknown, handler: unknown): void };
    const answer = async () => ({});
    expect(() => plain.handle(v16.Heartbeat, answer)).to.not.throw();
    expect(() => plain.handle(v16.Heartbeat, undefined)).to.throw('not a function');
    expect(() => plain.handle(v16.Reset, answer)).to.throw('is sent by the csms');
    expect(() => plain.handle(Foreign, answer)).to.throw('not an action');
  });
});

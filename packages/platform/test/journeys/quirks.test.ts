import { expect } from 'chai';
import { addStation, boot, Device, furnishParty, must } from '../own-stations-fixture.js';
import { openHub, type TestHub } from './hub.js';

describe('the known deviations of a device', function () {
  this.timeout(60_000);
  let hub: TestHub;
  let password: string;
  before(async () => {
    hub = await openHub();
    await furnishParty(hub);
    password = await addStation(hub, 'QUIRK-1');
  });
  after(() => hub?.close());

  const connected = async () => {
    const device = await Device.open(hub.ocppUrl, 'QUIRK-1', password, '1.6');
    await boot(device, '1.6');
    return device;
  };
  const status = { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '2026-11-25 10:00:00' };
  const verdict = (device: Device) =>
    device.call('StatusNotification', status).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  it('are mended for that vendor and model only, from the next connection, and each mend is logged', async () => {
    const before = await connected();
    expect(await verdict(before)).to.equal('PropertyConstraintViolation');
    const rules = [{ name: 'no offset', remedy: 'utc', action: 'StatusNotification', path: '/timestamp' }];
    await must(hub.api, 'PUT', '/quirks/other', { vendor: 'evroam', model: 'another', rules });
    before.close();
    await before.closed;
    const other = await connected();
    expect(await verdict(other)).to.equal('PropertyConstraintViolation');
    await must(hub.api, 'PUT', '/quirks/ours', { vendor: 'evroam', model: 'te*', rules });
    expect(await verdict(other)).to.equal('PropertyConstraintViolation');
    other.close();
    await other.closed;
    const mended = await connected();
    expect(await verdict(mended)).to.equal('accepted');
    await hub.logged(({ msg, rule }) => rule === 'no offset' && String(msg).includes('mended'));
    expect((await must(hub.api, 'GET', '/quirks')).items.map(({ name }: { name: string }) => name)).to.deep.equal(['other', 'ours']);
    await must(hub.api, 'DELETE', '/quirks/ours');
    mended.close();
    await mended.closed;
    const after = await connected();
    expect(await verdict(after)).to.equal('PropertyConstraintViolation');
    after.close();
  });

  it('are refused where they would hide faults or say nothing', async () => {
    const rule = { name: 'r', remedy: 'trim' };
    const refusals: [object, string][] = [
      [{ rules: [rule] }, 'body'],
      [{ vendor: 'v', rules: [] }, 'body/rules'],
      [{ vendor: 'v', rules: [{ name: 'r', remedy: 'omit' }] }, 'body/rules/0/path'],
      [{ vendor: 'v', rules: [{ ...rule, path: 'x' }] }, 'body/rules/0/path'],
      [{ vendor: 'v', rules: [{ ...rule, remedy: 'heal' }] }, 'body/rules/0/remedy'],
      [{ vendor: 'v', rules: [rule], modell: 'x' }, 'body/modell'],
    ];
    for (const [body, where] of refusals) {
      const { status: code, body: said } = await hub.api('PUT', '/quirks/q', body);
      expect([code, said.error.where], JSON.stringify(body)).to.deep.equal([422, where]);
    }
    expect((await hub.api('DELETE', '/quirks/q')).status).to.equal(404);
  });
});

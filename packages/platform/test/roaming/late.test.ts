import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

/** F6 of the drills: nobody knows what became of a start, and then its session begins. */
describe('a start that times out at an own station, and succeeds later', () => {
  let hub: TestHub;
  let emsp: PartnerProcess;
  let device: Device;
  const setting = clockSetting(new Date('2026-03-02T12:00:00Z'), 60);
  const clock = clockFromSetting(setting);

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnishParty(hub);
    const password = await addStation(hub, 'SLOW');
    emsp = startPartner();
    await emsp.ask('configure', { version: '2.2.1', role: 'EMSP', country: 'NL', party: '221' });
    const { versionsUrl, token } = await must(hub.api, 'POST', '/partners', { name: 'E', parties: [{ party: 'NL-221', role: 'emsp' }] });
    await emsp.ask('register', { versionsUrl, token });
    const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 21 }, currency: 'EUR' };
    await must(hub.api, 'POST', '/agreements', {
      id: 'E',
      seller: 'NL-EVR',
      buyer: 'NL-221',
      ...terms,
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    await hub.logged(({ msg, tokens }) => msg === 'partner fetched' && Number(tokens) > 0);
    device = await Device.open(hub.ocppUrl, 'SLOW', password, '2.0.1');
    device.answers.set('RequestStartTransaction', () => undefined);
    await boot(device, '2.0.1');
  });
  after(async () => {
    device?.close();
    await emsp?.end();
    await hub?.close();
  });

  const results = async (): Promise<string[]> =>
    (await emsp.ask('heard')).filter(({ path }: Json) => path.startsWith('/commands/')).map(({ body }: Json) => body.result);

  it('is TIMEOUT to who asked, once; its session is theirs all the same, and so is its CDR', async function () {
    this.timeout(60_000);
    const location = { location_id: 'L-SLOW', evse_uid: 'SLOW-E1', authorization_reference: 'REF-LATE' };
    expect((await emsp.ask('start', { card: 1, location })).result).to.equal('ACCEPTED');
    const { remoteStartId } = await device.command('RequestStartTransaction');
    await eventually(async () => (await results()).length > 0, 'the result', 40_000);
    expect(await results()).to.deep.equal(['TIMEOUT']);

    const event = (eventType: string, seqNo: number, value: number, more: object = {}) => {
      const timestamp = clock.now().toISOString();
      const triggerReason = eventType === 'Started' ? 'RemoteStart' : 'RemoteStop';
      const base = { eventType, timestamp, seqNo, triggerReason, meterValue: [{ timestamp, sampledValue: [{ value }] }] };
      return device.call('TransactionEvent', { ...base, transactionInfo: { transactionId: 'late-one', remoteStartId }, ...more });
    };
    await event('Started', 0, 1000, { evse: { id: 1, connectorId: 1 } });
    const session = await eventually(
      async () => (await emsp.ask('received')).find(({ status }: Json) => status === 'ACTIVE'),
      'the session',
    );
    expect([session.auth_method, session.authorization_reference, session.cdr_token.uid]).to.deep.equal([
      'COMMAND',
      'REF-LATE',
      '221CARD1',
    ]);
    await event('Ended', 1, 1010);
    const [{ cdr }] = await eventually(async () => {
      const all: Json[] = await emsp.ask('cdrs');
      return all.length > 0 && all;
    }, 'the CDR');
    expect([cdr.total_energy, cdr.authorization_reference, cdr.auth_method]).to.deep.equal([0.01, 'REF-LATE', 'COMMAND']);
    await eventually(async () => (await hub.api('GET', '/settlement/counts')).body.accepted === 1, 'the CDR to be settled');
    expect(await results(), 'the address of the asker was used once').to.deep.equal(['TIMEOUT']);
  });
});

import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

const CARD = '221CARD1';

/** A23 of the drills: stations let in what they remember, so they have to forget; and what they let in before is not billed unseen. */
describe('a card that its issuer revokes', () => {
  let hub: TestHub;
  let emsp: PartnerProcess;
  const devices = new Map<string, Device>();
  const passwords = new Map<string, string>();

  const connect = async (id: string, version: string) => {
    const device = await Device.open(hub.ocppUrl, id, passwords.get(id)!, version);
    device.answers.set('UnlockConnector', () => ({ status: 'Unlocked' }));
    devices.set(id, device);
    await boot(device, version);
    return device;
  };
  const heard = (id: string, ...actions: string[]) => devices.get(id)!.heard.filter(({ action }) => actions.includes(action));
  const revoke = async (uid: string, more: object) => {
    const answer = JSON.parse(
      await emsp.ask('harvest', { uid, to: ['NL', 'EVR'], more: { last_updated: new Date().toISOString(), ...more } }),
    );
    expect(answer.status_code).to.equal(1000);
  };
  const told = (id: string, count: number) =>
    eventually(async () => {
      const { items } = await must(hub.api, 'GET', `/stations/${id}/commands`);
      return items.filter(({ command, state }: Json) => command?.kind === 'clearCache' && state === 'answered').length === count;
    }, `${id} to have forgotten ${count} times`);

  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnishParty(hub);
    for (const id of ['OLD', 'NEW', 'AWAY']) passwords.set(id, await addStation(hub, id));
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
    await connect('OLD', '1.6');
    await connect('NEW', '2.0.1');
    const tokens = ['CARD1', CARD, '221CARD2'].map((uid) => ({ uid, type: 'rfid' }));
    const list = { version: 7, full: true, tokens };
    expect((await must(hub.api, 'POST', '/stations/OLD/commands/sendLocalList?wait=10', list)).answer.outcome).to.equal('accepted');
  });
  after(async () => {
    for (const device of devices.values()) device.close();
    await emsp?.end();
    await hub?.close();
  });

  it('is forgotten by every station that is connected: off its list, and out of its cache', async function () {
    this.timeout(30_000);
    await revoke(CARD, { valid: false });
    await told('OLD', 1);
    await told('NEW', 1);
    const [sent] = heard('OLD', 'SendLocalList').slice(1);
    expect(sent!.payload).to.deep.equal({ listVersion: 8, updateType: 'Differential', localAuthorizationList: [{ idTag: CARD }] });
    expect(heard('NEW', 'SendLocalList'), 'it has no list').to.deep.equal([]);
    expect((await devices.get('OLD')!.call('Authorize', { idTag: CARD })).idTagInfo.status).to.equal('Blocked');
  });

  it('is not told again and again: not by a repeat of the same news, and not by news of another kind', async function () {
    this.timeout(30_000);
    await revoke(CARD, { valid: false });
    await revoke('221CARD2', { language: 'nl' });
    // A revocation that does count comes after them: when it has arrived, nothing else will.
    await revoke('221CARD2', { whitelist: 'NEVER' });
    await told('OLD', 2);
    await told('NEW', 2);
    expect(heard('OLD', 'SendLocalList').map(({ payload }) => payload.listVersion)).to.deep.equal([7, 8, 9]);
    expect(heard('OLD', 'SendLocalList').at(-1)!.payload.localAuthorizationList).to.deep.equal([{ idTag: '221CARD2' }]);
  });

  it('is forgotten by one that was away as soon as it is back, once', async function () {
    this.timeout(30_000);
    const away = await connect('AWAY', '1.6');
    await told('AWAY', 1);
    away.close();
    await away.closed;
    await connect('AWAY', '1.6');
    // The next card is revoked: that is the one thing that it has not been told.
    await must(hub.api, 'PUT', '/tokens/NL-EVR/CARD2', {
      type: 'rfid',
      contractId: 'NL-EVR-C000CARD2',
      issuerName: 'evroam',
      valid: false,
    });
    await told('AWAY', 2);
    expect(heard('AWAY', 'ClearCache').length).to.equal(1);
  });

  it('and charged while its station could not ask is told so, and its session waits for a person and goes to nobody', async function () {
    this.timeout(30_000);
    const away = devices.get('AWAY')!;
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const start = { connectorId: 1, idTag: CARD, meterStart: 0, timestamp: at(120) };
    const { transactionId, idTagInfo } = await away.call('StartTransaction', start);
    expect(idTagInfo.status).to.equal('Blocked');
    await away.call('StopTransaction', { transactionId, meterStop: 5000, timestamp: at(60) });
    const [held] = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/sessions?held=true');
      return items.length > 0 && items;
    }, 'the session to be held');
    expect([held.token.uid, held.kwh]).to.deep.equal([CARD, '5']);
    expect((await must(hub.api, 'GET', `/sessions/${held.id}/curve`)).flags).to.deep.equal(['tokenRefused']);
    expect((await must(hub.api, 'GET', '/cdrs')).items).to.deep.equal([]);
    expect(await emsp.ask('cdrs')).to.deep.equal([]);
  });
});

import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

type Version = '2.1.1' | '2.2.1' | '2.3.0';

const UNTIL = '2026-03-02T14:00:00Z';
const LATER = '2026-03-02T15:00:00Z';

/** Every partner on raw HTTP in a process of its own, every station on a raw socket. */
describe('reservations and stuck cables between partners and stations', () => {
  let hub: TestHub;
  const partners = new Map<string, PartnerProcess>();
  const devices = new Map<string, Device>();
  const setting = clockSetting(new Date('2026-03-02T12:00:00Z'), 2);
  const clock = clockFromSetting(setting);

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnishParty(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    for (const [id, version] of [
      ['OLD', '1.6'],
      ['NEW', '2.0.1'],
    ] as const) {
      const device = await Device.open(hub.ocppUrl, id, await addStation(hub, id, 2), version);
      devices.set(id, device);
      await boot(device, version);
    }
    await join('emsp', '2.2.1', 'NL', '221');
    await join('other', '2.2.1', 'FR', 'XYZ');
    await join('old', '2.1.1', 'NL', '211');
    await join('cpo', '2.3.0', 'DE', '230', 'CPO');
  });
  after(async () => {
    for (const device of devices.values()) device.close();
    await Promise.all([...partners.values()].map((one) => one.end()));
    await hub?.close();
  });

  async function join(name: string, version: Version, country: string, party: string, role: 'CPO' | 'EMSP' = 'EMSP'): Promise<void> {
    const partner = startPartner();
    partners.set(name, partner);
    await partner.ask('configure', { version, role, country, party });
    const parties = [{ party: `${country}-${party}`, role: role.toLowerCase() }];
    const invited = await must(hub.api, 'POST', '/partners', { name, parties });
    await partner.ask('register', {
      versionsUrl: version === '2.1.1' ? invited.versionsUrl211 : invited.versionsUrl,
      token: invited.token,
    });
    await hub.logged(({ msg, partnerId }) => msg === 'partner fetched' && partnerId === invited.id);
  }

  /** A command as its eMSP says it; where its result goes stands in it, unless the test says otherwise. */
  async function command(name: string, command: string, body: Json, more: { to?: string[]; responseUrl?: string } = {}): Promise<Json> {
    const partner = partners.get(name)!;
    const url = await partner.ask('endpoint', { module: 'commands', role: 'RECEIVER' });
    const base = await partner.ask('url');
    const [country, party] = name === 'other' ? ['FR', 'XYZ'] : ['NL', '221'];
    const to = more.to && { 'OCPI-to-country-code': more.to[0], 'OCPI-to-party-id': more.to[1] };
    const headers = name === 'old' ? {} : { 'OCPI-from-country-code': country, 'OCPI-from-party-id': party, ...to };
    const response_url = more.responseUrl ?? `${base}/commands/${command}/${body.reservation_id ?? 'unlock'}`;
    return partner.ask('raw', { method: 'POST', url: `${url}/${command}`, headers, body: { response_url, ...body } });
  }

  async function reservation(name: string, id: string | number, place: Json, until = UNTIL, more: Json = {}): Promise<Json> {
    const { cards } = await partners.get(name)!.ask('own');
    return { reservation_id: id, token: cards[0], expiry_date: until, ...place, ...more };
  }

  const results = async (name: string, path: string): Promise<string[]> =>
    (await partners.get(name)!.ask('heard')).filter((one: Json) => one.path === path).map(({ body }: Json) => body.result);
  const result = (name: string, path: string, count = 1) =>
    eventually(async () => {
      const all = await results(name, path);
      return all.length >= count && all;
    }, `the result at ${path}`);
  const asked = (id: string, action: string): Json[] =>
    devices
      .get(id)!
      .heard.filter((one) => one.action === action)
      .map(({ payload }) => payload);
  const at = (id: string, evse = 1) => ({ location_id: `L-${id}`, evse_uid: `${id}-E${evse}` });

  it('keeps an EVSE of OCPP 1.6 free for a 2.2.1 eMSP, changes that under the same id, and gives it back', async () => {
    const wish = (until: string) => reservation('emsp', 'R1', at('OLD'), until);
    expect((await command('emsp', 'RESERVE_NOW', await wish(UNTIL))).body.data).to.deep.equal({ result: 'ACCEPTED', timeout: 30 });
    expect(await result('emsp', '/commands/RESERVE_NOW/R1')).to.deep.equal(['ACCEPTED']);
    expect((await command('emsp', 'RESERVE_NOW', await wish(LATER))).body.data.result).to.equal('ACCEPTED');
    expect(await result('emsp', '/commands/RESERVE_NOW/R1', 2)).to.deep.equal(['ACCEPTED', 'ACCEPTED']);
    const [first, second] = asked('OLD', 'ReserveNow');
    expect(second).to.deep.equal({ ...first, expiryDate: '2026-03-02T15:00:00.000Z' });
    expect([first.idTag, first.connectorId]).to.deep.equal(['221CARD1', 1]);

    expect((await command('emsp', 'CANCEL_RESERVATION', { reservation_id: 'R1' })).body.data.result).to.equal('ACCEPTED');
    expect(await result('emsp', '/commands/CANCEL_RESERVATION/R1')).to.deep.equal(['ACCEPTED']);
    expect(asked('OLD', 'CancelReservation')).to.deep.equal([{ reservationId: first.reservationId }]);
    const again = await command('emsp', 'CANCEL_RESERVATION', { reservation_id: 'R1' }, { to: ['NL', 'EVR'] });
    expect([again.body.data.result, again.body.data.message[0].text]).to.deep.equal(['REJECTED', 'reservation R1 is over: cancelled']);
  });

  it('leaves a reservation as it was when the station refuses a change of it', async () => {
    await command('emsp', 'RESERVE_NOW', await reservation('emsp', 'R2', at('OLD', 2)));
    await result('emsp', '/commands/RESERVE_NOW/R2');
    devices.get('OLD')!.answers.set('ReserveNow', () => ({ status: 'Occupied' }));
    await command('emsp', 'RESERVE_NOW', await reservation('emsp', 'R2', at('OLD', 2), LATER));
    expect(await result('emsp', '/commands/RESERVE_NOW/R2', 2)).to.deep.equal(['ACCEPTED', 'REJECTED']);
    devices.get('OLD')!.answers.delete('ReserveNow');
    const { items } = await must(hub.api, 'GET', '/reservations');
    const kept = items.find(({ named }: Json) => named?.as === 'R2');
    expect([kept.state, kept.until]).to.deep.equal([{ phase: 'active' }, '2026-03-02T14:00:00.000Z']);
  });

  it('lets no other party change or cancel it, or see that it is there', async () => {
    const foreign = await command('other', 'CANCEL_RESERVATION', { reservation_id: 'R2' }, { to: ['NL', 'EVR'] });
    expect(foreign.body.data.result).to.equal('REJECTED');
    expect(foreign.body.data.message[0].text).to.equal('there is no reservation R2');
    // The same id of another party is another reservation.
    await command('other', 'RESERVE_NOW', await reservation('other', 'R2', at('NEW', 2)));
    await result('other', '/commands/RESERVE_NOW/R2');
    const { items } = await must(hub.api, 'GET', '/reservations');
    expect(
      items.filter(({ named }: Json) => named?.as === 'R2').map(({ named, stationId }: Json) => [named.by, stationId]),
    ).to.have.deep.members([
      ['NL-221', 'OLD'],
      ['FR-XYZ', 'NEW'],
    ]);
  });

  it('charges at OCPP 2.0.1 what a reservation permitted: session and CDR bear its reference', async function () {
    this.timeout(60_000);
    const wish = await reservation('emsp', 'R3', at('NEW'), UNTIL, { authorization_reference: 'REF-R3' });
    await command('emsp', 'RESERVE_NOW', wish);
    await result('emsp', '/commands/RESERVE_NOW/R3');
    const [{ id: reservationId }] = asked('NEW', 'ReserveNow').filter(({ evseId }) => evseId === 1);
    const device = devices.get('NEW')!;
    const event = (eventType: string, seqNo: number, value: number, more: Json = {}) => {
      const timestamp = clock.now().toISOString();
      const base = { eventType, timestamp, seqNo, triggerReason: 'Authorized', meterValue: [{ timestamp, sampledValue: [{ value }] }] };
      return device.call('TransactionEvent', { ...base, transactionInfo: { transactionId: 'RESERVED' }, ...more });
    };
    await event('Started', 0, 1000, { reservationId, evse: { id: 1, connectorId: 1 }, idToken: { idToken: '221CARD1', type: 'ISO14443' } });
    const session = await eventually(
      async () => (await partners.get('emsp')!.ask('received')).find((one: Json) => one.evse_uid === 'NEW-E1'),
      'the session',
    );
    expect([session.auth_method, session.authorization_reference]).to.deep.equal(['COMMAND', 'REF-R3']);

    // Its own cable, and nobody else's.
    const plug = { ...at('NEW'), connector_id: '1' };
    expect((await command('other', 'UNLOCK_CONNECTOR', plug)).body.data.result).to.equal('UNKNOWN_SESSION');
    expect(asked('NEW', 'UnlockConnector')).to.deep.equal([]);
    device.answers.set('UnlockConnector', () => ({ status: 'Unlocked' }));
    expect((await command('emsp', 'UNLOCK_CONNECTOR', plug)).body.data.result).to.equal('ACCEPTED');
    expect(await result('emsp', '/commands/UNLOCK_CONNECTOR/unlock')).to.deep.equal(['ACCEPTED']);
    expect(asked('NEW', 'UnlockConnector')).to.deep.equal([{ evseId: 1, connectorId: 1 }]);

    await event('Ended', 1, 1010);
    const [{ cdr }] = await eventually(async () => {
      const all: Json[] = await partners.get('emsp')!.ask('cdrs');
      return all.length > 0 && all;
    }, 'the CDR');
    expect([cdr.auth_method, cdr.authorization_reference, cdr.total_energy]).to.deep.equal(['COMMAND', 'REF-R3', 0.01]);
  });

  it('keeps an EVSE free for a 2.1.1 eMSP, whose reservation is a number and whose result a second response', async () => {
    const wish = await reservation('old', 17, at('OLD'));
    expect((await command('old', 'RESERVE_NOW', wish)).body.data).to.deep.equal({ result: 'ACCEPTED' });
    expect(await result('old', '/commands/RESERVE_NOW/17')).to.deep.equal(['ACCEPTED']);
    const { items } = await must(hub.api, 'GET', '/reservations');
    const kept = items.find(({ named }: Json) => named?.by === 'NL-211');
    expect([kept.named.as, kept.state.phase, kept.stationId]).to.deep.equal(['17', 'active', 'OLD']);
  });

  it('says TIMEOUT when the station is silent', async function () {
    this.timeout(60_000);
    devices.get('OLD')!.answers.set('ReserveNow', () => undefined);
    await command('emsp', 'RESERVE_NOW', await reservation('emsp', 'R4', at('OLD', 2)));
    const said = await eventually(
      async () => {
        const all = await results('emsp', '/commands/RESERVE_NOW/R4');
        return all.length > 0 && all;
      },
      'the result',
      45_000,
    );
    expect(said).to.deep.equal(['TIMEOUT']);
    devices.get('OLD')!.answers.delete('ReserveNow');
  });

  it('carries a reservation from 2.2.1 to a 2.3.0 CPO, its result back once, and that it was given up later', async () => {
    const place = { location_id: 'L1', evse_uid: '230-E1' };
    const wish = await reservation('emsp', 'R5', place, UNTIL, { authorization_reference: 'REF-R5' });
    expect((await command('emsp', 'RESERVE_NOW', wish)).body.data.result).to.equal('ACCEPTED');
    const cpo = partners.get('cpo')!;
    const heard = (path: string): Promise<Json> =>
      eventually(async () => (await cpo.ask('heard')).find((one: Json) => one.path === path)?.body, path);
    const sent = await heard('/commands/RESERVE_NOW');
    expect([sent.reservation_id, sent.authorization_reference, sent.location_id]).to.deep.equal(['R5', 'REF-R5', 'L1']);
    expect(sent.response_url).to.include('/2.3.0/sender/commands/RESERVE_NOW/');

    const post = async (name: string, said: string, url = sent.response_url) =>
      (await partners.get(name)!.ask('raw', { method: 'POST', url, body: { result: said } })).http;
    expect(await post('other', 'ACCEPTED')).to.equal(404);
    expect(await post('cpo', 'ACCEPTED')).to.equal(200);
    expect(await post('cpo', 'REJECTED')).to.equal(404);
    expect(await result('emsp', '/commands/RESERVE_NOW/R5')).to.deep.equal(['ACCEPTED']);

    const foreign = await command('other', 'CANCEL_RESERVATION', { reservation_id: 'R5' }, { to: ['DE', '230'] });
    expect(foreign.body.data.result).to.equal('REJECTED');
    expect((await cpo.ask('heard')).some((one: Json) => one.path === '/commands/CANCEL_RESERVATION')).to.equal(false);

    expect(await post('cpo', 'CANCELED_RESERVATION')).to.equal(200);
    expect(await result('emsp', '/commands/RESERVE_NOW/R5', 2)).to.deep.equal(['ACCEPTED', 'CANCELED_RESERVATION']);
  });

  it('finds by its id where a reservation is to be cancelled, and refuses a result address that was not registered', async () => {
    await command('emsp', 'RESERVE_NOW', await reservation('emsp', 'R6', { location_id: 'L1', evse_uid: '230-E1' }));
    expect((await command('emsp', 'CANCEL_RESERVATION', { reservation_id: 'r6' })).body.data.result).to.equal('ACCEPTED');
    const [sent] = (await partners.get('cpo')!.ask('heard')).filter((one: Json) => one.path === '/commands/CANCEL_RESERVATION');
    expect(sent.body.reservation_id.toUpperCase()).to.equal('R6');
    const stolen = await command('emsp', 'RESERVE_NOW', await reservation('emsp', 'R7', at('OLD')), { responseUrl: 'http://10.0.0.1/x' });
    expect(stolen.body.status_code).to.equal(2001);
  });

  it('reserves for our own drivers at a partner, and shows what came of it', async () => {
    const who = { issuer: 'NL-EVR', owner: 'DE-230', tokenUid: 'CARD1', locationId: 'L1', evseUid: '230-E1', until: UNTIL };
    const made = await must(hub.api, 'POST', '/roaming/reservations', who);
    const [sent] = (await partners.get('cpo')!.ask('heard')).filter((one: Json) => one.body?.reservation_id === made.reservationId);
    expect(sent.body.token.uid).to.equal('CARD1');
    expect((await must(hub.api, 'GET', `/roaming/commands/${made.commandId}`)).state).to.equal('waiting');
    await partners.get('cpo')!.ask('raw', { method: 'POST', url: sent.body.response_url, body: { result: 'EVSE_OCCUPIED' } });
    const told = await must(hub.api, 'GET', `/roaming/commands/${made.commandId}`);
    expect([told.kind, told.state, told.reservationId]).to.deep.equal(['reserve', 'evseOccupied', made.reservationId]);
    // What was refused is no reservation.
    expect((await hub.api('DELETE', `/roaming/reservations/NL-EVR/${made.reservationId}`)).status).to.equal(404);
  });
});

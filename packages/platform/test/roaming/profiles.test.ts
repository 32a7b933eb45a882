import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

type Version = '2.1.1' | '2.2.1' | '2.3.0';
const EMSP = ['NL', '221'] as const;
const OTHER = ['FR', 'XYZ'] as const;

/** Every partner on raw HTTP in a process of its own, every station on a raw socket. */
describe('charging profiles and preferences between partners and stations', () => {
  let hub: TestHub;
  const partners = new Map<string, PartnerProcess>();
  const devices = new Map<string, Device>();
  const sessions = new Map<string, string>();
  const setting = clockSetting(new Date('2026-03-02T12:00:00Z'), 2);
  const clock = clockFromSetting(setting);

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnishParty(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    await join('emsp', '2.2.1', 'NL', '221');
    await join('other', '2.2.1', 'FR', 'XYZ');
    await join('cpo', '2.3.0', 'DE', '230', 'CPO');
    await join('old', '2.1.1', 'DE', '211', 'CPO');
    for (const seller of ['DE-230', 'DE-211']) {
      const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 21 }, currency: 'EUR' };
      const rest = { id: seller, seller, buyer: 'NL-221', effectiveFrom: '2026-01-01T00:00:00Z' };
      await must(hub.api, 'POST', '/agreements', { ...rest, ...terms });
    }
    for (const [id, version] of [
      ['OLD', '1.6'],
      ['NEW', '2.0.1'],
    ] as const) {
      const device = await Device.open(hub.ocppUrl, id, await addStation(hub, id, 1), version);
      devices.set(id, device);
      await boot(device, version);
    }
    await charge();
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

  /** The card of the eMSP charges at each station, own and partners'. */
  async function charge(): Promise<void> {
    const timestamp = clock.now().toISOString();
    await devices.get('OLD')!.call('StartTransaction', { connectorId: 1, idTag: '221CARD1', timestamp, meterStart: 0 });
    await devices.get('NEW')!.call('TransactionEvent', {
      ...{ eventType: 'Started', timestamp, seqNo: 0, triggerReason: 'Authorized', transactionInfo: { transactionId: 'TX-NEW' } },
      ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: '221CARD1', type: 'ISO14443' } },
    });
    const emsp = partners.get('emsp')!;
    for (const id of ['OLD', 'NEW']) {
      const session = await eventually(
        async () => (await emsp.ask('received')).find((one: Json) => one.location_id === `L-${id}`),
        `the session at ${id}`,
      );
      sessions.set(id, session.id);
    }
    for (const name of ['cpo', 'old']) sessions.set(name, await partners.get(name)!.ask('card', { uid: '221CARD1' }));
  }

  async function call(
    name: string,
    method: string,
    module: string,
    role: string,
    path: string,
    body?: Json,
    to?: readonly string[],
  ): Promise<Json> {
    const partner = partners.get(name)!;
    const url = `${await partner.ask('endpoint', { module, role })}${path}`;
    const [country, party] = name === 'emsp' ? EMSP : name === 'other' ? OTHER : ['DE', '230'];
    const headers = {
      ...{ 'OCPI-from-country-code': country, 'OCPI-from-party-id': party },
      ...(to ? { 'OCPI-to-country-code': to[0], 'OCPI-to-party-id': to[1] } : {}),
    };
    return partner.ask('raw', { method, url, headers, body });
  }

  const limits = { charging_rate_unit: 'A', min_charging_rate: 6, charging_profile_period: [{ start_period: 0, limit: 16 }] };
  const answerAt = async (name: string, what: string) => `${await partners.get(name)!.ask('url')}/chargingprofiles/${what}`;
  const profile = async (
    name: string,
    method: string,
    session: string,
    what: string,
    more: { to?: readonly string[]; url?: string } = {},
  ) => {
    const response_url = more.url ?? (await answerAt(name, what));
    const query = `?response_url=${encodeURIComponent(response_url)}${method === 'GET' ? '&duration=3600' : ''}`;
    const body = method === 'PUT' ? { charging_profile: limits, response_url } : undefined;
    return call(
      name,
      method,
      'chargingprofiles',
      'RECEIVER',
      `/${session}${method === 'PUT' ? '' : query}`,
      body,
      more.to ?? ['NL', 'EVR'],
    );
  };
  const results = async (name: string, what: string): Promise<Json[]> =>
    (await partners.get(name)!.ask('heard')).filter((one: Json) => one.path === `/chargingprofiles/${what}`).map(({ body }: Json) => body);
  const result = (name: string, what: string) => eventually(async () => (await results(name, what))[0], `the result at ${what}`);
  const asked = (id: string, action: string): Json[] =>
    devices
      .get(id)!
      .heard.filter((one) => one.action === action)
      .map(({ payload }) => payload);

  it('limits, asks and frees a session at a station of OCPP 1.6', async () => {
    const session = sessions.get('OLD')!;
    const device = devices.get('OLD')!;
    expect((await profile('emsp', 'PUT', session, 'set-old')).body.data).to.deep.equal({ result: 'ACCEPTED', timeout: 30 });
    expect(await result('emsp', 'set-old')).to.deep.equal({ result: 'ACCEPTED' });
    const [{ connectorId, csChargingProfiles: set }] = asked('OLD', 'SetChargingProfile');
    expect([connectorId, set.chargingProfilePurpose, set.chargingSchedule.chargingRateUnit]).to.deep.equal([1, 'TxProfile', 'A']);
    expect(set.chargingSchedule).to.deep.include({ minChargingRate: 6, chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] });

    device.answers.set('GetCompositeSchedule', () => ({
      ...{ status: 'Accepted', connectorId: 1, scheduleStart: '2026-03-02T12:30:00Z' },
      chargingSchedule: { duration: 3600, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 11040.5 }] },
    }));
    expect((await profile('emsp', 'GET', session, 'get-old')).body.data.result).to.equal('ACCEPTED');
    expect(await result('emsp', 'get-old')).to.deep.equal({
      result: 'ACCEPTED',
      profile: {
        start_date_time: '2026-03-02T12:30:00.000Z',
        charging_profile: { charging_rate_unit: 'W', duration: 3600, charging_profile_period: [{ start_period: 0, limit: 11040.5 }] },
      },
    });

    expect((await profile('emsp', 'DELETE', session, 'clear-old')).body.data.result).to.equal('ACCEPTED');
    expect(await result('emsp', 'clear-old')).to.deep.equal({ result: 'ACCEPTED' });
    expect(asked('OLD', 'ClearChargingProfile')).to.deep.equal([{ id: set.chargingProfileId }]);
    device.answers.set('ClearChargingProfile', () => ({ status: 'Unknown' }));
    await profile('emsp', 'DELETE', session, 'again-old');
    expect(await result('emsp', 'again-old')).to.deep.equal({ result: 'UNKNOWN' });
  });

  it('limits and asks a session at a station of OCPP 2.0.1, and says when the station refuses', async () => {
    const session = sessions.get('NEW')!;
    const device = devices.get('NEW')!;
    await profile('emsp', 'PUT', session, 'set-new');
    expect(await result('emsp', 'set-new')).to.deep.equal({ result: 'ACCEPTED' });
    const [{ evseId, chargingProfile: set }] = asked('NEW', 'SetChargingProfile');
    expect([evseId, set.transactionId, set.chargingProfilePurpose]).to.deep.equal([1, 'TX-NEW', 'TxProfile']);
    device.answers.set('GetCompositeSchedule', () => ({
      status: 'Accepted',
      schedule: {
        ...{ evseId: 1, duration: 3600, scheduleStart: '2026-03-02T12:30:00Z', chargingRateUnit: 'A' },
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
      },
    }));
    await profile('emsp', 'GET', session, 'get-new');
    expect((await result('emsp', 'get-new')).profile.charging_profile).to.deep.equal({
      ...{ charging_rate_unit: 'A', duration: 3600, charging_profile_period: [{ start_period: 0, limit: 16 }] },
    });
    device.answers.set('SetChargingProfile', () => ({ status: 'Rejected' }));
    await profile('emsp', 'PUT', session, 'refused-new');
    expect(await result('emsp', 'refused-new')).to.deep.equal({ result: 'REJECTED' });
    device.answers.delete('SetChargingProfile');
  });

  it('lets nobody else touch a session, and no result go to a host that was not registered', async () => {
    const session = sessions.get('NEW')!;
    const before = asked('NEW', 'SetChargingProfile').length;
    for (const method of ['PUT', 'GET', 'DELETE'])
      expect((await profile('other', method, session, 'foreign')).body.data).to.deep.equal({ result: 'UNKNOWN_SESSION', timeout: 0 });
    for (const method of ['PUT', 'GET', 'DELETE'])
      expect((await profile('emsp', method, session, 'stolen', { url: 'http://10.0.0.1/x' })).body.status_code).to.equal(2001);
    const wish = { profile_type: 'REGULAR' };
    const foreign = await call('other', 'PUT', 'sessions', 'SENDER', `/${session}/charging_preferences`, wish, ['NL', 'EVR']);
    expect(foreign.http).to.equal(404);
    expect(asked('NEW', 'SetChargingProfile')).to.have.length(before);
    expect(await results('other', 'foreign')).to.deep.equal([]);
  });

  it('says of preferences what it can do, and names what it cannot', async () => {
    const say = async (wish: Json) =>
      (await call('emsp', 'PUT', 'sessions', 'SENDER', `/${sessions.get('NEW')}/charging_preferences`, wish, ['NL', 'EVR'])).body.data;
    expect(await say({ profile_type: 'REGULAR' })).to.equal('ACCEPTED');
    expect(await say({ profile_type: 'CHEAP' })).to.equal('PROFILE_TYPE_NOT_SUPPORTED');
    expect(await say({ profile_type: 'REGULAR', departure_time: '2026-03-02T11:00:00Z' })).to.equal('NOT_POSSIBLE');
  });

  it('carries profiles from 2.2.1 to a 2.3.0 CPO: each result goes back once, from who was asked', async () => {
    const session = sessions.get('cpo')!;
    const to = ['DE', '230'];
    const cpo = partners.get('cpo')!;
    for (const [method, what] of [
      ['PUT', 'CHARGING_PROFILE'],
      ['DELETE', 'CLEAR_PROFILE'],
      ['GET', 'ACTIVE_CHARGING_PROFILE'],
    ] as const) {
      expect((await profile('emsp', method, session, `hub-${method}`, { to })).body.data.result, method).to.equal('ACCEPTED');
      const sent = (await cpo.ask('heard')).find((one: Json) => one.method === method && one.path === `/chargingprofiles/${session}`);
      const url = sent.body?.response_url ?? sent.query.response_url;
      expect(url).to.include(`/2.3.0/sender/chargingprofiles/${what}/`);
      if (method === 'PUT') expect(sent.body.charging_profile).to.deep.equal(limits);
      if (method === 'GET') expect(sent.query.duration).to.equal('3600');
      const active = { start_date_time: '2026-03-02T12:00:00Z', charging_profile: limits };
      const said = { result: 'ACCEPTED', ...(method === 'GET' ? { profile: active } : {}) };
      const post = async (name: string) => (await partners.get(name)!.ask('raw', { method: 'POST', url, body: said })).http;
      expect([await post('other'), await post('cpo'), await post('cpo')]).to.deep.equal([404, 200, 404]);
      const told = await result('emsp', `hub-${method}`);
      expect(told.result).to.equal('ACCEPTED');
      if (method === 'GET') expect(told.profile.charging_profile).to.deep.equal(limits);
      expect(await results('emsp', `hub-${method}`)).to.have.length(1);
    }
  });

  it('asks no other CPO about a session that is not of the asker, and finds the CPO where none is named', async () => {
    const session = sessions.get('cpo')!;
    const heard = async () => (await partners.get('cpo')!.ask('heard')).filter((one: Json) => one.path.includes(session)).length;
    const before = await heard();
    const to = ['DE', '230'];
    expect((await profile('other', 'PUT', session, 'hub-foreign', { to })).body.data.result).to.equal('UNKNOWN_SESSION');
    const foreign = await call('other', 'PUT', 'sessions', 'SENDER', `/${session}/charging_preferences`, { profile_type: 'FAST' }, to);
    expect(foreign.http).to.equal(404);
    expect(await heard()).to.equal(before);
    const wish = { profile_type: 'FAST', energy_need: 12.5 };
    const open = await call('emsp', 'PUT', 'sessions', 'SENDER', `/${session}/charging_preferences`, wish);
    expect(open.body.data).to.equal('DEPARTURE_REQUIRED');
    const sent = (await partners.get('cpo')!.ask('heard')).find((one: Json) => one.path === `/sessions/${session}/charging_preferences`);
    expect(sent.body).to.deep.equal(wish);
  });

  it('passes on what a CPO tells of a session unasked, to whose driver it is', async () => {
    const session = sessions.get('cpo')!;
    const active = { start_date_time: '2026-03-02T12:00:00Z', charging_profile: limits };
    expect((await call('cpo', 'PUT', 'chargingprofiles', 'SENDER', `/${session}`, active)).http).to.equal(200);
    expect(await result('emsp', session)).to.deep.equal({ ...active, start_date_time: '2026-03-02T12:00:00.000Z' });
    // Of a session that it does not have it tells nobody anything.
    const stranger = await call('cpo', 'PUT', 'chargingprofiles', 'SENDER', `/${sessions.get('NEW')}`, active, EMSP);
    expect(stranger.body.status_code).to.be.greaterThan(1999);
    expect(await results('emsp', sessions.get('NEW')!)).to.deep.equal([]);
  });

  it('says NOT_SUPPORTED for a CPO of 2.1.1, which knows none of it, and shows it none of it', async () => {
    const session = sessions.get('old')!;
    for (const method of ['PUT', 'GET', 'DELETE'])
      expect((await profile('emsp', method, session, 'to-old', { to: ['DE', '211'] })).body.data.result).to.equal('NOT_SUPPORTED');
    for (const [name, shows] of [
      ['cpo', true],
      ['old', false],
    ] as const) {
      const found = await partners
        .get(name)!
        .ask('endpoint', { module: 'chargingprofiles', role: 'SENDER' })
        .catch(() => undefined);
      expect(found !== undefined, name).to.equal(shows);
    }
  });

  it('leaves the outcome unknown while the station is silent: no word is made up for it', async () => {
    devices.get('NEW')!.answers.set('SetChargingProfile', () => undefined);
    await profile('emsp', 'PUT', sessions.get('NEW')!, 'silent-new');
    const settled = async () => {
      const [row] = await hub.database.sql<{ result: string | null }>(
        undefined,
        `SELECT result FROM roaming_command WHERE kind = 'setProfile' ORDER BY asked_at DESC LIMIT 1`,
      );
      return row?.result ?? undefined;
    };
    expect(await eventually(settled, 'the end of its time', 45_000)).to.equal('timeout');
    expect(await results('emsp', 'silent-new')).to.deep.equal([]);
  }).timeout(60_000);

  it('limits a session of our own driver at a partner, and shows what came of it', async () => {
    const session = await partners.get('cpo')!.ask('card', { uid: 'CARD1' });
    const at = `/roaming/sessions/DE-230/${session}`;
    await eventually(
      async () => (await must(hub.api, 'GET', '/roaming/sessions')).items.some(({ id }: Json) => id === session),
      'the session',
    );
    const periods = [{ startSecond: 0, limit: 10.5 }];
    const { commandId } = await must(hub.api, 'PUT', `${at}/profile`, { unit: 'A', seconds: 600, periods });
    const sent = (await partners.get('cpo')!.ask('heard')).find((one: Json) => one.path === `/chargingprofiles/${session}`);
    expect(sent.body.charging_profile).to.deep.equal({
      ...{ charging_rate_unit: 'A', duration: 600, charging_profile_period: [{ start_period: 0, limit: 10.5 }] },
    });
    await partners.get('cpo')!.ask('raw', { method: 'POST', url: sent.body.response_url, body: { result: 'UNKNOWN' } });
    expect((await must(hub.api, 'GET', `/roaming/commands/${commandId}`)).state).to.equal('unknownProfile');
    expect((await must(hub.api, 'PUT', `${at}/preferences`, { profile: 'green' })).verdict).to.equal('departureRequired');
    const active = { start_date_time: '2026-03-02T12:00:00Z', charging_profile: limits };
    await call('cpo', 'PUT', 'chargingprofiles', 'SENDER', `/${session}`, active);
    expect((await must(hub.api, 'GET', `${at}/profile`)).active.profile).to.deep.include({ unit: 'A', minRate: 6 });
    const foreign = `/roaming/sessions/DE-230/${sessions.get('cpo')}/profile`;
    expect((await hub.api('PUT', foreign, { unit: 'A', periods })).status).to.equal(404);
  });
});

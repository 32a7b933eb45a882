import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type Json, must } from '../own-stations-fixture.js';
import { Peer } from './matrix.js';

/** An hour in a second and a half. */
const RATE = 2400;
const DAY_MS = 86_400_000;

/** F4 of the drills: an eMSP is down for three days, and then back. */
describe('an eMSP that is away for three days', () => {
  let hub: TestHub;
  let cpo: Peer;
  let emsp: Peer;
  const began = new Date('2026-03-02T12:00:00Z');

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(began, RATE) });
    await furnish(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    [cpo, emsp] = [new Peer(`${hub.folder}/cpo.json`), new Peer(`${hub.folder}/emsp.json`)];
    for (const [peer, role, country, party] of [
      [cpo, 'CPO', 'DE', 'AAA'],
      [emsp, 'EMSP', 'NL', 'XXA'],
    ] as const) {
      await peer.ask('configure', { version: '2.2.1', role, country, party, file: peer.file });
      const invited = await must(hub.api, 'POST', '/partners', {
        name: party,
        parties: [{ party: `${country}-${party}`, role: role.toLowerCase() }],
      });
      await peer.ask('register', { versionsUrl: invited.versionsUrl, token: invited.token });
    }
    const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
    await must(hub.api, 'POST', '/agreements', {
      id: 'A',
      seller: 'DE-AAA',
      buyer: 'NL-XXA',
      ...terms,
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 2 ? true : undefined), 60_000);
  });
  after(async () => {
    await cpo?.process.end();
    await emsp?.process.end();
    await hub?.close();
  });

  it('gets the newest state of what changed, every CDR once, and nothing of what lay between', async function () {
    this.timeout(240_000);
    const card = (await emsp.ask('own')).cards[0];
    const cdrUrl = await cpo.ask('endpoint', { module: 'cdrs', role: 'RECEIVER' });
    const sessionUrl = `${await cpo.ask('endpoint', { module: 'sessions', role: 'RECEIVER' })}/DE/AAA`;
    const locationUrl = `${await cpo.ask('endpoint', { module: 'locations', role: 'RECEIVER' })}/DE/AAA/L1`;
    const say = async (method: string, url: string, body: object, headers = {}) => {
      const answer = await cpo.ask('raw', { method, url, body, headers });
      expect(answer.body.status_code, JSON.stringify(answer.body)).to.equal(1000);
    };
    await emsp.process.kill();

    // Each day a session that is told of three times and ends, its CDR, and a location that changes.
    const { session, location } = await cpo.ask('own');
    const { uid, type, contract_id, country_code, party_id } = card;
    for (let day = 1; day <= 3; day += 1) {
      const id = `S-DAY${day}`;
      const at = (minute: number) => new Date(began.getTime() + (day - 1) * DAY_MS + minute * 60_000).toISOString();
      for (const minute of [1, 2, 3]) {
        const state = minute < 3 ? { status: 'ACTIVE' } : { status: 'COMPLETED', end_date_time: '2026-03-02T11:00:00Z' };
        const body = { ...session, id, ...state, kwh: minute === 3 ? 10 : minute, last_updated: at(minute) };
        await say('PUT', `${sessionUrl}/${id}`, { ...body, cdr_token: { uid, type, contract_id, country_code, party_id } });
      }
      await say('POST', cdrUrl, (await cpo.ask('bill', { id, card })).cdr);
      const to = { 'OCPI-from-country-code': 'DE', 'OCPI-from-party-id': 'AAA', 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'HUB' };
      await say('PUT', locationUrl, { ...location, name: `day ${day}`, last_updated: at(5) }, to);
      await hub.settled(async () => {
        const { body } = await hub.api('GET', '/roaming/cdrs/owed');
        return body.items.length === day ? true : undefined;
      });
      // The hub's own clock runs through the day; it asks the silent partner many times meanwhile.
      await passed(day * DAY_MS);
      const { body } = await hub.api('GET', '/reachable');
      expect(body.items.find(({ party }: Json) => party === 'NL-XXA').state).to.equal('OFFLINE');
    }

    await emsp.restart();
    await hub.settled(async () => ((await emsp.ask('cdrs')).length >= 3 ? true : undefined), 100_000);
    await hub.logged(({ msg }) => String(msg).startsWith('a partner is back'));
    await hub.settled(async () => ((await hub.api('GET', '/roaming/cdrs/owed')).body.items.length === 0 ? true : undefined), 60_000);
    const heard: Json[] = (await emsp.ask('heard')).filter(({ method }: Json) => method !== 'GET');
    const of = (path: string) => heard.filter((one) => one.path.startsWith(path));
    expect(
      of('/cdrs')
        .map(({ body }) => body.id)
        .sort(),
    ).to.deep.equal(['S-DAY1-CDR', 'S-DAY2-CDR', 'S-DAY3-CDR']);
    const sessions = of('/sessions/').map(({ body }) => `${body.id} ${body.status} ${body.kwh}`);
    expect([...new Set(sessions)].sort()).to.deep.equal(['S-DAY1 COMPLETED 10', 'S-DAY2 COMPLETED 10', 'S-DAY3 COMPLETED 10']);
    expect([...new Set(of('/locations/DE/AAA/L1').map(({ body }) => body.name))]).to.deep.equal(['day 3']);
    const counts = await hub.settled(async () => {
      const { body } = await hub.api('GET', '/settlement/counts');
      return body.accepted === 3 ? body : undefined;
    });
    expect(counts.held ?? 0).to.equal(0);
  });

  const started = Date.now();
  /** Until so much of the hub's time has passed. */
  const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, started + ms / RATE - Date.now())));
});

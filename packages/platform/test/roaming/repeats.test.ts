import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

/** How often everything is sent. */
const TIMES = 10;

/** F13 of the drills: the same ten times at once, and in the wrong order. */
describe('a partner that says everything ten times, in any order', () => {
  let hub: TestHub;
  let cpo: PartnerProcess;
  let emsp: PartnerProcess;
  let sessionUrl: string;
  let cdrUrl: string;

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    [cpo, emsp] = [startPartner(), startPartner()];
    for (const [partner, role, country, party] of [
      [cpo, 'CPO', 'DE', 'AAA'],
      [emsp, 'EMSP', 'NL', 'XXA'],
    ] as const) {
      await partner.ask('configure', { version: '2.2.1', role, country, party });
      const invited = await must(hub.api, 'POST', '/partners', {
        name: party,
        parties: [{ party: `${country}-${party}`, role: role.toLowerCase() }],
      });
      await partner.ask('register', { versionsUrl: invited.versionsUrl, token: invited.token });
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
    sessionUrl = `${await cpo.ask('endpoint', { module: 'sessions', role: 'RECEIVER' })}/DE/AAA`;
    cdrUrl = await cpo.ask('endpoint', { module: 'cdrs', role: 'RECEIVER' });
  });
  after(async () => {
    await cpo?.end();
    await emsp?.end();
    await hub?.close();
  });

  /** Every one of them at once, each in connections of its own. */
  const flood = (all: readonly { method: string; url: string; body: unknown }[]): Promise<Json[]> =>
    Promise.all(all.map((one) => cpo.ask('raw', one)));
  const states = async (id: string): Promise<string[]> => {
    const heard: Json[] = await emsp.ask('heard');
    return heard.filter(({ path }) => path === `/sessions/DE/AAA/${id}`).map(({ body }) => body.last_updated);
  };

  it('has one session, in its newest state, and its eMSP is never taken back to an older one', async function () {
    this.timeout(30_000);
    const { session, cards } = { ...(await cpo.ask('own')), cards: (await emsp.ask('own')).cards };
    const { uid, type, contract_id, country_code, party_id } = cards[0];
    const state = (minute: number, more: object) => ({
      ...session,
      ...{ id: 'S-13', cdr_token: { uid, type, contract_id, country_code, party_id } },
      ...{ kwh: minute, last_updated: `2026-03-02T11:${String(minute).padStart(2, '0')}:00Z`, ...more },
    });
    const ended = state(10, { status: 'COMPLETED', end_date_time: '2026-03-02T11:00:00Z' });
    const put = (body: object) => ({ method: 'PUT', url: `${sessionUrl}/S-13`, body });
    expect((await flood([put(ended)]))[0]!.body.status_code).to.equal(1000);
    const older = Array.from({ length: 9 }, (_, index) => state(9 - index, { status: 'ACTIVE' }));
    const answers = await flood(Array.from({ length: TIMES }, () => older.map(put)).flat());
    expect(new Set(answers.map(({ body }) => body.status_code))).to.deep.equal(new Set([1000]));
    const { items } = await must(hub.api, 'GET', '/roaming/sessions');
    expect(items.map(({ id, status, kwh }: Json) => [id, status, Number(kwh)])).to.deep.equal([['S-13', 'completed', 10]]);
    expect(await states('S-13')).to.deep.equal([ended.last_updated]);
  });

  it('has one CDR of it, taken, owed and settled once', async function () {
    this.timeout(30_000);
    const { cdr } = await cpo.ask('bill', { id: 'S-13', card: (await emsp.ask('own')).cards[0] });
    const answers = await flood(Array.from({ length: TIMES }, () => ({ method: 'POST', url: cdrUrl, body: cdr })));
    expect(answers.map(({ body }) => body.status_code)).to.deep.equal(Array.from({ length: TIMES }, () => 1000));
    expect(new Set(answers.map(({ headers }) => headers.location)).size).to.equal(1);
    const entries = await hub.settled(async () => {
      const { status, body } = await hub.api('GET', `/settlement/cdrs/DE-AAA/${cdr.id}/entries`);
      return status === 200 && body.length > 0 ? body : undefined;
    });
    expect(entries.length).to.equal(1);
    await hub.settled(async () => ((await emsp.ask('cdrs')).length === 1 ? true : undefined));
    const offers = (await emsp.ask('heard')).filter(({ path }: Json) => path === '/cdrs');
    expect(offers.length).to.equal(1);
    expect((await hub.api('GET', '/settlement/counts')).body.accepted).to.equal(1);
  });

  it('is told of a conflict once it says something else under the same id, and the first stands', async () => {
    const { cdr } = await cpo.ask('bill', { id: 'S-13', card: (await emsp.ask('own')).cards[0] });
    const other = { ...cdr, total_energy: 11 };
    const answers = await flood(Array.from({ length: TIMES }, () => ({ method: 'POST', url: cdrUrl, body: other })));
    expect(new Set(answers.map(({ body }) => body.status_code))).to.deep.equal(new Set([2001]));
    expect((await hub.api('GET', '/roaming/cdrs/conflicts')).body.items.length).to.be.greaterThan(0);
    expect((await hub.api('GET', `/settlement/cdrs/DE-AAA/${cdr.id}`)).body.cdr.energyMilliWh).to.equal(10_000_000);
  });
});

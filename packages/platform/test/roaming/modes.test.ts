import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

/** CPOs and eMSPs; the letters of a name say who has an agreement: AAA and BBB with XXA and XXN, nobody with XXZ. */
const PARTNERS = [
  { name: 'AAA', country: 'DE', role: 'CPO', version: '2.2.1' },
  { name: 'BBB', country: 'DE', role: 'CPO', version: '2.3.0' },
  { name: 'XXA', country: 'NL', role: 'EMSP', version: '2.2.1' },
  { name: 'XXN', country: 'NL', role: 'EMSP', version: '2.3.0' },
  { name: 'XXZ', country: 'NL', role: 'EMSP', version: '2.2.1' },
] as const;
type Name = (typeof PARTNERS)[number]['name'];
type To = readonly [country: string, party: string];

/** The ways in which a message finds its receiver, by the table of OCPI 2.2.1, 4.2, each looked at on the wire of both sides. */
describe('the four ways through the hub', () => {
  let hub: TestHub;
  const all = new Map<Name, PartnerProcess>();
  const ids = new Map<Name, string>();
  const of = (name: Name) => all.get(name)!;

  before(async function () {
    this.timeout(90_000);
    hub = await openHub();
    await furnish(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    for (const { name, country, role, version } of PARTNERS) {
      const partner = startPartner();
      all.set(name, partner);
      await partner.ask('configure', { version, role, country, party: name });
      const invited = await must(hub.api, 'POST', '/partners', {
        name,
        parties: [{ party: `${country}-${name}`, role: role.toLowerCase() }],
      });
      ids.set(name, invited.id);
      await partner.ask('register', { versionsUrl: invited.versionsUrl, token: invited.token });
    }
    for (const seller of ['DE-AAA', 'DE-BBB'])
      for (const buyer of ['NL-XXA', 'NL-XXN']) {
        const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
        await must(hub.api, 'POST', '/agreements', {
          id: `${seller}-${buyer}`,
          seller,
          buyer,
          ...terms,
          effectiveFrom: '2026-01-01T00:00:00Z',
        });
      }
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 5 ? true : undefined), 60_000);
  });
  after(async () => {
    for (const partner of all.values()) await partner.end();
    await hub?.close();
  });

  const HUB: To = ['NL', 'HUB'];
  const countryOf = (name: Name) => PARTNERS.find((one) => one.name === name)!.country;
  const headersOf = (from: Name, to?: To) => ({
    ...{
      'OCPI-from-country-code': countryOf(from),
      'OCPI-from-party-id': from,
      'X-Request-ID': `R-${from}`,
      'X-Correlation-ID': `C-${from}`,
    },
    ...(to ? { 'OCPI-to-country-code': to[0], 'OCPI-to-party-id': to[1] } : {}),
  });
  async function say(from: Name, method: string, module: string, role: string, path: string, to?: To, body?: unknown): Promise<Json> {
    const at = await of(from).ask('endpoint', { module, role });
    return of(from).ask('raw', { method, url: at + path, headers: headersOf(from, to), ...(body === undefined ? {} : { body }) });
  }
  const start = async (from: Name, place: object, to?: To) => {
    const { cards } = await of(from).ask('own');
    const { url } = { url: await of(from).ask('url') };
    const body = { response_url: `${url}/commands/START_SESSION/1`, token: cards[0], ...place };
    return say(from, 'POST', 'commands', 'RECEIVER', '/START_SESSION', to, body);
  };
  /** Whom a message or an answer says that it is for and from. */
  const routing = (headers: Json) =>
    ['to-country-code', 'to-party-id', 'from-country-code', 'from-party-id'].map((name) => headers[`ocpi-${name}`] ?? '-').join(' ');
  const heardBy = async (name: Name, fits: (heard: Json) => boolean): Promise<Json[]> =>
    (await of(name).ask('heard')).filter((one: Json) => one.method !== 'FAILED' && fits(one));
  const heard = (name: Name, fits: (heard: Json) => boolean) =>
    eventually(async () => (await heardBy(name, fits)).at(-1), `${name} to hear of it`);

  describe('direct', () => {
    it('goes to who is named, from who asks, and the answer comes back the other way', async () => {
      const answer = await start('XXA', { location_id: 'L1', evse_uid: 'AAA-E1' }, ['DE', 'AAA']);
      expect([answer.http, answer.body.status_code, answer.body.data.result]).to.deep.equal([200, 1000, 'ACCEPTED']);
      expect(routing(answer.headers)).to.equal('NL XXA DE AAA');
      expect([answer.headers['x-request-id'], answer.headers['x-correlation-id']]).to.deep.equal(['R-XXA', 'C-XXA']);
      const { headers, body } = await heard('AAA', ({ path }) => path === '/commands/START_SESSION');
      expect(routing(headers)).to.equal('DE AAA NL XXA');
      expect(headers['x-correlation-id']).to.equal('C-XXA');
      expect(headers['x-request-id']).not.to.equal('R-XXA');
      expect(body.response_url, 'the asker’s address stays with us').to.contain(new URL(hub.addresses.ocpi).host);
    });

    it('gives the sender what the receiver says of it, as it says it', async () => {
      await of('XXA').ask('fault', { path: '/sessions/', as: 2003 });
      const { session, location } = await of('AAA').ask('own');
      const { cards } = await of('XXA').ask('own');
      const { uid, type, contract_id, country_code, party_id } = cards[0];
      const body = { ...session, location_id: location.id, cdr_token: { uid, type, contract_id, country_code, party_id } };
      const answer = await say('AAA', 'PUT', 'sessions', 'RECEIVER', '/DE/AAA/S-X', ['NL', 'XXA'], body);
      expect([answer.http, answer.body.status_code, answer.body.status_message]).to.deep.equal([200, 2003, 'XXA says no']);
      await of('XXA').ask('fault', { path: '/sessions/' });
    });
  });

  describe('broadcast', () => {
    for (const [cpo, name] of [
      ['AAA', 'a location'],
      ['BBB', 'a location of 2.3.0'],
    ] as const)
      it(`of ${name} goes to every eMSP that may see it, from the hub, under its owner and with its own date`, async () => {
        const { location } = await of(cpo).ask('own');
        const body = { ...location, name: `for everybody ${cpo}`, last_updated: '2026-02-01T00:00:00Z' };
        const answer = await say(cpo, 'PUT', 'locations', 'RECEIVER', `/DE/${cpo}/L1`, HUB, body);
        expect(answer.body.status_code).to.equal(1000);
        expect(routing(answer.headers), 'the hub answers itself').to.equal(`DE ${cpo} NL HUB`);
        const isIt = ({ method, path, body: got }: Json) =>
          method === 'PUT' && path === `/locations/DE/${cpo}/L1` && got.name === body.name;
        for (const emsp of ['XXA', 'XXN'] as const) {
          const { headers, body: got } = await heard(emsp, isIt);
          expect(routing(headers)).to.equal(`NL ${emsp} NL HUB`);
          expect(new Date(got.last_updated)).to.deep.equal(new Date(body.last_updated));
          expect([got.country_code, got.party_id]).to.deep.equal(['DE', cpo]);
        }
        for (const other of ['XXZ', 'AAA', 'BBB'] as const) expect(await heardBy(other, isIt)).to.deep.equal([]);
      });

    it('of a tariff as well', async () => {
      const { tariff } = await of('AAA').ask('own');
      const body = { ...tariff, id: 'T2', last_updated: '2026-02-01T00:00:00Z' };
      expect((await say('AAA', 'PUT', 'tariffs', 'RECEIVER', '/DE/AAA/T2', HUB, body)).body.status_code).to.equal(1000);
      for (const emsp of ['XXA', 'XXN'] as const)
        expect(routing((await heard(emsp, ({ path }) => path === '/tariffs/DE/AAA/T2')).headers)).to.equal(`NL ${emsp} NL HUB`);
      expect(await heardBy('XXZ', ({ path }) => path === '/tariffs/DE/AAA/T2')).to.deep.equal([]);
    });

    it('is not for a session: though it is addressed to the hub, nobody but its eMSP hears of it', async () => {
      const { session } = await of('AAA').ask('own');
      const { cards } = await of('XXN').ask('own');
      const { uid, type, contract_id, country_code, party_id } = cards[0];
      const body = { ...session, id: 'S-N', cdr_token: { uid, type, contract_id, country_code, party_id } };
      expect((await say('AAA', 'PUT', 'sessions', 'RECEIVER', '/DE/AAA/S-N', HUB, body)).body.status_code).to.equal(1000);
      await heard('XXN', ({ path }) => path === '/sessions/DE/AAA/S-N');
      for (const other of ['XXA', 'XXZ'] as const) expect(await heardBy(other, ({ path }) => path.endsWith('/S-N'))).to.deep.equal([]);
    });
  });

  describe('open', () => {
    it('finds the receiver of a start by the EVSE, and says in the answer whom it found', async () => {
      for (const cpo of ['AAA', 'BBB'] as const) {
        const answer = await start('XXA', { location_id: 'L1', evse_uid: `${cpo}-E1` });
        expect(answer.body.data.result).to.equal('ACCEPTED');
        expect(routing(answer.headers)).to.equal(`NL XXA DE ${cpo}`);
        const { headers } = await heard(cpo, ({ path, body }) => path === '/commands/START_SESSION' && body.evse_uid === `${cpo}-E1`);
        expect(routing(headers)).to.equal(`DE ${cpo} NL XXA`);
      }
    });

    it('finds it by the token of a session, and by the session for a stop', async () => {
      const { session } = await of('AAA').ask('own');
      const { cards } = await of('XXA').ask('own');
      const { uid, type, contract_id, country_code, party_id } = cards[0];
      const body = { ...session, id: 'S-O', cdr_token: { uid, type, contract_id, country_code, party_id } };
      const answer = await say('AAA', 'PUT', 'sessions', 'RECEIVER', '/DE/AAA/S-O', undefined, body);
      expect([answer.body.status_code, routing(answer.headers)]).to.deep.equal([1000, 'DE AAA NL XXA']);
      expect(routing((await heard('XXA', ({ path }) => path === '/sessions/DE/AAA/S-O')).headers)).to.equal('NL XXA DE AAA');
      const stopped = await say('XXA', 'POST', 'commands', 'RECEIVER', '/STOP_SESSION', undefined, {
        response_url: `${await of('XXA').ask('url')}/commands/STOP_SESSION/1`,
        session_id: 'S-O',
      });
      expect(routing(stopped.headers)).to.equal('NL XXA DE AAA');
      expect((await heard('AAA', ({ path }) => path === '/commands/STOP_SESSION')).body.session_id).to.equal('S-O');
    });
  });

  describe('everybody’s lists', () => {
    before(async () => {
      // Two owners give one id and one date: no page may lose either.
      for (const cpo of ['AAA', 'BBB'] as const) {
        const { location } = await of(cpo).ask('own');
        await say(cpo, 'PUT', 'locations', 'RECEIVER', `/DE/${cpo}/L1`, HUB, { ...location, last_updated: '2026-02-01T00:00:00Z' });
      }
    });

    it('are merged over all owners, in pages that miss and repeat nothing, with the right count and the owners’ own dates', async () => {
      const at: string = await of('XXA').ask('endpoint', { module: 'locations', role: 'SENDER' });
      const got: Json[] = [];
      const totals = new Set<string>();
      for (let url: string | undefined = `${at}?limit=1&date_from=2025-12-01T00:00:00Z`; url !== undefined; ) {
        const answer: Json = await of('XXA').ask('raw', { method: 'GET', url, headers: headersOf('XXA', HUB) });
        expect([answer.body.status_code, answer.headers['x-limit']]).to.deep.equal([1000, '100']);
        expect(routing(answer.headers)).to.equal('NL XXA NL HUB');
        totals.add(answer.headers['x-total-count']);
        expect(answer.body.data.length).to.equal(1);
        got.push(...answer.body.data);
        url = /<([^>]+)>; *rel="next"/.exec(answer.headers.link ?? '')?.[1];
        if (url !== undefined) expect(new URL(url).searchParams.get('date_from')).to.equal('2025-12-01T00:00:00Z');
      }
      expect(got.map(({ country_code, party_id, id }) => `${country_code}-${party_id} ${id}`).sort()).to.deep.equal([
        'DE-AAA L1',
        'DE-BBB L1',
        'NL-EVR L1',
      ]);
      expect([...totals]).to.deep.equal(['3']);
      for (const { party_id, last_updated } of got.filter(({ country_code }) => country_code === 'DE'))
        expect(new Date(last_updated), party_id).to.deep.equal(new Date('2026-02-01T00:00:00Z'));
      const later = await of('XXA').ask('raw', {
        method: 'GET',
        url: `${at}?date_to=2026-02-01T00:00:00Z`,
        headers: headersOf('XXA', HUB),
      });
      expect([later.body.data, later.headers['x-total-count']]).to.deep.equal([[], '0']);
    });
  });

  describe('that lead nowhere', () => {
    const place = { location_id: 'L1', evse_uid: 'AAA-E1' };

    it('are 4001 for a party that nobody knows', async () => {
      const answer = await start('XXA', place, ['FR', 'ZZZ']);
      expect([answer.http, answer.body.status_code]).to.deep.equal([200, 4001]);
    });

    it('are 4002 when the receiver does not answer in time, of a command and of a list', async function () {
      this.timeout(20_000);
      await must(hub.api, 'PUT', `/partners/${ids.get('AAA')}/quirks`, { timeoutMs: 300 });
      await of('AAA').ask('fault', { path: '/commands/', as: 'silent' });
      const answer = await start('XXA', place, ['DE', 'AAA']);
      expect([answer.http, answer.body.status_code]).to.deep.equal([200, 4002]);
      await of('AAA').ask('fault', { path: '/commands/' });
    });

    it('are 4003 while the receiver is suspended, and while it is away; then it is found again', async function () {
      this.timeout(20_000);
      await must(hub.api, 'POST', `/partners/${ids.get('AAA')}/suspend`);
      expect((await start('XXA', place, ['DE', 'AAA'])).body.status_code).to.equal(4003);
      await must(hub.api, 'POST', `/partners/${ids.get('AAA')}/resume`);
      expect((await start('XXA', place, ['DE', 'AAA'])).body.data.result).to.equal('ACCEPTED');
      await of('BBB').kill();
      const away = await start('XXA', { location_id: 'L1', evse_uid: 'BBB-E1' }, ['DE', 'BBB']);
      expect([away.http, away.body.status_code]).to.deep.equal([200, 4003]);
    });
  });
});

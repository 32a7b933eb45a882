import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

const PARTNERS = [
  { name: 'AAA', country: 'DE', role: 'CPO' },
  { name: 'XXA', country: 'NL', role: 'EMSP' },
  { name: 'XXB', country: 'NL', role: 'EMSP' },
] as const;
type Name = (typeof PARTNERS)[number]['name'];

/** Where nobody outside may make us call: our own machine by other names, the metadata of a cloud, a private network. */
const INSIDE = [
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[::ffff:169.254.169.254]/',
  'http://10.0.0.1/ocpi/versions',
  'http://[fd00::1]/',
  'file:///etc/passwd',
];

/** Drills A11 to A15 and A17: what a partner tries at the hub itself, on raw HTTP. */
describe('a partner that tries what it may not', () => {
  let hub: TestHub;
  const all = new Map<Name, PartnerProcess>();
  const of = (name: Name) => all.get(name)!;
  const secrets = new Set<string>();

  before(async function () {
    this.timeout(90_000);
    hub = await openHub();
    await furnish(hub);
    for (const { name, country, role } of PARTNERS) {
      const partner = startPartner();
      all.set(name, partner);
      await partner.ask('configure', { version: '2.2.1', role, country, party: name });
      const { versionsUrl, token } = await invite(name, `${country}-${name}`, role);
      const { token: given } = await partner.ask('register', { versionsUrl, token });
      secrets.add(given).add((await partner.ask('tokens')).ours);
    }
    const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
    await must(hub.api, 'POST', '/agreements', {
      id: 'A',
      seller: 'DE-AAA',
      buyer: 'NL-XXA',
      ...terms,
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 3 ? true : undefined), 60_000);
  });
  after(async () => {
    for (const partner of all.values()) await partner.end();
    await hub?.close();
  });

  async function invite(name: string, party: string, role: string): Promise<Json> {
    const invited = await must(hub.api, 'POST', '/partners', { name, parties: [{ party, role: role.toLowerCase() }] });
    secrets.add(invited.token);
    return invited;
  }

  const credentialsUrl = () => hub.addresses.ocpi.replace('/versions', '/2.2.1/credentials');
  const status = ({ http, body }: Json) => `${http} ${body.status_code}`;
  const raw = (name: Name, method: string, url: string, more: object = {}): Promise<Json> => of(name).ask('raw', { method, url, ...more });
  const isLetIn = async (name: Name, token: string) => status(await raw(name, 'GET', hub.addresses.ocpi, { token }));

  describe('with addresses that lead inside (A11, A12)', () => {
    for (const url of INSIDE) {
      it(`is told when it registers with ${url}, and nothing is called there`, async () => {
        const { token, id } = await invite(`inside ${url}`, `DE-I${String(INSIDE.indexOf(url)).padStart(2, '0')}`, 'CPO');
        const body = await of('AAA').ask('credentials', {
          more: { url, roles: [role('CPO', 'DE', `I${String(INSIDE.indexOf(url)).padStart(2, '0')}`)] },
        });
        const answer = await raw('AAA', 'POST', credentialsUrl(), { token, body });
        expect(['200 3001', '200 2001']).to.include(status(answer));
        expect((await hub.api('GET', `/partners/${id}`)).body.status).to.equal('invited');
        expect(await isLetIn('AAA', token), 'it may try again').to.equal('200 1000');
      });

      it(`is refused ${url} as a response_url`, async () => {
        const { cards } = await of('XXA').ask('own');
        const at = await of('XXA').ask('endpoint', { module: 'commands', role: 'RECEIVER' });
        const body = { response_url: url, token: cards[0], location_id: 'L1', evse_uid: 'AAA-E1' };
        expect(status(await raw('XXA', 'POST', `${at}/START_SESSION`, { body }))).to.equal('200 2001');
      });
    }

    it('is refused another partner’s host as a response_url, and that host hears nothing', async () => {
      const { cards } = await of('XXA').ask('own');
      const at = await of('XXA').ask('endpoint', { module: 'commands', role: 'RECEIVER' });
      const body = { response_url: `${await of('XXB').ask('url')}/steal`, token: cards[0], location_id: 'L1', evse_uid: 'AAA-E1' };
      expect(status(await raw('XXA', 'POST', `${at}/START_SESSION`, { body }))).to.equal('200 2001');
      expect((await of('AAA').ask('heard')).filter(({ path }: Json) => path.startsWith('/commands'))).to.deep.equal([]);
      expect((await of('XXB').ask('heard')).filter(({ path }: Json) => path === '/steal')).to.deep.equal([]);
    });

    it('leads us nowhere by a redirect, nor by the next page of a list', async () => {
      const { id } = (await hub.api('GET', '/partners')).body.items.find(({ name }: Json) => name === 'AAA');
      for (const [as, location] of [
        ['redirect', `${await of('XXB').ask('url')}/redirected`],
        ['next', 'http://169.254.169.254/latest/'],
        ['next', `${await of('XXB').ask('url')}/paged`],
      ] as const) {
        await of('AAA').ask('fault', { path: '/locations', as: { [as]: location } });
        await hub.api('POST', `/partners/${id}/sync?mode=full`);
        await of('AAA').ask('fault', { path: '/locations' });
      }
      const led = (await of('XXB').ask('heard')).filter(({ path }: Json) => path === '/redirected' || path === '/paged');
      expect(led).to.deep.equal([]);
      const { body } = await hub.api('GET', `/partners/${id}/imports`);
      expect(JSON.stringify(body)).to.match(/locations/);
    });
  });

  describe('with tokens (A13)', () => {
    it('is not known by token A any more once it is registered, and by token A reads nothing but versions', async () => {
      const { token } = await invite('later', 'DE-LAT', 'CPO');
      for (const module of ['locations', 'tokens', 'sessions', 'hubclientinfo'])
        expect(status(await raw('AAA', 'GET', hub.addresses.ocpi.replace('/versions', `/2.2.1/sender/${module}`), { token }))).to.equal(
          '401 2000',
        );
      const body = await of('AAA').ask('credentials', { more: { roles: [role('CPO', 'DE', 'LAT')] } });
      const first = await raw('AAA', 'POST', credentialsUrl(), { token, body });
      expect(status(first)).to.equal('200 1000');
      secrets.add(first.body.data.token);
      expect(status(await raw('AAA', 'POST', credentialsUrl(), { token, body }))).to.equal('401 2000');
      expect(await isLetIn('AAA', token)).to.equal('401 2000');
      expect(status(await raw('AAA', 'POST', credentialsUrl(), { token: first.body.data.token, body }))).to.equal('405 2000');
    });

    for (const [what, method, path, body] of [
      ['a list', 'GET', 'sender/locations', undefined],
      ['a session', 'GET', 'receiver/sessions/DE/AAA/S1', undefined],
      ['a token', 'PUT', 'receiver/tokens/NL/XXB/XXBCARD1', 'card'],
    ] as const)
      it(`speaks for nobody else, whatever its headers say: ${what}`, async () => {
        const { cards } = await of('XXB').ask('own');
        const headers = {
          'OCPI-from-country-code': 'NL',
          'OCPI-from-party-id': 'XXB',
          'OCPI-to-country-code': 'DE',
          'OCPI-to-party-id': 'AAA',
        };
        const url = hub.addresses.ocpi.replace('/versions', `/2.2.1/${path}`);
        const answer = await raw('XXA', method, url, { headers, ...(body === undefined ? {} : { body: cards[0] }) });
        // For the party that it claims nothing is there: no word about why.
        expect(['403 2000', '404 2000', '200 4001']).to.include(status(answer));
        expect(answer.body.data).to.equal(undefined);
        expect((await of('AAA').ask('heard')).filter((heard: Json) => heard.headers['ocpi-from-party-id'] === 'XXB')).to.deep.equal([]);
      });

    it('is refused when URL, body and headers do not agree about the owner', async () => {
      const at = await of('XXA').ask('endpoint', { module: 'tokens', role: 'RECEIVER' });
      const { cards } = await of('XXA').ask('own');
      const to = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'AAA' };
      const from = { 'OCPI-from-country-code': 'NL', 'OCPI-from-party-id': 'XXA', ...to };
      for (const [path, body] of [
        ['/NL/XXB/XXACARD1', cards[0]],
        ['/NL/XXA/XXACARD1', { ...cards[0], party_id: 'XXB' }],
        ['/NL/XXB/XXACARD1', { ...cards[0], party_id: 'XXB' }],
        ['/NL/XXA/OTHER', cards[0]],
      ] as const) {
        const { http, body: said } = await raw('XXA', 'PUT', at + path, { headers: from, body });
        expect([`200 2001`, '403 2000', '404 2000'], `${path} ${JSON.stringify(said)}`).to.include(`${http} ${said.status_code}`);
        expect(said.status_message).to.be.a('string').with.length.greaterThan(10);
      }
    });
  });

  describe('with a party that is not its own (A14)', () => {
    it('is not invited for one that somebody has', async () => {
      const taken = await hub.api('POST', '/partners', { name: 'Thief', parties: [{ party: 'NL-XXA', role: 'emsp' }] });
      expect([taken.status, taken.body.error.code]).to.deep.equal([409, 'party_taken']);
    });

    for (const [what, roles] of [
      ['another’s', [role('EMSP', 'NL', 'XXA')]],
      ['another’s beside its own', [role('EMSP', 'NL', 'NEW'), role('EMSP', 'NL', 'XXA')]],
      ['its own in another role', [role('CPO', 'NL', 'NEW')]],
      ['the hub’s own', [role('CPO', 'NL', 'EVR')]],
    ] as const)
      it(`claims ${what} at the handshake: refused, told which, and the invitation stays good`, async () => {
        const known = (await hub.api('GET', '/partners')).body.items.find(({ name }: Json) => name === 'New');
        const again = known && (await must(hub.api, 'POST', `/partners/${known.id}/invitation`));
        const { token } = again ?? (await invite('New', 'NL-NEW', 'EMSP'));
        secrets.add(token);
        const body = await of('XXB').ask('credentials', { more: { roles } });
        const answer = await raw('XXB', 'POST', credentialsUrl(), { token, body });
        expect(status(answer)).to.equal('200 2001');
        expect(answer.body.status_message).to.contain(
          what === 'the hub’s own' ? 'NL-EVR' : what.startsWith('its own') ? 'NL-NEW' : 'NL-XXA',
        );
        expect(await isLetIn('XXB', token)).to.equal('200 1000');
      });

    it('claims one while it renews its credentials: refused, and it goes on with what it had', async () => {
      const { theirs } = await of('XXB').ask('tokens');
      const body = await of('XXB').ask('credentials', { more: { roles: [role('EMSP', 'NL', 'XXB'), role('EMSP', 'NL', 'XXA')] } });
      expect(status(await raw('XXB', 'PUT', credentialsUrl(), { body }))).to.equal('200 2001');
      expect(await isLetIn('XXB', theirs)).to.equal('200 1000');
    });
  });

  describe('whose renewal of tokens is cut (A15)', () => {
    it('before we could read its versions: nothing has changed', async () => {
      const { theirs } = await of('XXB').ask('tokens');
      await of('XXB').ask('fault', { path: '/versions', as: 503 });
      const body = await of('XXB').ask('credentials', {});
      expect(status(await raw('XXB', 'PUT', credentialsUrl(), { body }))).to.equal('200 3001');
      await of('XXB').ask('fault', { path: '/versions' });
      expect(await isLetIn('XXB', theirs)).to.equal('200 1000');
    });

    it('before our answer arrived: the old token is good until the new one was used, the renewal can be repeated, and each leaves a line', async () => {
      const { theirs: old } = await of('XXB').ask('tokens');
      const lines = () => hub.lines.filter(({ msg }) => msg === 'partner registered').length;
      const before = lines();
      const body = await of('XXB').ask('credentials', {});
      const lost = await raw('XXB', 'PUT', credentialsUrl(), { body });
      expect(status(lost)).to.equal('200 1000');
      expect(await isLetIn('XXB', old), 'the answer was lost: the old one is all it has').to.equal('200 1000');
      const again = await raw('XXB', 'PUT', credentialsUrl(), { body });
      expect(status(again)).to.equal('200 1000');
      const fresh: string = again.body.data.token;
      secrets.add(lost.body.data.token).add(fresh);
      expect(await isLetIn('XXB', fresh)).to.equal('200 1000');
      await of('XXB').ask('tokens', { theirs: fresh });
      await eventually(async () => (await isLetIn('XXB', old)) === '401 2000', 'the old token to be dead');
      expect(await isLetIn('XXB', lost.body.data.token), 'what was never received').to.equal('401 2000');
      expect(lines()).to.equal(before + 2);
    });
  });

  it('and goes too fast for what was agreed is told to wait, while others go on', async function () {
    this.timeout(20_000);
    const { id } = (await hub.api('GET', '/partners')).body.items.find(({ name }: Json) => name === 'XXB');
    expect((await hub.api('PUT', `/partners/${id}/quirks`, { requestsPerSecond: 0 })).status).to.equal(422);
    await must(hub.api, 'PUT', `/partners/${id}/quirks`, { requestsPerSecond: 5 });
    const url = hub.addresses.ocpi.replace('/versions', '/2.2.1/sender/locations');
    // What is remembered of a caller lasts some seconds; then the limit is known.
    await eventually(async () => (await of('XXB').ask('flood', { url, times: 20 })).includes(429), 'the limit to be known');
    const answers: Json[] = [];
    for (const name of ['XXB', 'XXA'] as const) answers.push(await of(name).ask('flood', { url, times: 30 }));
    const [limited, free] = answers as [number[], number[]];
    expect(limited.filter((http) => http === 200).length).to.be.within(0, 6);
    expect(limited.every((http) => http === 200 || http === 429)).to.equal(true);
    expect(free).to.deep.equal(Array.from({ length: 30 }, () => 200));
    const refused = await eventually(async () => {
      const answer = await raw('XXB', 'GET', url);
      return answer.http === 429 && answer;
    }, 'a refusal');
    expect([refused.body.status_code, Number(refused.headers['retry-after']) > 0]).to.deep.equal([2000, true]);
    await must(hub.api, 'PUT', `/partners/${id}/quirks`, {});
  });

  it('finds no token in anything that was written down or answered (A17)', async () => {
    const { cards } = await of('XXA').ask('own');
    const refused = await raw('XXA', 'GET', `${hub.addresses.ocpi}?token=none`, { token: 'no-such-token-at-all' });
    const texts = [JSON.stringify(hub.lines), JSON.stringify(refused), JSON.stringify((await hub.api('GET', '/partners')).body)];
    texts.push(JSON.stringify((await hub.api('GET', '/roaming/quarantine')).body), JSON.stringify(cards));
    for (const secret of secrets) {
      for (const form of [secret, Buffer.from(secret).toString('base64')])
        for (const text of texts) expect(text.includes(form), 'a token in clear').to.equal(false);
    }
    expect(secrets.size).to.be.greaterThan(8);
    const rows = await hub.database.sql<{ row: string }>(
      undefined,
      `SELECT row_to_json(t)::text AS row FROM roaming_partner t UNION ALL SELECT row_to_json(t)::text FROM roaming_partner_token t`,
    );
    for (const secret of secrets) expect(rows.some(({ row }) => row.includes(secret))).to.equal(false);
  });
});

function role(name: string, country_code: string, party_id: string) {
  return { role: name, country_code, party_id, business_details: { name: party_id } };
}

import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

/** An eMSP of 2.2.1 and a CPO of 2.3.0 on raw HTTP, in processes of their own. */
describe('the trace of messages', () => {
  let hub: TestHub;
  let emsp: PartnerProcess;
  let cpo: PartnerProcess;
  const ids = new Map<string, string>();
  const secrets: string[] = [];

  before(async function () {
    this.timeout(90_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2), EVROAM_TRACE_BODIES: 'all' });
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    emsp = await join('EMSP', '2.2.1', 'NL', 'EVM');
    cpo = await join('CPO', '2.3.0', 'DE', 'ABC');
    const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
    await must(hub.api, 'POST', '/agreements', {
      id: 'A',
      seller: 'DE-ABC',
      buyer: 'NL-EVM',
      ...terms,
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 2 ? true : undefined), 60_000);
  });
  after(async () => {
    await Promise.all([emsp?.end(), cpo?.end()]);
    await hub?.close();
  });

  async function join(role: string, version: string, country: string, party: string): Promise<PartnerProcess> {
    const partner = startPartner();
    await partner.ask('configure', { version, role, country, party });
    const parties = [{ party: `${country}-${party}`, role: role.toLowerCase() }];
    const { id, token, versionsUrl } = await must(hub.api, 'POST', '/partners', { name: `${role} of ${version}`, parties });
    ids.set(party, id);
    await partner.ask('register', { versionsUrl, token });
    const { ours, theirs } = await partner.ask('tokens');
    secrets.push(token, ours, theirs);
    return partner;
  }

  const traced = async (query: string): Promise<Json[]> => (await must(hub.api, 'GET', `/trace?limit=500&${query}`)).items;
  const shown = ({ way, partnerName, method, module, protocol, status, statusCode }: Json) =>
    `${way} ${partnerName}: ${method} ${module} ${protocol} ${status} ${statusCode}`;

  it('shows every leg of a start under the correlation id that the eMSP gave it', async function () {
    this.timeout(30_000);
    const started = await emsp.ask('start', { card: 1, location: { location_id: 'L1', evse_uid: 'ABC-E1' } });
    expect(started.result).to.equal('ACCEPTED');
    const [asked] = await hub.settled(async () => {
      const found = await traced(`partner=${ids.get('EVM')}&module=commands`);
      return found.length >= 2 ? found.filter(({ way }) => way === 'in') : undefined;
    });
    const legs: Json[] = await hub.settled(async () => {
      const found = await traced(`correlation=${asked.correlation}&kind=exchange`);
      return found.length >= 4 ? found.toSorted((a, b) => a.at.localeCompare(b.at)) : undefined;
    });
    expect(legs.map(shown).sort()).to.deep.equal([
      'in CPO of 2.3.0: POST commands ocpi2.3.0 200 1000',
      'in EMSP of 2.2.1: POST commands ocpi2.2.1 200 1000',
      'out CPO of 2.3.0: POST commands ocpi2.3.0 200 1000',
      'out EMSP of 2.2.1: POST commands ocpi2.2.1 200 1000',
    ]);
    const to = legs.find(({ way, partnerName }) => way === 'out' && partnerName === 'CPO of 2.3.0');
    expect(to).to.include({ from: 'NL-EVM', to: 'DE-ABC', path: to.path, bodies: 'kept' });
    expect(to.ms).to.be.at.least(0);
    const whole = await must(hub.api, 'GET', `/trace/${to.id}`);
    const [request, answer] = whole.frames;
    expect([request.way, answer.way, request.protocol, request.peer]).to.deep.equal(['out', 'in', 'ocpi2.3.0', ids.get('ABC')]);
    const [head, body] = request.text.split('\r\n\r\n');
    expect(head).to.include(`x-correlation-id: ${asked.correlation}`).and.to.include('ocpi-to-party-id: ABC');
    expect(JSON.parse(body)).to.include({ location_id: 'L1', evse_uid: 'ABC-E1' });
    expect(JSON.parse(answer.text.split('\r\n\r\n')[1]).data.result).to.equal('ACCEPTED');
  });

  it('shows what an object lost between two versions, with the message that it came in', async function () {
    this.timeout(30_000);
    await cpo.ask('finish');
    await hub.settled(async () => ((await emsp.ask('cdrs')).length === 1 ? true : undefined));
    const losses: Json[] = await hub.settled(async () => {
      const found = await traced('kind=loss');
      return found.some(({ object }) => object === 'CDR') && found.some(({ object }) => object !== 'CDR') ? found : undefined;
    });
    const lost = losses.find(({ object }) => object !== 'CDR');
    expect([lost.fromVersion, lost.toVersion].sort()).to.deep.equal(['2.2.1', '2.3.0']);
    expect(lost.losses.length).to.be.greaterThan(0);
    const together = await traced(`correlation=${lost.correlation}`);
    expect(together.map(({ kind }) => kind))
      .to.include('exchange')
      .and.to.include('loss');
    expect((await traced(`object=${lost.objectId}`)).map(({ id }) => id)).to.include(lost.id);
  });

  it('shows the registration under one correlation id: what the partner asked, and how we asked back', async () => {
    const credentials = (await traced(`partner=${ids.get('ABC')}&module=credentials`)).find(({ method }) => method === 'POST');
    const together = await traced(`correlation=${credentials.correlation}`);
    expect(together.map(({ way, method }) => `${way} ${method}`).sort()).to.deep.equal(['in POST', 'out GET', 'out GET']);
  });

  it('holds no credential, in no coding, in whatever was said', async function () {
    this.timeout(60_000);
    const texts: string[] = [];
    for (const { id } of await traced('')) texts.push(JSON.stringify(await must(hub.api, 'GET', `/trace/${id}`)));
    const raw = await hub.database.sql<{ lines: string; bodies: string | null }>(undefined, 'SELECT lines, bodies FROM roaming_trace');
    const all = texts.concat(raw.map(({ lines, bodies }) => lines + bodies)).join('\n');
    expect(all, 'bodies are there').to.include('business_details').and.to.include('"token":"***"'.replaceAll('"', '\\"'));
    expect(secrets.every((secret) => typeof secret === 'string' && secret.length > 10)).to.equal(true);
    for (const secret of secrets)
      for (const coded of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
        expect(all.includes(coded), `"${coded.slice(0, 3)}..." is in the trace`).to.equal(false);
  });

  it('finds what failed, also what got no answer, and says why', async function () {
    this.timeout(30_000);
    await cpo.kill();
    const from = ['EVM', 'ABC'].map((party) => ids.get(party));
    await emsp.ask('start', { card: 2, location: { location_id: 'L1', evse_uid: 'ABC-E1' } }).catch((error: Error) => error);
    const failed: Json[] = await hub.settled(async () => {
      const found = await traced('failed=true&module=commands');
      return found.length >= 2 ? found : undefined;
    });
    const [unanswered] = failed.filter(({ way }) => way === 'out');
    expect([unanswered.partner, unanswered.error, unanswered.status]).to.deep.equal([from[1], 'unreachable', undefined]);
    expect((await must(hub.api, 'GET', `/trace/${unanswered.id}`)).frames).to.have.length(1);
    expect(failed.some(({ way, partner, statusCode }) => way === 'in' && partner === from[0] && statusCode >= 2000)).to.equal(true);
  });

  it('is asked for in a way that it understands, and keeps bodies for as long as somebody wants them', async () => {
    for (const [query, where] of [
      ['since=yesterday', 'query/since'],
      ['kind=x', 'query/kind'],
      ['failed=perhaps', 'query/failed'],
      ['after=x', 'query/after'],
      ['limit=0', 'query/limit'],
    ]) {
      const { status, body } = await hub.api('GET', `/trace?${query}`);
      expect([status, body.error.where], query).to.deep.equal([422, where]);
    }
    expect((await hub.api('GET', '/trace/1-5000')).status).to.equal(404);
    const watch = await must(hub.api, 'POST', '/trace/watches', { partner: ids.get('EVM'), minutes: 5 });
    expect((await must(hub.api, 'GET', '/trace/watches')).items).to.deep.equal([watch]);
    expect((await hub.api('POST', '/trace/watches', { partner: 'nobody' })).body.error.where).to.equal('body/partner');
    expect((await hub.api('POST', '/trace/watches', { minutes: 0 })).body.error.where).to.equal('body/minutes');
    await must(hub.api, 'DELETE', `/trace/watches/${ids.get('EVM')}`);
    expect((await hub.api('DELETE', `/trace/watches/${ids.get('EVM')}`)).status).to.equal(404);
    expect((await hub.api('GET', '/trace', undefined, 'evr_wrong')).status).to.equal(401);
  });

  it('is described, with all of roaming, in a document of the API, and says as a problem what went wrong', async () => {
    const at = hub.addresses.admin.replace('/admin/v1', '/api/v1');
    const ask = (path: string) => fetch(at + path, { headers: { authorization: `Bearer ${hub.adminKey}` } });
    const document = (await (await ask('/roaming/openapi.json')).json()) as Json;
    expect([document.openapi, document.servers]).to.deep.equal(['3.1.0', [{ url: '/api/v1' }]]);
    const correlation = document.paths['/trace'].get.parameters.find(({ name }: Json) => name === 'correlation');
    expect(correlation.in).to.equal('query');
    expect(document.paths['/partners'].post.requestBody.content['application/json'].schema.required).to.include('parties');
    const refused = await ask('/trace/nonsense');
    expect(refused.headers.get('content-type')).to.match(/^application\/problem\+json/);
    expect(await refused.json()).to.include({
      type: 'urn:evroam:problem:not_found',
      title: 'Not Found',
      status: 404,
      detail: 'There is no trace nonsense.',
    });
  });
});

import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { cdr, location, openPagedCpo, type PagedCpo, session } from './paged-cpo.js';

/** F5 of the drills: a partner takes something and does not answer. */
describe('what a partner did not answer', () => {
  let hub: TestHub;
  let cpo: PagedCpo;
  let id: string;

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    const token = { type: 'rfid', contractId: 'NL-EVR-C1', issuerName: 'evroam', whitelist: 'always' };
    const made = await hub.api('PUT', '/tokens/NL-EVR/CARD1', token);
    expect(made.status, JSON.stringify(made.body)).to.be.below(300);
    cpo = await openPagedCpo();
    cpo.lists.locations = [location(1)];
    const parties = [
      { party: 'DE-PAG', role: 'cpo' },
      { party: 'DE-PAE', role: 'emsp' },
    ];
    id = (await hub.api('POST', '/partners/accept', { name: 'PAG', parties, ...cpo.invitation() })).body.id;
    await hub.logged(({ msg, locations }) => msg === 'partner fetched' && locations === 1);
    await hub.api('PUT', `/partners/${id}/quirks`, { timeoutMs: 400 });
  });
  after(async () => {
    await hub.close();
    await cpo.close();
  });

  const start = async () => {
    let asked: Record<string, unknown> = {};
    cpo.state.onCommand = (body) => {
      asked = body;
      return undefined;
    };
    const { body } = await hub.api('POST', '/roaming/starts', { issuer: 'NL-EVR', tokenUid: 'CARD1', owner: 'DE-PAG', locationId: 'L1' });
    expect(body.error.code).to.equal('timeout');
    const command = String(asked.response_url).split('/').at(-1)!;
    return { command, reference: String(asked.authorization_reference), url: String(asked.response_url) };
  };
  const state = async (command: string) => (await hub.api('GET', `/roaming/starts/${command}`)).body;

  it('is unknown: a start is neither failed nor done until the partner has been asked, and its session tells', async () => {
    const { command, reference } = await start();
    expect((await state(command)).state).to.equal('timeout');
    const last_updated = '2026-03-02T12:05:00Z';
    cpo.lists.sessions = [
      session('S7', { authorization_reference: reference, last_updated }),
      session('S8', { authorization_reference: 'another', last_updated }),
    ];
    await hub.api('POST', `/partners/${id}/sync?mode=delta`);
    expect(await state(command)).to.include({ state: 'accepted', sessionId: 'S7' });
  });

  it('is asked for at once, without anybody’s doing', async () => {
    cpo.asked.length = 0;
    const { command } = await start();
    await hub.settled(async () => cpo.asked.find((one) => one.startsWith('GET /sessions')));
    expect((await state(command)).state, 'no session carries its reference: it stays unknown').to.equal('timeout');
  });

  it('is taken when it comes late, once, and only from who was asked', async () => {
    const { command, url } = await start();
    const headers = { authorization: `Token ${Buffer.from(cpo.state.hubToken).toString('base64')}`, 'content-type': 'application/json' };
    const answer = async (result: string) => {
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ result }) });
      return ((await response.json()) as { status_code: number }).status_code;
    };
    expect(await answer('ACCEPTED')).to.equal(1000);
    expect((await state(command)).state).to.equal('accepted');
    expect(await answer('REJECTED')).not.to.equal(1000);
    expect((await state(command)).state).to.equal('accepted');
  });

  it('a CDR that was taken without an answer is asked for, and not offered twice', async function () {
    this.timeout(30_000);
    cpo.state.silent = true;
    const headers = { authorization: `Token ${Buffer.from(cpo.state.hubToken).toString('base64')}`, 'content-type': 'application/json' };
    const token = { country_code: 'DE', party_id: 'PAE', uid: 'X', type: 'RFID', contract_id: 'DE-PAE-C1' };
    const posted = await fetch(hub.addresses.ocpi.replace('/versions', '/2.2.1/receiver/cdrs'), {
      method: 'POST',
      headers: { ...headers, 'OCPI-from-country-code': 'DE', 'OCPI-from-party-id': 'PAG' },
      body: JSON.stringify(cdr('D1', { cdr_token: token })),
    });
    expect(((await posted.json()) as { status_code: number }).status_code).to.equal(1000);
    await hub.settled(async () => {
      const { body } = await hub.api('GET', '/roaming/cdrs/owed');
      return body.items.length === 0 && cpo.state.taken.length === 1 ? true : undefined;
    }, 25_000);
    expect(cpo.state.offers).to.equal(1);
    expect(cpo.asked.some((one) => one.startsWith('GET /inbox/D1'))).to.equal(true);
  });
});

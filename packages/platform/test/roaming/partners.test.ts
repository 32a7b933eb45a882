import { openSimulatedCpo, openSimulatedEmsp, type SimulatedCpo, type SimulatedEmsp } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';

const EVM = { country: 'NL', party: 'EVM' };
const ABC = { country: 'DE', party: 'ABC' };

describe('partners at which we register', () => {
  let hub: TestHub;
  let evm: SimulatedEmsp;
  let abc: SimulatedCpo;
  const ids: Record<string, string> = {};

  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnish(hub);
    evm = await openSimulatedEmsp({ party: EVM, tokens: 2 });
    abc = await openSimulatedCpo({ party: ABC, locations: 1, version: '2.1.1' });
  });
  after(async () => {
    await Promise.all([evm.close(), abc.close()]);
    await hub.close();
  });

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: unknown) => (error as { code?: string }).code,
    );
  const accept = async (name: string, party: string, role: string, invitation: { versionsUrl: string; token: string }) => {
    const answer = await hub.api('POST', '/partners/accept', { name, parties: [{ party, role }], ...invitation });
    ids[name] = answer.body.id;
    return answer;
  };

  it('takes the invitation of a partner, of 2.2.1 and of 2.1.1, and reads what it has', async () => {
    const first = await accept('EVM', 'NL-EVM', 'emsp', evm.invite());
    expect([first.status, first.body.version]).to.deep.equal([201, '2.2.1']);
    const other = await accept('ABC', 'DE-ABC', 'cpo', abc.invite());
    expect([other.status, other.body.version]).to.deep.equal([201, '2.1.1']);
    await hub.logged(({ msg, tokens }) => msg === 'partner fetched' && tokens === 2);
    await hub.logged(({ msg, locations }) => msg === 'partner fetched' && locations === 1);
    expect(await codeOf(evm.partner(v221.locations.sender, 'SENDER').list())).to.equal('taken');
  });

  it('says what went wrong, and can be tried again', async () => {
    const { versionsUrl } = evm.invite();
    const answer = await accept('XYZ', 'FR-XYZ', 'emsp', { versionsUrl, token: 'wrong' });
    expect([answer.status, answer.body.error.code]).to.deep.equal([409, 'partner_failed']);
    const id = /partners\/(\S+)\/accept/.exec(answer.body.error.message)?.[1];
    const again = await hub.api('POST', `/partners/${id}/accept`, { versionsUrl, token: 'wrong' });
    expect(again.body.error.code).to.equal('partner_failed');
    expect((await hub.api('GET', `/partners/${id}`)).body.status).to.equal('invited');
    expect((await hub.api('POST', `/partners/${ids.EVM}/accept`, { versionsUrl, token: 'wrong' })).body.error.code).to.equal(
      'not_possible',
    );
  });

  it('renews the tokens of both sides: the old one is good until the new one was used, and then no more', async () => {
    const before = evm.registration()!;
    const present = async (token: string) =>
      (await fetch(hub.addresses.ocpi, { headers: { authorization: `Token ${Buffer.from(token).toString('base64')}` } })).status;
    const tokens = async (kind: string) =>
      (await hub.database.sql(undefined, 'SELECT 1 FROM roaming_partner_token WHERE partner_id = $1 AND kind = $2', [ids.EVM, kind]))
        .length;
    expect((await hub.api('POST', `/partners/${ids.EVM}/rotate`)).body).to.deep.equal({ id: ids.EVM, version: '2.2.1' });
    const after = evm.registration()!;
    expect(after.token).not.to.equal(before.token);
    expect([await tokens('access'), await tokens('expected')], 'old and new').to.deep.equal([2, 0]);
    expect(await present(before.token)).to.equal(200);
    expect(await present(after.token)).to.equal(200);
    expect(await tokens('access')).to.equal(1);
    expect(await codeOf(evm.partner(v221.locations.sender, 'SENDER').list())).to.equal('taken');
  });

  it('a renewal that the partner does not answer leaves the tokens in use as they are', async () => {
    evm.faults.add('unavailable');
    const { token } = evm.registration()!;
    const { port } = new URL(evm.host.url);
    await hub.database.sql(
      undefined,
      `UPDATE roaming_partner SET connection = jsonb_set(connection, '{versionsUrl}', to_jsonb($2::text)) WHERE id = $1`,
      [ids.EVM, `http://127.0.0.1:${port}/nowhere`],
    );
    // Written past the hub, which remembers its partners until it changes one.
    await hub.api('PUT', `/partners/${ids.EVM}/quirks`, {});
    expect((await hub.api('POST', `/partners/${ids.EVM}/rotate`)).body.error.code).to.equal('partner_failed');
    evm.faults.delete('unavailable');
    expect(evm.registration()!.token).to.equal(token);
    expect(await codeOf(evm.partner(v221.locations.sender, 'SENDER').list())).to.equal('taken');
  });

  it('keeps what is peculiar to a partner as data', async () => {
    const quirks = { coding: 'base64', timeoutMs: 5000, pageLimit: 1 };
    expect((await hub.api('PUT', `/partners/${ids.EVM}/quirks`, quirks)).body).to.deep.equal(quirks);
    expect((await hub.api('GET', `/partners/${ids.EVM}`)).body.quirks).to.deep.equal(quirks);
    expect((await hub.api('PUT', `/partners/${ids.EVM}/quirks`, { codeing: 'raw' })).status).to.equal(422);
    expect((await hub.api('PUT', '/partners/nobody/quirks', quirks)).status).to.equal(404);
  });

  it('tells a partner that it is revoked, and lets it in no more, from that moment', async () => {
    const told = evm.next(({ what }) => what === 'credentials.delete', { past: true });
    const { body } = await hub.api('POST', `/partners/${ids.EVM}/revoke`);
    expect([body.status, body.told]).to.deep.equal(['revoked', true]);
    await told;
    const suspended = abc.partner(v221.tokens.sender, 'SENDER');
    expect((await hub.api('POST', `/partners/${ids.ABC}/suspend`)).body.status).to.equal('suspended');
    expect(await codeOf(suspended.list())).to.equal('unauthorized');
  });
});

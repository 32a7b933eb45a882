import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { cdr, location, openPagedCpo, type PagedCpo, session } from './paged-cpo.js';

describe('what a partner has, read page by page', () => {
  let hub: TestHub;
  let cpo: PagedCpo;
  let id: string;

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    cpo = await openPagedCpo();
    const { body } = await hub.api('POST', '/partners/accept', {
      name: 'PAG',
      parties: [{ party: 'DE-PAG', role: 'cpo' }],
      ...cpo.invitation(),
    });
    id = body.id;
    await hub.logged(({ msg }) => msg === 'partner fetched');
  });
  after(async () => {
    await hub.close();
    await cpo.close();
  });

  const sync = (mode: string) => hub.api('POST', `/partners/${id}/sync?mode=${mode}`);
  const progress = async (module: string) =>
    (await hub.api('GET', `/partners/${id}/imports`)).body.items.find((one: { module: string }) => one.module === module);
  const quarantine = async () => (await hub.api('GET', `/roaming/quarantine?partner=${id}`)).body.items;

  it('goes on where it broke off, and reads no page twice', async function () {
    this.timeout(20_000);
    cpo.lists.locations = [1, 2, 3, 4, 5, 6].map((n) => location(n));
    cpo.state.cut = (url) => url.pathname === '/locations' && url.searchParams.get('offset') === '4';
    expect((await sync('full')).status).to.equal(500);
    expect(await progress('locations')).to.include({ state: 'failed', pages: 2, kept: 4, total: 6 });
    cpo.state.cut = () => false;
    cpo.asked.length = 0;
    expect((await sync('full')).body).to.include({ locations: 6, refused: 0 });
    expect(cpo.asked.filter((one) => one.startsWith('GET /locations'))).to.deep.equal(['GET /locations?offset=4&limit=2']);
    expect(await progress('locations')).to.include({ state: 'done', pages: 3, kept: 6 });
    expect((await hub.api('GET', '/locations/DE-PAG/L6')).body.id).to.equal('L6');
  });

  it('asks for what changed since, with an overlap', async () => {
    cpo.asked.length = 0;
    expect((await sync('delta')).body).to.include({ refused: 0 });
    const [asked] = cpo.asked.filter((one) => one.startsWith('GET /locations'));
    expect(asked).to.match(/date_from=2026-03-02T1[12]%3A/);
  });

  it('leaves bad objects out, keeps the rest of the page, and shows them until they are mended', async () => {
    cpo.lists.locations = [
      location(1),
      location(2, { coordinates: { latitude: 'north', longitude: '7' } }),
      location(3, { party_id: 'XXX' }),
    ];
    expect((await sync('full')).body).to.include({ locations: 1, refused: 2 });
    const kept: { objectId: string; reason: string; item: { id: string } }[] = await quarantine();
    expect(kept.map(({ objectId, item }) => [objectId, item.id])).to.have.deep.members([
      ['L2', 'L2'],
      ['L3', 'L3'],
    ]);
    expect(kept.find(({ objectId }) => objectId === 'L3')?.reason).to.contain('DE-XXX');
    cpo.lists.locations = [location(1), location(2)];
    await sync('full');
    expect((await quarantine()).map(({ objectId }: { objectId: string }) => objectId)).to.deep.equal(['L3']);
  });

  it('takes sessions and CDRs as if they had been pushed: once, and with their conflicts in sight', async () => {
    cpo.lists.sessions = [session('S1'), session('S2')];
    cpo.lists.cdrs = [cdr('C1'), cdr('C2', { cdr_location: { ...(cdr('C2').cdr_location as object), id: 'NOWHERE' } })];
    expect((await sync('full')).body).to.include({ sessions: 2, cdrs: 1, refused: 1 });
    await sync('full');
    expect(await progress('cdrs')).to.include({ kept: 0, unchanged: 1, refused: 1 });
    expect(await progress('sessions')).to.include({ kept: 0, unchanged: 2 });
    await hub.settled(async () => ((await hub.api('GET', '/settlement/cdrs')).body.items.length === 1 ? true : undefined));
    cpo.lists.cdrs = [cdr('C1', { total_energy: 11 })];
    await sync('full');
    expect((await hub.api('GET', '/roaming/cdrs/conflicts')).body.items.map(({ id: one }: { id: string }) => one)).to.deep.equal(['C1']);
    expect((await quarantine()).some(({ reason }: { reason: string }) => reason.includes('other content'))).to.equal(true);
  });

  it('reads a CDR that was posted in other words as the same one', async () => {
    const posted = cdr('C9');
    const spaced = JSON.stringify(Object.fromEntries(Object.entries(posted).reverse()), null, 2);
    const base = hub.addresses.ocpi.replace('/versions', '/2.2.1/receiver/cdrs');
    const headers = { authorization: `Token ${Buffer.from(cpo.state.hubToken).toString('base64')}`, 'content-type': 'application/json' };
    const response = await fetch(base, { method: 'POST', headers, body: spaced });
    expect(((await response.json()) as { status_code: number }).status_code).to.equal(1000);
    cpo.lists.cdrs = [posted];
    await sync('full');
    expect(await progress('cdrs')).to.include({ kept: 0, unchanged: 1, refused: 0 });
  });
});

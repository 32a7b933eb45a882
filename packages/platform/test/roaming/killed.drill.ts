import { expect } from 'chai';
import type { Json } from '../own-stations-fixture.js';
import { type Matrix, openMatrix, placeAt, short, VERSIONS, type Version } from './matrix.js';

/** F4 and F5: parties of every version and own stations, killed without a word in the middle of what they do, and back with what they had kept. */
describe('partners that are killed and come back', () => {
  let matrix: Matrix;
  before(async function () {
    this.timeout(120_000);
    matrix = await openMatrix();
  });
  after(() => matrix?.close());

  const expected = new Map<Version, number>();

  /** Two more CDRs, and every session ended, each once. Gives the CDRs. */
  async function expectTwoMore(version: Version): Promise<Json[]> {
    const emsp = matrix.emsps.get(version)!;
    const known = expected.get(version) ?? 0;
    const count = known + 2;
    expected.set(version, count);
    await matrix.hub.settled(async () => ((await emsp.ask('cdrs')).length >= count ? true : undefined), 80_000);
    const cdrs: { cdr: Json }[] = await emsp.ask('cdrs');
    expect(cdrs.length).to.equal(count);
    expect(new Set(cdrs.map(({ cdr }) => cdr.id)).size).to.equal(count);
    const states: string[] = await matrix.hub.settled(async () => {
      const found: string[] = await emsp.ask('states');
      return found.filter((state) => state === 'COMPLETED').length >= count ? found : undefined;
    }, 40_000);
    expect(states.length).to.equal(count);
    return cdrs.slice(known).map(({ cdr }) => cdr);
  }

  const killed = async (work: Promise<unknown>) =>
    expect(String(await work.catch((error: unknown) => error))).to.contain('the partner has ended');

  for (const emspVersion of VERSIONS) {
    for (const cpoVersion of VERSIONS) {
      it(`of ${emspVersion} and ${cpoVersion} end with every session and CDR, each once`, async function () {
        this.timeout(150_000);
        const emsp = matrix.emsps.get(emspVersion)!;
        const cpo = matrix.cpos.get(cpoVersion)!;
        const place = { location_id: 'L1', evse_uid: `${short(cpoVersion)}-E1` };
        expect((await emsp.ask('start', { card: 1, location: place })).result).to.equal('ACCEPTED');
        await cpo.ask('card', { uid: `${short(emspVersion)}CARD2` });
        await emsp.process.kill();
        // The CPO dies when its first CDR was taken and before it has noted that, while the eMSP is away.
        await killed(cpo.ask('finish', { dieAfter: 1 }));
        await cpo.restart();
        await cpo.ask('finish');
        await emsp.restart();
        await emsp.ask('locations');
        for (const cdr of await expectTwoMore(emspVersion)) expect(cdr.total_energy).to.equal(10);
      });
    }

    it(`of ${emspVersion} and an own station end with every session and CDR, each once`, async function () {
      this.timeout(150_000);
      const emsp = matrix.emsps.get(emspVersion)!;
      const charger = matrix.chargers.get(emspVersion)!;
      expect((await emsp.ask('start', { card: 1, location: placeAt(emspVersion, 1) })).result).to.equal('ACCEPTED');
      expect(await charger.ask('card', { uid: `${short(emspVersion)}CARD2`, connector: 2 })).to.equal('Accepted');
      await matrix.hub.settled(async () => ((await charger.ask('running')).length === 2 ? true : undefined));
      await charger.ask('charge', { connector: 1, wattHours: 211 });
      await emsp.process.kill();
      // Power fails while both charge; what follows is metered after it is back.
      await charger.process.kill();
      await charger.restart();
      await charger.ask('charge', { connector: 1, wattHours: 301 });
      await charger.ask('charge', { connector: 2, wattHours: 407 });
      await charger.ask('finish', { connector: 1 });
      // The end of the other was acknowledged, and the station dies before it has noted that: it tells it again.
      await killed(charger.ask('finish', { connector: 2, dies: true }));
      await charger.restart();
      expect(await charger.ask('running')).to.deep.equal([]);
      await emsp.restart();
      await emsp.ask('locations');
      const cdrs = await expectTwoMore(emspVersion);
      const { 1: first, 2: second } = await charger.ask('registers');
      expect([first, second]).to.deep.equal([10_512, 20_407]);
      expect(cdrs.map(({ total_energy }) => total_energy * 1000).sort()).to.deep.equal([first - 10_000, second - 20_000].sort());
    });
  }

  it('leave nothing owed, nothing in conflict, and every CDR accepted and in balance', async function () {
    this.timeout(60_000);
    const { api } = matrix.hub;
    expect((await api('GET', '/roaming/cdrs/owed')).body.items).to.deep.equal([]);
    expect((await api('GET', '/roaming/cdrs/conflicts')).body.items).to.deep.equal([]);
    const counts = await matrix.hub.settled(async () => {
      const { body } = await api('GET', '/settlement/counts');
      return body.accepted >= 24 ? body : undefined;
    }, 40_000);
    expect(counts.accepted).to.equal(24);
    const { body } = await api('GET', '/settlement/ledger/trial');
    expect(Object.values(body.imbalance)).to.satisfy((all: string[]) => all.every((amount) => Number(amount) === 0));
  });
});

import { expect } from 'chai';
import type { Json } from '../own-stations-fixture.js';
import { type Matrix, openMatrix, placeAt, short, stationOf, VERSIONS, type Version } from './matrix.js';
import { cents, postedFor } from './money.js';
import { TERMS } from './terms.js';

type Received = { raw: string; cdr: Json };

/** Every network reaches every other: partners of three versions on raw HTTP and own stations, every party in a process of its own. */
describe('partners of 2.1.1, 2.2.1 and 2.3.0, and own stations, through the hub', () => {
  let matrix: Matrix;
  before(async function () {
    this.timeout(120_000);
    matrix = await openMatrix();
  });
  after(() => matrix?.close());

  const received = (emsp: Version): Promise<Received[]> => matrix.emsps.get(emsp)!.ask('cdrs');

  /** Waits for so many more CDRs than were known. */
  async function newCdrs(emsp: Version, known: number, count: number): Promise<Json[]> {
    const all = await matrix.hub.settled(async () => {
      const now = await received(emsp);
      return now.length >= known + count ? now : undefined;
    });
    expect(all.length).to.equal(known + count);
    return all.slice(known).map(({ cdr }) => cdr);
  }

  /** What the eMSP was last told of a session. */
  const sessionAt = (emsp: Version, id: string): Promise<Json> =>
    matrix.hub.settled(async () => {
      const all: Json[] = await matrix.emsps.get(emsp)!.ask('received');
      return all.find((one) => one.id === id && one.status === 'COMPLETED');
    });

  /** What both sides owe and get is what their agreement says; the difference is the fee and its tax; the books balance. */
  async function expectMoney(seller: string, emsp: Version, cdrId: string, nth: 0 | 1): Promise<void> {
    const buyer = `NL-${short(emsp)}`;
    const terms = TERMS.find((one) => one.seller === seller && one.buyer === buyer)!;
    const posted = await postedFor(matrix.hub, seller, buyer, cdrId);
    expect([posted.buyerPays, posted.sellerGets, posted.fee, posted.sum]).to.deep.equal([
      terms.buyerPays[nth],
      terms.sellerGets[nth],
      terms.fee,
      '0.00',
    ]);
    expect(cents(posted.buyerPays) - cents(posted.sellerGets)).to.equal(cents(posted.fee) + cents(posted.tax));
  }

  /** What its version could not carry stands beside the CDR; between equal versions there is nothing to list. */
  async function expectLosses(seller: string, cpo: Version | undefined, emsp: Version, cdrId: string): Promise<void> {
    const { body } = await matrix.hub.api('GET', `/roaming/cdrs/${seller}/${cdrId}/losses`);
    // Our own CDRs are made in the words of 2.2.1.
    if ((cpo ?? '2.2.1') === emsp) return void expect(body.items).to.deep.equal([]);
    expect(body.items.map(({ party, version }: Json) => [party, version])).to.deep.equal([[`NL-${short(emsp)}`, emsp]]);
    expect(body.items[0].losses.length).to.be.greaterThan(0);
    for (const { kind, pointer, message } of body.items[0].losses) {
      expect(['dropped', 'shortened', 'replaced', 'invented']).to.include(kind);
      expect([pointer, message].every((text) => typeof text === 'string' && text !== '')).to.equal(true);
    }
  }

  for (const version of VERSIONS) {
    it(`show an eMSP of ${version} the locations of all networks that it has an agreement with`, async () => {
      const locations: { id: string; evses: { uid: string }[] }[] = await matrix.emsps.get(version)!.ask('locations');
      const uids = locations.flatMap(({ evses }) => evses.map(({ uid }) => uid)).sort();
      const own = VERSIONS.flatMap((emsp) => [1, 2].map((connector) => placeAt(emsp, connector).evse_uid));
      expect(uids).to.deep.equal(['211-E1', '221-E1', '230-E1', ...own].sort());
    });
  }

  for (const emspVersion of VERSIONS) {
    for (const cpoVersion of VERSIONS) {
      it(`charge a driver of ${emspVersion} at a station of ${cpoVersion}, remotely and by card`, async function () {
        this.timeout(60_000);
        const emsp = matrix.emsps.get(emspVersion)!;
        const cpo = matrix.cpos.get(cpoVersion)!;
        const known = (await received(emspVersion)).length;
        const started = await emsp.ask('start', { card: 1, location: { location_id: 'L1', evse_uid: `${short(cpoVersion)}-E1` } });
        expect(started.result).to.equal('ACCEPTED');
        const byCard = await cpo.ask('card', { uid: `${short(emspVersion)}CARD2` });
        await cpo.ask('finish');
        for (const cdr of await newCdrs(emspVersion, known, 2)) {
          expect(cdr.total_energy).to.equal(10);
          if (emspVersion === '2.1.1') expect(cdr.total_cost).to.equal(4);
          else if (emspVersion === '2.2.1') expect(cdr.total_cost).to.include({ excl_vat: 4 });
          else expect(cdr.total_cost).to.include({ before_taxes: 4 });
          const sessionId = cdr.id.replace(/-CDR$/, '');
          expect((await sessionAt(emspVersion, sessionId)).kwh).to.equal(10);
          await expectMoney(`DE-${short(cpoVersion)}`, emspVersion, cdr.id, sessionId === byCard ? 1 : 0);
          await expectLosses(`DE-${short(cpoVersion)}`, cpoVersion, emspVersion, cdr.id);
        }
      });
    }

    it(`charge a driver of ${emspVersion} at an own station, remotely and by card`, async function () {
      this.timeout(60_000);
      const emsp = matrix.emsps.get(emspVersion)!;
      const charger = matrix.chargers.get(emspVersion)!;
      const known = (await received(emspVersion)).length;
      const uids = [`${short(emspVersion)}CARD1`, `${short(emspVersion)}CARD2`];
      const started = await emsp.ask('start', { card: 1, location: placeAt(emspVersion, 1) });
      expect(started.result).to.equal('ACCEPTED');
      expect(await charger.ask('card', { uid: uids[1], connector: 2 })).to.equal('Accepted');
      await matrix.hub.settled(async () => ((await charger.ask('running')).length === 2 ? true : undefined));
      const before = await charger.ask('registers');
      await Promise.all([charger.ask('charge', { connector: 1, wattHours: 512 }), charger.ask('charge', { connector: 2, wattHours: 407 })]);
      const metered = await charger.ask('registers');
      const running: Json[] = await matrix.hub.settled(async () => {
        const all: Json[] = await emsp.ask('received');
        const mine = all.filter(({ status, kwh }) => status === 'ACTIVE' && kwh > 0);
        return mine.length === 2 ? mine : undefined;
      });
      const remote = running.find(({ kwh }) => kwh === 0.512)!;
      // Remotely it is also ended remotely; by card it is ended by the card.
      expect((await emsp.ask('stop', { session: remote.id })).result).to.equal('ACCEPTED');
      await charger.ask('finish', { connector: 2 });
      const cdrs = await newCdrs(emspVersion, known, 2);
      for (const [nth, connector] of [
        [0, 1],
        [1, 2],
      ] as const) {
        const wattHours = metered[connector] - before[connector];
        const cdr = cdrs.find(({ total_energy }) => total_energy * 1000 === wattHours)!;
        expect(cdr, `a CDR of the ${wattHours} Wh that the register of connector ${connector} shows`).not.to.equal(undefined);
        expect(cdr.cdr_token?.uid ?? cdr.auth_id).to.equal(emspVersion === '2.1.1' ? `NL-211-C0000${connector}` : uids[nth]);
        expect(cdr.auth_method).to.equal(nth === 1 ? 'WHITELIST' : emspVersion === '2.1.1' ? 'AUTH_REQUEST' : 'COMMAND');
        const { body: own } = await matrix.hub.api('GET', `/cdrs`);
        const kept = own.items.find(({ id }: Json) => id === cdr.id);
        const session = await sessionAt(emspVersion, kept.sessionId);
        const { body: known } = await matrix.hub.api('GET', `/sessions/${kept.sessionId}`);
        // The same number at the eMSP, in the hub and at the register, in the session and in the CDR.
        for (const kwh of [session.kwh, cdr.total_energy, Number(known.kwh), Number(kept.kwh)]) expect(kwh * 1000).to.equal(wattHours);
        expect(known.stationId ?? stationOf(emspVersion)).to.equal(stationOf(emspVersion));
        await expectMoney('NL-EVR', emspVersion, cdr.id, nth);
        await expectLosses('NL-EVR', undefined, emspVersion, cdr.id);
      }
    });
  }

  it('accept and post every CDR, and all of it sums to nothing', async () => {
    await matrix.hub.settled(async () => {
      const { body } = await matrix.hub.api('GET', '/settlement/counts');
      return body.accepted === 24 ? true : undefined;
    });
    const { body } = await matrix.hub.api('GET', '/settlement/ledger/trial');
    const sum = (column: 'debits' | 'credits') =>
      body.balances.reduce((total: bigint, one: Json) => total + cents(one[column].split(' ')[0]), 0n);
    expect(sum('debits')).to.equal(sum('credits'));
    expect(Object.values(body.imbalance)).to.satisfy((all: string[]) => all.every((amount) => Number(amount) === 0));
  });

  it('pass a CDR between equal versions byte for byte, and list what another version could not carry', async () => {
    const rows = await matrix.hub.database.sql<{ owner: string; id: string; version: string; bytes: Buffer; direction: string }>(
      undefined,
      'SELECT owner, id, version, bytes, direction FROM roaming_cdr ORDER BY owner, id, direction',
    );
    const incoming = rows.filter(({ direction }) => direction === 'in');
    const equal = incoming.filter((one) =>
      rows.some((other) => other.direction === 'out' && other.id === one.id && other.owner === one.owner && other.version === one.version),
    );
    expect(equal.length).to.equal(6);
    for (const one of equal) {
      const other = rows.find((row) => row.direction === 'out' && row.id === one.id && row.owner === one.owner)!;
      expect(other.bytes.equals(one.bytes)).to.equal(true);
    }
    const found: Json[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { body } = await matrix.hub.api('GET', `/trace?kind=loss&limit=500${after && `&after=${after}`}`);
      found.push(...body.items.filter(({ object }: Json) => object === 'CDR'));
      after = body.next;
    }
    for (const from of VERSIONS) {
      for (const to of VERSIONS) {
        const losses = found.filter((line) => line.fromVersion === from && line.toVersion === to).flatMap((line) => line.losses);
        if (from === to) expect(losses).to.deep.equal([]);
        else expect(losses, `what a CDR loses from ${from} to ${to}`).not.to.deep.equal([]);
      }
    }
  });
});

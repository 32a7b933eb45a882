import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

const VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;
type Version = (typeof VERSIONS)[number];
/** Three characters, so that a party tells its version. */
const short = (version: Version) => version.replaceAll('.', '');

/** Every network reaches every other: partners of three versions, each on raw HTTP in a process of its own. */
describe('partners of 2.1.1, 2.2.1 and 2.3.0 through the hub', () => {
  let hub: TestHub;
  const emsps = new Map<Version, PartnerProcess>();
  const cpos = new Map<Version, PartnerProcess>();

  before(async function () {
    this.timeout(90_000);
    // The day on which the partners charge.
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    for (const version of VERSIONS) {
      for (const [role, country, all] of [
        ['EMSP', 'NL', emsps],
        ['CPO', 'DE', cpos],
      ] as const) {
        const partner = startPartner();
        all.set(version, partner);
        await partner.ask('configure', { version, role, country, party: short(version) });
        const parties = [{ party: `${country}-${short(version)}`, role: role.toLowerCase() }];
        const { body } = await hub.api('POST', '/partners', { name: `${role} ${version}`, parties });
        await partner.ask('register', { versionsUrl: version === '2.1.1' ? body.versionsUrl211 : body.versionsUrl, token: body.token });
      }
    }
    for (const seller of [...VERSIONS.map((v) => `DE-${short(v)}`), 'NL-EVR']) {
      for (const buyer of VERSIONS.map((v) => `NL-${short(v)}`)) {
        await hub.api('POST', '/agreements', {
          id: `${seller}-${buyer}`,
          seller,
          buyer,
          sellerModel: 'agent',
          taxTreatment: 'domestic',
          tax: { name: 'VAT', percent: seller === 'NL-EVR' ? 21 : 19 },
          currency: 'EUR',
          effectiveFrom: '2026-01-01T00:00:00Z',
        });
      }
    }
    await Promise.all(
      VERSIONS.flatMap((version) => [
        hub.logged(({ msg, locations, tokens }) => msg === 'partner fetched' && (locations === 1 || tokens === 2) && version !== undefined),
      ]),
    );
  });
  after(async () => {
    for (const partner of [...emsps.values(), ...cpos.values()]) await partner.end();
    await hub.close();
  });

  for (const version of VERSIONS) {
    it(`shows an eMSP of ${version} the locations of all networks that it has an agreement with`, async () => {
      const locations: { id: string; evses: { uid: string }[] }[] = await emsps.get(version)!.ask('locations');
      const uids = locations.flatMap(({ evses }) => evses.map(({ uid }) => uid)).sort();
      expect(uids).to.deep.equal(['211-E1', '221-E1', '230-E1', 'E1']);
    });
  }

  for (const emspVersion of VERSIONS) {
    for (const cpoVersion of VERSIONS) {
      it(`charges a driver of ${emspVersion} at a station of ${cpoVersion}, remotely and by card`, async function () {
        this.timeout(30_000);
        const emsp = emsps.get(emspVersion)!;
        const cpo = cpos.get(cpoVersion)!;
        const known = (await emsp.ask('cdrs')).length;
        const started = await emsp.ask('start', { card: 1, location: { location_id: 'L1', evse_uid: `${short(cpoVersion)}-E1` } });
        expect(started.result).to.equal('ACCEPTED');
        await cpo.ask('card', { uid: `${short(emspVersion)}CARD2` });
        await cpo.ask('finish');
        await hub.settled(async () => ((await emsp.ask('cdrs')).length === known + 2 ? true : undefined));
        const received: { cdr: { total_energy: number; total_cost: unknown } }[] = (await emsp.ask('cdrs')).slice(known);
        for (const { cdr } of received) {
          expect(cdr.total_energy).to.equal(10);
          if (emspVersion === '2.1.1') expect(cdr.total_cost).to.equal(4);
          else if (emspVersion === '2.2.1') expect(cdr.total_cost).to.include({ excl_vat: 4 });
          else expect(cdr.total_cost).to.include({ before_taxes: 4 });
        }
      });
    }
  }

  it('accepts and posts every CDR, in balance', async () => {
    await hub.settled(async () => {
      const { body } = await hub.api('GET', '/settlement/counts');
      return body.accepted === 18 ? true : undefined;
    });
    const { body } = await hub.api('GET', '/settlement/ledger/trial');
    expect(Object.values(body.imbalance)).to.satisfy((all: string[]) => all.every((amount) => Number(amount) === 0));
  });

  it('passes a CDR between equal versions byte for byte, and lists what another version could not carry', async () => {
    const rows = await hub.database.sql<{ owner: string; id: string; version: string; bytes: Buffer; direction: string }>(
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
    expect(hub.lines.some(({ msg, object }) => msg === 'an object was bridged with losses' && object === 'CDR')).to.equal(true);
  });
});

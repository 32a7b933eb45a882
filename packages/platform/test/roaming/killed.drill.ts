import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

const VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;
type Version = (typeof VERSIONS)[number];
const short = (version: Version) => version.replaceAll('.', '');

interface Known {
  process: PartnerProcess;
  file: string;
}

/** F4 and F5: partners of every version, killed without a word in the middle of what they do, and back at the same address. */
describe('partners that are killed and come back', () => {
  let hub: TestHub;
  let folder: string;
  const emsps = new Map<Version, Known>();
  const cpos = new Map<Version, Known>();

  before(async function () {
    this.timeout(90_000);
    folder = mkdtempSync(join(tmpdir(), 'evroam-partners-'));
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    for (const version of VERSIONS) {
      for (const [role, country, all] of [
        ['EMSP', 'NL', emsps],
        ['CPO', 'DE', cpos],
      ] as const) {
        const partner = { process: startPartner(), file: join(folder, `${role}-${short(version)}.json`) };
        all.set(version, partner);
        await partner.process.ask('configure', { version, role, country, party: short(version), file: partner.file });
        const parties = [{ party: `${country}-${short(version)}`, role: role.toLowerCase() }];
        const { body } = await hub.api('POST', '/partners', { name: `${role} ${version}`, parties });
        const versionsUrl = version === '2.1.1' ? body.versionsUrl211 : body.versionsUrl;
        await partner.process.ask('register', { versionsUrl, token: body.token });
      }
    }
    for (const seller of VERSIONS.map((v) => `DE-${short(v)}`)) {
      for (const buyer of VERSIONS.map((v) => `NL-${short(v)}`)) {
        const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
        await hub.api('POST', '/agreements', { id: `${seller}-${buyer}`, seller, buyer, ...terms, effectiveFrom: '2026-01-01T00:00:00Z' });
      }
    }
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 6 ? true : undefined), 60_000);
  });
  after(async () => {
    for (const { process } of [...emsps.values(), ...cpos.values()]) await process.end();
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function restart(partner: Known): Promise<void> {
    partner.process = startPartner();
    await partner.process.ask('restore', { file: partner.file });
  }

  const expected = new Map<Version, number>();

  for (const emspVersion of VERSIONS) {
    for (const cpoVersion of VERSIONS) {
      it(`of ${emspVersion} and ${cpoVersion} end with every session and CDR, each once`, async function () {
        this.timeout(90_000);
        const emsp = emsps.get(emspVersion)!;
        const cpo = cpos.get(cpoVersion)!;
        const place = { location_id: 'L1', evse_uid: `${short(cpoVersion)}-E1` };
        expect((await emsp.process.ask('start', { card: 1, location: place })).result).to.equal('ACCEPTED');
        await cpo.process.ask('card', { uid: `${short(emspVersion)}CARD2` });
        await emsp.process.kill();
        // The CPO dies when its first CDR was taken and before it has noted that, while the eMSP is away.
        const killed: unknown = await cpo.process.ask('finish', { dieAfter: 1 }).catch((error: unknown) => error);
        expect(String(killed)).to.contain('the partner has ended');
        await restart(cpo);
        await cpo.process.ask('finish');
        await restart(emsp);
        await emsp.process.ask('locations');
        const count = (expected.get(emspVersion) ?? 0) + 2;
        expected.set(emspVersion, count);
        await hub.settled(async () => ((await emsp.process.ask('cdrs')).length >= count ? true : undefined), 80_000);
        const cdrs: { cdr: { id: string; total_energy: number } }[] = await emsp.process.ask('cdrs');
        expect(cdrs.length).to.equal(count);
        expect(cdrs.every(({ cdr }) => cdr.total_energy === 10)).to.equal(true);
        const states: string[] = await hub.settled(async () => {
          const found: string[] = await emsp.process.ask('states');
          return found.filter((state) => state === 'COMPLETED').length >= count ? found : undefined;
        }, 40_000);
        expect(states.length).to.equal(count);
      });
    }
  }

  it('leave nothing owed, nothing in conflict, and every CDR accepted and in balance', async function () {
    this.timeout(60_000);
    expect((await hub.api('GET', '/roaming/cdrs/owed')).body.items).to.deep.equal([]);
    expect((await hub.api('GET', '/roaming/cdrs/conflicts')).body.items).to.deep.equal([]);
    const counts = await hub.settled(async () => {
      const { body } = await hub.api('GET', '/settlement/counts');
      return body.accepted >= 18 ? body : undefined;
    }, 40_000);
    expect(counts.accepted).to.equal(18);
    const { body } = await hub.api('GET', '/settlement/ledger/trial');
    expect(Object.values(body.imbalance)).to.satisfy((all: string[]) => all.every((amount) => Number(amount) === 0));
  });
});

import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';
import { type PartnerProcess, startPartner } from './partner-process.js';

/** Every id, card and price of a party bears its letters, so that one can see whose something is wherever it turns up. */
const CPOS = ['AAA', 'BBB'] as const;
const EMSPS = ['XXA', 'XXB'] as const;
type Name = (typeof CPOS)[number] | (typeof EMSPS)[number];

/** A16 and A24 of the drills: AAA and XXA have an agreement, BBB and XXB have one, and nobody else. */
describe('what a partner learns of others', () => {
  let hub: TestHub;
  const all = new Map<Name, PartnerProcess>();
  const base = () => hub.addresses.ocpi.replace('/versions', '/2.2.1');

  before(async function () {
    this.timeout(90_000);
    hub = await openHub({ EVROAM_CLOCK: clockSetting(new Date('2026-03-02T12:00:00Z'), 2) });
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    for (const name of [...CPOS, ...EMSPS] as const) {
      const role = (CPOS as readonly string[]).includes(name) ? 'CPO' : 'EMSP';
      const country = role === 'CPO' ? 'DE' : 'NL';
      const partner = startPartner();
      all.set(name, partner);
      await partner.ask('configure', { version: '2.2.1', role, country, party: name });
      const parties = [{ party: `${country}-${name}`, role: role.toLowerCase() }];
      const { body } = await hub.api('POST', '/partners', { name, parties });
      await partner.ask('register', { versionsUrl: body.versionsUrl, token: body.token });
    }
    for (const [seller, buyer] of [
      ['DE-AAA', 'NL-XXA'],
      ['DE-BBB', 'NL-XXB'],
    ] as const) {
      const terms = { sellerModel: 'agent', taxTreatment: 'domestic', tax: { name: 'VAT', percent: 19 }, currency: 'EUR' };
      await hub.api('POST', '/agreements', { id: `${seller}-${buyer}`, seller, buyer, ...terms, effectiveFrom: '2026-01-01T00:00:00Z' });
    }
    await hub.settled(async () => (hub.lines.filter(({ msg }) => msg === 'partner fetched').length >= 4 ? true : undefined), 60_000);
  });
  after(async () => {
    for (const partner of all.values()) await partner.end();
    await hub.close();
  });

  /** All that a partner can read at the hub, and every refusal, as one text. */
  async function everything(name: Name): Promise<string> {
    const partner = all.get(name)!;
    const texts: string[] = [];
    for (const to of ['HUB', 'EVR', ...CPOS, ...EMSPS]) {
      const country = (CPOS as readonly string[]).includes(to) ? 'DE' : 'NL';
      for (const path of [
        ...['locations', 'tariffs', 'tokens', 'sessions', 'hubclientinfo'].map((module) => `/sender/${module}`),
        '/sender/locations/L1',
        ...['sessions/DE/AAA/S-AAA-1', 'sessions/DE/BBB/S-BBB-1', 'locations/DE/AAA/L1', 'locations/DE/BBB/L1'].map(
          (one) => `/receiver/${one}`,
        ),
        ...['cdrs/S-AAA-1-CDR', 'cdrs/S-BBB-1-CDR', 'tokens/NL/XXA/XXACARD1', 'tokens/NL/XXB/XXBCARD1', 'tariffs/DE/AAA/T1'].map(
          (one) => `/receiver/${one}`,
        ),
      ]) {
        texts.push(await partner.ask('read', { url: base() + path, to: [country, to] }));
      }
    }
    return texts.join('\n');
  }

  /** Of the one that has no agreement: ids, cards, contracts and stations. That a party exists is told by hubclientinfo to everybody. */
  const marksOf = (name: string) => [`${name}-E1`, `*${name}*`, `S-${name}-`, `${name}CARD`, `-${name}-C0`, `Raw ${name}`];

  it('is what it has an agreement about, in every list, message and error', async function () {
    this.timeout(60_000);
    for (const [cpo, emsp] of [
      ['AAA', 'XXA'],
      ['BBB', 'XXB'],
    ] as const) {
      const started = await all.get(emsp)!.ask('start', { card: 1, location: { location_id: 'L1', evse_uid: `${cpo}-E1` } });
      expect(started.result).to.equal('ACCEPTED');
      await all.get(cpo)!.ask('finish');
      await hub.settled(async () => ((await all.get(emsp)!.ask('cdrs')).length === 1 ? true : undefined));
    }
    // Before the reading begins: what one partner asks another for bears the letters that it wrote itself.
    const heard = new Map<Name, string>();
    for (const [name, partner] of all) heard.set(name, JSON.stringify(await partner.ask('heard')));
    for (const [mine, others] of [
      [
        ['AAA', 'XXA'],
        ['BBB', 'XXB'],
      ],
      [
        ['BBB', 'XXB'],
        ['AAA', 'XXA'],
      ],
    ] as const) {
      for (const name of mine) {
        const text = heard.get(name) + (await everything(name));
        for (const other of others)
          for (const mark of marksOf(other)) expect(text.includes(mark), `${name} sees "${mark}"`).to.equal(false);
        const partner = mine[0] === name ? mine[1] : mine[0];
        expect(text, 'what is agreed does arrive').to.contain(
          `${partner}${(CPOS as readonly string[]).includes(partner) ? '-E1' : 'CARD1'}`,
        );
      }
    }
  });

  it('is not a price of another pair: no CDR goes to anybody but its eMSP', async () => {
    for (const [emsp, cpo] of [
      ['XXA', 'AAA'],
      ['XXB', 'BBB'],
    ] as const) {
      const cdrs: { cdr: { id: string } }[] = await all.get(emsp)!.ask('cdrs');
      expect(cdrs.map(({ cdr }) => cdr.id)).to.deep.equal([`S-${cpo}-1-CDR`]);
    }
  });

  it('does not hold the cards of drivers that are sent to everybody: a token goes to nobody but who was named', async () => {
    const heardBefore = new Map<Name, number>();
    for (const [name, partner] of all) heardBefore.set(name, (await partner.ask('heard')).length);
    const sent = await all.get('XXA')!.ask('harvest', { uid: 'XXACARD9', to: ['NL', 'HUB'] });
    expect(sent).to.contain('"status_code"');
    await hub.api('GET', '/reachable');
    for (const name of ['AAA', 'BBB', 'XXB'] as const) {
      const heard: { path: string }[] = (await all.get(name)!.ask('heard')).slice(heardBefore.get(name));
      expect(heard.filter(({ path }) => path.includes('tokens'))).to.deep.equal([]);
      expect(JSON.stringify(heard)).not.to.contain('XXACARD9');
    }
    const strangers = await all.get('BBB')!.ask('read', { url: `${base()}/sender/tokens`, to: ['NL', 'HUB'] });
    expect(strangers).not.to.contain('XXACARD');
    expect(
      await all.get('BBB')!.ask('read', { url: `${base()}/sender/tokens/XXACARD1/authorize`, to: ['NL', 'HUB'], method: 'POST' }),
    ).not.to.contain('ALLOWED');
  });
});

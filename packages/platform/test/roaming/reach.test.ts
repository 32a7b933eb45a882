import { openSimulatedCpo, openSimulatedEmsp, type SimulatedCpo, type SimulatedEmsp } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';

const EVM = { country: 'NL', party: 'EVM' };
const ABC = { country: 'DE', party: 'ABC' };
const HUB = { country: 'NL', party: 'HUB' };

describe('who is reached, and what they have missed', () => {
  let hub: TestHub;
  let evm: SimulatedEmsp;
  let abc: SimulatedCpo;
  const ids = new Map<string, string>();

  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    evm = await openSimulatedEmsp({ party: EVM, tokens: 1 });
    abc = await openSimulatedCpo({ party: ABC, locations: 1 });
    for (const [partner, party, role] of [
      [evm, 'NL-EVM', 'emsp'],
      [abc, 'DE-ABC', 'cpo'],
    ] as const) {
      const { body } = await hub.api('POST', '/partners', { name: party, parties: [{ party, role }] });
      ids.set(party, body.id);
      await partner.register(body);
    }
    await hub.api('POST', '/partners', { name: 'planned', parties: [{ party: 'FR-XYZ', role: 'cpo' }] });
    await hub.api('POST', '/agreements', {
      id: 'ABC-EVM',
      seller: 'DE-ABC',
      buyer: 'NL-EVM',
      sellerModel: 'agent',
      taxTreatment: 'domestic',
      tax: { name: 'VAT', percent: 19 },
      currency: 'EUR',
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
  });
  after(async () => {
    await Promise.all([evm.close(), abc.close()]);
    await hub.close();
  });

  const push = (name: string) => {
    const location = { ...abc.locations.all()[0]!, name, last_updated: new Date(Date.now() + 1000).toISOString() };
    const params = { country_code: 'DE', party_id: 'ABC', location_id: location.id };
    return abc.partner(v221.locations.receiver, 'RECEIVER', { from: ABC, to: HUB }).put({ params, body: location });
  };

  it('tells who can be reached, planned and connected', async () => {
    const { data } = await evm.partner(v221.hubClientInfo.sender, 'SENDER').list();
    expect(data.map(({ country_code, party_id, role, status }) => `${country_code}-${party_id} ${role} ${status}`)).to.have.members([
      'DE-ABC CPO CONNECTED',
      'FR-XYZ CPO PLANNED',
      'NL-EVM EMSP CONNECTED',
      'NL-EVR CPO CONNECTED',
      'NL-EVR EMSP CONNECTED',
    ]);
  });

  it('sends a location that is pushed to the hub on to those who may see it, under its owner', async () => {
    const arrived = evm.next(({ what, value }) => what === 'locations.put' && (value as v221.Location).name === 'for everybody');
    await push('for everybody');
    const location = (await arrived).value as v221.Location;
    expect([location.country_code, location.party_id]).to.deep.equal(['DE', 'ABC']);
  });

  it('keeps apart those who do not want to hear of one another', async () => {
    await hub.api('PUT', '/rules', { party: 'NL-EVM', module: 'locations', other: 'DE-ABC', allow: false });
    await push('not for EVM');
    await hub.settled(
      async () => (await hub.api('GET', `/locations/DE-ABC/${abc.locations.all()[0]!.id}`)).body.name === 'not for EVM' || undefined,
    );
    await hub.logged(
      ({ msg, missed }) => String(msg).startsWith('partners that did not take a location') && JSON.stringify(missed).includes('NL-EVM'),
    );
    expect(evm.locations.all().map(({ name }) => name)).not.to.include('not for EVM');
    await hub.api('PUT', '/rules', { party: 'NL-EVM', module: 'locations', other: 'DE-ABC', allow: true });
  });

  it('marks what a partner that is away has missed, and sends the newest state when it is back', async function () {
    this.timeout(40_000);
    const { port } = new URL(evm.host.url);
    const registration = evm.registration()!;
    const tokens = evm.tokens.all();
    await evm.close();
    const input = {
      address: 'Oudegracht 2',
      city: 'Utrecht',
      country: 'NLD',
      coordinates: { latitude: '52.0907', longitude: '5.1214' },
      timeZone: 'Europe/Amsterdam',
    };
    const connector = { id: '1', standard: 'IEC_62196_T2', format: 'socket', powerType: 'ac3Phase', maxVoltage: 230, maxAmperage: 32 };
    for (const name of ['first change', 'second change']) {
      await hub.api('PUT', '/locations/NL-EVR/L1', { ...input, name, evses: [{ uid: 'E1', connectors: [connector] }] });
    }
    await hub.settled(async () => {
      const { body } = await hub.api('GET', '/reachable');
      return body.items.find(({ party }: { party: string }) => party === 'NL-EVM').state === 'OFFLINE' || undefined;
    });
    // What another partner pushes meanwhile it pushes once.
    await push('while EVM was away');
    await hub.logged(
      ({ msg, missed }) =>
        String(msg).startsWith('partners that did not take a location') && JSON.stringify(missed).includes('notConnected'),
    );
    // The same platform again: it asks to be registered anew, since a simulated one forgets its tokens when it ends.
    const { body } = await hub.api('POST', `/partners/${ids.get('NL-EVM')}/invitation`);
    evm = await openSimulatedEmsp({ party: EVM, tokens, port: Number(port) });
    const arrived = evm.next(({ what, value }) => what === 'locations.put' && (value as v221.Location).id === 'L1', {
      past: true,
      withinMs: 20_000,
    });
    await evm.register(body);
    expect(((await arrived).value as v221.Location).name).to.equal('second change');
    expect(registration.version).to.equal('2.2.1');
    await hub.logged(({ msg, sent }) => String(msg).startsWith('a partner is back') && sent === 2);
    expect(evm.locations.all().map(({ name }) => name)).to.have.members(['second change', 'while EVM was away']);
  });
});

import { openSimulatedCpo, openSimulatedEmsp, type SimulatedCpo, type SimulatedEmsp } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';
import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { furnish, openHub, type TestHub } from '../journeys/hub.js';

const EVM = { country: 'NL', party: 'EVM' };
const XYZ = { country: 'FR', party: 'XYZ' };
const ABC = { country: 'DE', party: 'ABC' };

/** An eMSP and two networks that know nothing of each other but the hub. */
describe('the hub between partners', () => {
  let hub: TestHub;
  let evm: SimulatedEmsp;
  let xyz: SimulatedEmsp;
  let abc: SimulatedCpo;
  const setting = clockSetting(new Date('2026-03-02T10:00:00Z'), 60);
  const clock = clockFromSetting(setting);

  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnish(hub);
    await hub.api('POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    [evm, xyz, abc] = await Promise.all([
      openSimulatedEmsp({ party: EVM, clock, tokens: 2 }),
      openSimulatedEmsp({ party: XYZ, clock, tokens: 2, seed: 7 }),
      openSimulatedCpo({ party: ABC, clock, locations: 1 }),
    ]);
    for (const [partner, party, role] of [
      [evm, 'NL-EVM', 'emsp'],
      [xyz, 'FR-XYZ', 'emsp'],
      [abc, 'DE-ABC', 'cpo'],
    ] as const) {
      const { body } = await hub.api('POST', '/partners', { name: party, parties: [{ party, role }] });
      await partner.register(body);
    }
    await hub.logged(({ msg, locations }) => msg === 'partner fetched' && locations === 1);
    await hub.api('POST', '/agreements', {
      id: 'ABC-EVM',
      seller: 'DE-ABC',
      buyer: 'NL-EVM',
      sellerModel: 'agent',
      taxTreatment: 'domestic',
      tax: { name: 'VAT', percent: 21 },
      currency: 'EUR',
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
  });
  after(async () => {
    await Promise.all([evm, xyz, abc].map((partner) => partner.close()));
    await hub.close();
  });

  const place = () => {
    const location = abc.locations.all()[0]!;
    const evse = location.evses![0]!;
    return { location_id: location.id, evse_uid: evse.uid, connector_id: evse.connectors[0]!.id };
  };

  it('carries a start, the session and the CDR between two partners, and keeps the CDR as its owner wrote it', async function () {
    this.timeout(30_000);
    const token = evm.tokens.all()[0]!;
    const started = await evm.startSession({ token, ...place() }, { from: EVM, to: ABC });
    expect(started.response.result).to.equal('ACCEPTED');
    await abc.tick();
    expect(await started.result).to.deep.equal({ result: 'ACCEPTED' });
    await evm.next(({ what }) => what === 'sessions.put', { past: true });
    const session = abc.sessions.all()[0]!;
    const arrived = evm.next(({ what }) => what === 'cdrs.post', { withinMs: 20_000 });
    await abc.unplug(session.id);
    await abc.tick();
    await arrived;
    const received = evm.cdrs[0]!;
    expect(received.cdr.total_energy).to.equal(abc.cdrs.all()[0]!.total_energy);
    const [kept] = await hub.database.sql<{ bytes: Buffer }>(undefined, `SELECT bytes FROM roaming_cdr WHERE direction = 'in'`);
    expect(received.raw.equals(kept!.bytes)).to.equal(true);
    expect(abc.owed).to.deep.equal([]);
  });

  it('takes a change of a part of a session and of an EVSE, and sends the whole on', async () => {
    const session = abc.sessions.all()[0]!;
    const params = { country_code: 'DE', party_id: 'ABC', session_id: session.id };
    await abc
      .partner(v221.sessions.receiver, 'RECEIVER')
      .patch({ params, body: { total_cost: { excl_vat: 1.5 }, last_updated: '2027-01-01T00:00:00Z' } });
    expect(evm.sessions.get({ country_code: 'DE', party_id: 'ABC' }, session.id)?.total_cost).to.deep.equal({ excl_vat: 1.5 });
    const location = abc.locations.all()[0]!;
    await abc.partner(v221.locations.receiver, 'RECEIVER').patchEvse({
      params: { country_code: 'DE', party_id: 'ABC', location_id: location.id, evse_uid: location.evses![0]!.uid },
      body: { status: 'OUTOFORDER', last_updated: '2027-01-01T00:00:00Z' },
    });
    const { body } = await hub.api('GET', `/locations/DE-ABC/${location.id}`);
    expect(body.evses[0]).to.include({ status: 'outOfOrder', statusSource: 'partner' });
  });

  it('finds the receiver of a start that names none by the owner of the location', async () => {
    const started = await evm.startSession({ token: evm.tokens.all()[1]!, ...place() }, { from: EVM });
    expect(started.response.result).to.equal('ACCEPTED');
    await abc.tick();
    expect(await started.result).to.deep.equal({ result: 'ACCEPTED' });
    await abc.unplug(abc.sessions.all().find(({ status }) => status === 'ACTIVE')!.id);
  });

  it('lets nobody use a response URL but the partner that was asked, and that one once', async () => {
    const [command] = await hub.database.sql<{ id: string }>(undefined, `SELECT id FROM roaming_command WHERE asked = 'DE-ABC' LIMIT 1`);
    const url = hub.addresses.ocpi.replace('/versions', `/2.2.1/sender/commands/START_SESSION/${command!.id}`);
    for (const partner of [xyz, abc]) {
      const error = await partner
        .callback(v221.commands.sender, url)
        .result({ at: url, body: { result: 'ACCEPTED' } })
        .catch((e: unknown) => e);
      expect((error as { code?: string }).code).to.equal('not-found');
    }
  });

  it('refuses a response URL on a host that the partner did not register', async () => {
    const commands = evm.partner(v221.commands.receiver, 'RECEIVER', { from: EVM, to: ABC });
    const body = { token: evm.tokens.all()[0]!, ...place(), response_url: 'http://10.0.0.1/steal' };
    const error = await commands.startSession({ body }).catch((e: unknown) => e);
    expect((error as { code?: string; path?: string }).code).to.equal('invalid');
  });

  it('shows everybody who asks the hub the locations of those with whom there is an agreement, and of nobody else', async () => {
    const asked = async (partner: SimulatedEmsp, from: typeof EVM, to?: typeof EVM) => {
      const { data } = await partner.partner(v221.locations.sender, 'SENDER', { from, ...(to ? { to } : {}) }).list();
      return data.map(({ country_code, party_id }) => `${country_code}-${party_id}`).sort();
    };
    const everybody = { country: 'NL', party: 'HUB' };
    expect(await asked(evm, EVM, everybody)).to.deep.equal(['DE-ABC', 'NL-EVR']);
    expect(await asked(xyz, XYZ, everybody)).to.deep.equal(['NL-EVR']);
    expect(await asked(evm, EVM)).to.deep.equal(['NL-EVR']);
  });

  it('passes a list that is asked of one party on to it, with links of its own', async () => {
    const reply = await evm.partner(v221.locations.sender, 'SENDER', { from: EVM, to: ABC }).list({ window: { limit: 1 } });
    expect(reply.data.map(({ id }) => id)).to.deep.equal([abc.locations.all()[0]!.id]);
    const { next } = reply.page ?? {};
    if (next !== undefined) expect(next.startsWith(hub.addresses.ocpi.replace('/versions', '/hub/'))).to.equal(true);
  });

  it('answers 4001 for a party that nobody knows, and refuses a sender that is not the partner', async () => {
    const code = (error: unknown) => (error as { statusCode?: number; code?: string }).statusCode ?? error;
    const nobody = await evm
      .startSession({ token: evm.tokens.all()[0]!, ...place() }, { from: EVM, to: { country: 'DE', party: 'ZZZ' } })
      .catch((e: unknown) => e);
    expect(code(nobody)).to.equal(4001);
    const spoofed = await xyz.startSession({ token: xyz.tokens.all()[0]!, ...place() }, { from: EVM, to: ABC }).catch((e: unknown) => e);
    expect((spoofed as { code?: string }).code).to.equal('forbidden');
  });

  it('answers 4003 while the receiver is suspended, and goes on when it is back', async () => {
    const { body } = await hub.api('GET', '/partners');
    const { id } = body.items.find(({ name }: { name: string }) => name === 'DE-ABC');
    await hub.api('POST', `/partners/${id}/suspend`);
    const error = await evm.startSession({ token: evm.tokens.all()[0]!, ...place() }, { from: EVM, to: ABC }).catch((e: unknown) => e);
    expect((error as { statusCode?: number }).statusCode).to.equal(4003);
    await hub.api('POST', `/partners/${id}/resume`);
    const { response } = await evm.startSession({ token: evm.tokens.all()[0]!, ...place() }, { from: EVM, to: ABC });
    expect(response.result).to.equal('ACCEPTED');
  });

  it('shows no partner what belongs to another', async () => {
    const session = abc.sessions.all()[0]!;
    const params = { country_code: 'DE', party_id: 'ABC', session_id: session.id };
    const error = await xyz
      .partner(v221.sessions.receiver, 'RECEIVER', { from: XYZ })
      .get({ params })
      .catch((e: unknown) => e);
    expect((error as { code?: string }).code).to.equal('not-found');
    const cdr = await xyz
      .partner(v221.cdrs.receiver, 'RECEIVER', { from: XYZ })
      .get({ params: { id: abc.cdrs.all()[0]!.id } })
      .catch((e: unknown) => e);
    expect((cdr as { code?: string }).code).to.equal('not-found');
  });
});

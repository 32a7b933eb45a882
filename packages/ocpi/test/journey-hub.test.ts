import { connect, endpointOf, OcpiError, type Registration } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { openSimulatedCpo, openSimulatedEmsp, openSimulatedHub } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

const CPO = { country: 'NL', party: 'CPO' };
const EMSP = { country: 'DE', party: 'EMS' };
const HUB = { country: 'NL', party: 'HUB' };

describe('a simulated hub', () => {
  const clock = { time: 0, now: () => new Date(clock.time) };
  const network = http({ allow: ['loopback'] });
  after(() => network.close());

  const open = async () => {
    clock.time = Date.parse('2026-03-02T10:00:00Z');
    const hub = await openSimulatedHub({ party: HUB, clock });
    const cpo = await openSimulatedCpo({ party: CPO, clock, locations: 2 });
    const emsp = await openSimulatedEmsp({ party: EMSP, clock });
    const other = await openSimulatedEmsp({ party: { country: 'FR', party: 'MSP' }, clock });
    for (const platform of [cpo, emsp, other]) await platform.register(hub.invite());
    const close = () => Promise.all([hub, cpo, emsp, other].map((one) => one.close()));
    return { hub, cpo, emsp, other, close };
  };
  const clientOf = (registration: Registration | undefined) =>
    connect(v221.locations.receiver, network, {
      url: endpointOf(registration?.endpoints ?? [], 'locations', 'RECEIVER'),
      token: registration?.token ?? '',
      retries: 0,
    });
  const codeOf = (promise: Promise<unknown>): Promise<string | number> =>
    promise.then(
      () => 'accepted',
      (error: unknown) => (error instanceof OcpiError ? error.statusCode : String(error)),
    );

  it('carries a command there and its result back, on URLs of its own that are used once', async () => {
    const { cpo, emsp, close } = await open();
    try {
      const [token] = emsp.tokens.all();
      if (!token) throw new Error('the seed made nothing');
      const sent = await emsp.startSession({ token, location_id: 'LOC1', evse_uid: 'LOC1-E1' }, { from: EMSP, to: CPO });
      const command = await cpo.next(({ what }) => what === 'commands.START_SESSION', { past: true });
      const { response_url } = command.value as { response_url: string };
      expect(new URL(response_url).origin).to.equal(new URL(cpo.registration()?.versionsUrl ?? '').origin);
      await cpo.tick();
      expect(await sent.result).to.deep.equal({ result: 'ACCEPTED' });
      expect(
        await codeOf(cpo.callback(v221.commands.sender, response_url).result({ at: response_url, body: { result: 'ACCEPTED' } })),
      ).to.equal(2000);

      clock.time += 3_600_000;
      const session = cpo.sessions.all()[0];
      await cpo.unplug(session?.id ?? '');
      expect(emsp.cdrs).to.have.length(1);
      // The Location of the CDR leads through the hub, and only the CPO that posted it may follow it.
      const url = cpo.accepted.get(emsp.cdrs[0]?.cdr.id ?? '') ?? '';
      expect(new URL(url).origin).to.equal(new URL(cpo.registration()?.versionsUrl ?? '').origin);
      const read = await cpo.callback(v221.cdrs.receiver, url).get({ at: url });
      expect(read.data.id).to.equal(emsp.cdrs[0]?.cdr.id);
      expect(await codeOf(emsp.callback(v221.cdrs.receiver, url).get({ at: url }))).to.equal(2000);
    } finally {
      await close();
    }
  });

  it('routes sessions without an address by the token in them', async () => {
    const { cpo, emsp, other, close } = await open();
    try {
      const [token] = emsp.tokens.all();
      if (!token) throw new Error('the seed made nothing');
      const session = await cpo.plugIn({ location_id: 'LOC1', evse_uid: 'LOC1-E1', token });
      const client = cpo.partner(v221.sessions.receiver, 'RECEIVER', { from: CPO });
      const params = { country_code: 'NL', party_id: 'CPO', session_id: session.id };
      expect((await client.put({ params, body: { ...session, kwh: 7 } })).created).to.equal(false);
      expect(emsp.sessions.all()[0]?.kwh).to.equal(7);
      expect(other.sessions.all()).to.deep.equal([]);
    } finally {
      await close();
    }
  });

  it('passes a push addressed to itself on to all of the other role, and answers GET-all from its store', async () => {
    const { hub, cpo, emsp, other, close } = await open();
    try {
      const [location] = cpo.locations.all();
      if (!location) throw new Error('the seed made nothing');
      const heard = Promise.all([emsp, other].map((one) => one.next(({ what }) => what === 'locations.put')));
      const client = cpo.partner(v221.locations.receiver, 'RECEIVER', { from: CPO, to: HUB });
      await client.put({ params: { country_code: 'NL', party_id: 'CPO', location_id: location.id }, body: location });
      await heard;
      expect(hub.locations.all()).to.deep.equal([location]);
      const all = await emsp.partner(v221.locations.sender, 'SENDER', { from: EMSP, to: HUB }).list();
      expect(all.data).to.deep.equal([location]);
    } finally {
      await close();
    }
  });

  it('turns the Link of a page into one of its own, and follows it to the end', async () => {
    const { emsp, close } = await open();
    try {
      const first = await emsp.partner(v221.locations.sender, 'SENDER', { from: EMSP, to: CPO }).list({ window: { limit: 1 } });
      expect(first.page?.total).to.equal(2);
      expect(first.page?.next).to.match(/\/ocpi\/hub\/[\w-]{24}$/);
      const second = await emsp.partner(v221.locations.sender, 'SENDER', { from: EMSP, to: CPO }).list({ at: first.page?.next ?? '' });
      expect([...first.data, ...second.data].map(({ id }) => id)).to.deep.equal(['LOC1', 'LOC2']);
      expect(second.page?.next).to.equal(undefined);
    } finally {
      await close();
    }
  });

  it('answers 4001, 4003 and 4000 for receivers that are unknown, away, or lack the module', async () => {
    const { hub, cpo, emsp, close } = await open();
    try {
      const pull = (to: typeof CPO) => codeOf(emsp.partner(v221.locations.sender, 'SENDER', { from: EMSP, to }).list());
      expect(await pull({ country: 'XX', party: 'XXX' })).to.equal(4001);
      await hub.setConnected(CPO, false);
      expect(await pull(CPO)).to.equal(4003);
      await hub.setConnected(CPO, true);
      expect(await pull(CPO)).to.equal('accepted');
      expect(await codeOf(cpo.partner(v221.locations.sender, 'SENDER', { from: CPO, to: EMSP }).list())).to.equal(4000);
    } finally {
      await close();
    }
  });

  it('takes the identity from the credential alone: neither headers, URL nor body make another party', async () => {
    const { cpo, emsp, close } = await open();
    try {
      const [location] = cpo.locations.all();
      if (!location) throw new Error('the seed made nothing');
      const params = { country_code: 'NL', party_id: 'CPO', location_id: location.id };
      const cpoClient = clientOf(cpo.registration());
      const emspClient = clientOf(emsp.registration());
      const to = EMSP;
      expect(await codeOf(emspClient.put({ params, body: location, routing: { from: CPO, to } })), 'a foreign from').to.equal(2000);
      const foreign = { ...params, party_id: 'ABC' };
      expect(
        await codeOf(cpoClient.put({ params: foreign, body: { ...location, party_id: 'ABC' }, routing: { from: CPO, to } })),
        'a foreign owner',
      ).to.equal(2001);
      expect(
        await codeOf(cpoClient.put({ params, body: { ...location, party_id: 'ABC' }, routing: { from: CPO, to } })),
        'a foreign body',
      ).to.equal(2001);
      expect(await codeOf(cpoClient.put({ params, body: location, routing: { from: CPO, to } }))).to.equal('accepted');
    } finally {
      await close();
    }
  });

  it('refuses a second credential for a party, and a response_url on a host that is not registered', async () => {
    const { hub, emsp, close } = await open();
    const imposter = await openSimulatedCpo({ party: CPO, clock });
    try {
      expect(await codeOf(imposter.register(hub.invite()))).to.equal(2000);
      const client = emsp.partner(v221.commands.receiver, 'RECEIVER', { from: EMSP, to: CPO });
      expect(await codeOf(client.stopSession({ body: { response_url: 'http://127.0.0.1:1/evil', session_id: 'S' } }))).to.equal(2001);
    } finally {
      await imposter.close();
      await close();
    }
  });
});

import { openSimulatedCpo, openSimulatedEmsp } from '@evroam/ocpi/simulator';
import { expect } from 'chai';

// A CPO and an eMSP of 2.2.1, over real sockets on loopback.
describe('a simulated CPO and eMSP', () => {
  const clock = { time: Date.parse('2026-03-02T10:00:00Z'), now: () => new Date(clock.time) };
  const party = { country: 'NL', party: 'CPO' };
  const open = async (faults: { readonly refuseCdrs?: number } = {}) => {
    clock.time = Date.parse('2026-03-02T10:00:00Z');
    let refusals = faults.refuseCdrs ?? 0;
    const cpo = await openSimulatedCpo({ party, clock, locations: 7 });
    const emsp = await openSimulatedEmsp({
      party: { country: 'DE', party: 'EMS' },
      clock,
      onCdr: () => {
        refusals -= 1;
        if (refusals >= 0) throw new Error('the disk is full');
      },
    });
    return { cpo, emsp, close: () => Promise.all([cpo.close(), emsp.close()]) };
  };

  it('register in either direction, and the first token then opens nothing', async () => {
    const { cpo, emsp, close } = await open();
    try {
      const invitation = emsp.invite();
      const registration = await cpo.register(invitation);
      expect(registration.version).to.equal('2.2.1');
      expect(registration.endpoints.map(({ identifier, role }) => `${identifier} ${role}`)).to.include.members([
        'cdrs RECEIVER',
        'tokens SENDER',
        'credentials SENDER',
      ]);
      expect(emsp.registration()?.credentials.roles[0]?.role).to.equal('CPO');
      const again = await cpo.register(invitation).then(
        () => 'registered',
        (error: { code: string }) => error.code,
      );
      expect(again).to.equal('unauthorized');
    } finally {
      await close();
    }
  });

  it('pull, start by command, push the session, and settle on one CDR', async () => {
    const { cpo, emsp, close } = await open({ refuseCdrs: 1 });
    try {
      await emsp.register(cpo.invite());
      expect(await emsp.pull({ limit: 3 })).to.deep.equal({ locations: 7, tariffs: 1 });
      const [token] = emsp.tokens.all();
      const [location] = emsp.locations.all();
      if (!token || !location?.evses?.[0]) throw new Error('the seed made nothing');
      const sent = await emsp.startSession({
        token,
        location_id: location.id,
        evse_uid: location.evses[0].uid,
        authorization_reference: 'REF-1',
      });
      expect(sent.response.result).to.equal('ACCEPTED');
      await cpo.tick();
      expect(await sent.result).to.deep.equal({ result: 'ACCEPTED' });

      clock.time += 30 * 60_000;
      await cpo.tick();
      const [session] = emsp.sessions.all();
      expect(session?.kwh).to.equal(5.5);
      expect(session?.authorization_reference).to.equal('REF-1');

      clock.time += 45 * 60_000;
      const stop = await emsp.stopSession(session?.id ?? '');
      await cpo.tick();
      expect(await stop.result).to.deep.equal({ result: 'ACCEPTED' });
      // The first offer was refused by a full disk, the tick offered it again.
      expect(cpo.owed).to.deep.equal([]);
      const [received, ...more] = emsp.cdrs;
      expect(more).to.deep.equal([]);
      expect(received?.cdr.total_energy).to.equal(13.75);
      expect(received?.cdr.total_cost).to.deep.equal({ excl_vat: 5.5, incl_vat: 6.66 });
      expect(JSON.parse(received?.raw.toString() ?? '')).to.deep.equal(received?.cdr);
      expect(cpo.accepted.get(received?.cdr.id ?? '')).to.equal(received?.url);
      expect(emsp.sessions.all()[0]?.status).to.equal('COMPLETED');
      expect(emsp.sessions.all()[0]?.charging_periods).to.deep.equal(received?.cdr.charging_periods);
    } finally {
      await close();
    }
  });

  it('rotate tokens on either side and go on', async () => {
    const { cpo, emsp, close } = await open();
    try {
      await emsp.register(cpo.invite());
      const first = emsp.registration()?.token;
      await emsp.rotate();
      expect(emsp.registration()?.token).not.to.equal(first);
      expect((await emsp.pull()).locations).to.equal(7);
      await cpo.rotate();
      expect((await emsp.pull()).locations).to.equal(7);
      await cpo.setStatus('LOC1', 'LOC1-E1', 'BLOCKED');
      expect(emsp.locations.all()[0]?.evses?.[0]?.status).to.equal('BLOCKED');
    } finally {
      await close();
    }
  });
});

import { validate } from '@evroam/ocpi';
import { openSimulatedCpo, openSimulatedEmsp } from '@evroam/ocpi/simulator';
import { expect } from 'chai';

// The whole story in the other versions: both simulators speak the version on the wire, checked against closed schemas on both ends.
for (const version of ['2.1.1', '2.2', '2.3.0'] as const)
  describe(`a simulated CPO and eMSP that speak ${version}`, () => {
    const clock = { time: 0, now: () => new Date(clock.time) };

    it('register, pull, start, charge, stop and bill', async () => {
      clock.time = Date.parse('2026-03-02T10:00:00Z');
      const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'CPO' }, clock, version, locations: 3 });
      const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EMS' }, clock, version });
      try {
        const registration = await emsp.register(cpo.invite());
        expect(registration.version).to.equal(version);
        expect(registration.credentials.roles[0]).to.include({ country_code: 'NL', party_id: 'CPO' });
        expect(await emsp.pull({ limit: 2 })).to.deep.equal({ locations: 3, tariffs: 1 });
        const [token] = emsp.tokens.all();
        if (!token) throw new Error('the seed made nothing');
        await emsp.pushToken(token);
        expect(cpo.tokens.all()[0]).to.include({ uid: token.uid, contract_id: token.contract_id, country_code: 'DE', party_id: 'EMS' });

        const sent = await emsp.startSession({ token, location_id: 'LOC1', evse_uid: 'LOC1-E1' });
        await cpo.tick();
        expect(await sent.result).to.deep.equal({ result: 'ACCEPTED' });
        clock.time += 3_600_000;
        await cpo.tick();
        clock.time += 3_600_000;
        const stop = await emsp.stopSession(cpo.sessions.all()[0]?.id ?? '');
        await cpo.tick();
        expect((await stop.result).result).to.equal('ACCEPTED');

        const [session] = emsp.sessions.all();
        expect(session).to.include({ kwh: 22, status: 'COMPLETED', location_id: 'LOC1' });
        expect(session?.charging_periods).to.have.length(2);
        const [received] = emsp.cdrs;
        expect(received?.cdr.total_energy).to.equal(22);
        expect(received?.cdr.total_cost.excl_vat).to.equal(8.8);
        expect(cpo.owed).to.deep.equal([]);
        // What stood on the wire was an object of this version.
        const posted = await emsp.next(({ what }) => what === 'cdrs.post', { past: true });
        const onWire = cpo.next(({ direction, what }) => direction === 'out' && what.startsWith('POST') && what.endsWith('/cdrs'), {
          past: true,
        });
        const { raw } = await onWire;
        expect(received?.raw.equals(raw ?? Buffer.alloc(0))).to.equal(true);
        const verdict = validate(version, 'CDR', 'full', JSON.parse(String(raw)), { unknown: 'refuse' });
        expect(verdict.ok, JSON.stringify(verdict)).to.equal(true);
        expect(posted.id).to.equal(received?.cdr.id);
        await emsp.rotate();
        expect((await emsp.pull()).locations).to.equal(3);
      } finally {
        await Promise.all([cpo.close(), emsp.close()]);
      }
    });
  });

import { openSimulatedCpo, openSimulatedEmsp } from '@evroam/ocpi/simulator';
import { expect } from 'chai';

describe('simulated faults', () => {
  const clock = { time: 0, now: () => new Date(clock.time) };
  const open = async () => {
    clock.time = Date.parse('2026-03-02T10:00:00Z');
    const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'CPO' }, clock });
    const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EMS' }, clock });
    await emsp.register(cpo.invite());
    const [token] = emsp.tokens.all();
    if (!token) throw new Error('the seed made nothing');
    const charge = async () => {
      const session = await cpo.plugIn({ location_id: 'LOC1', evse_uid: 'LOC1-E1', token });
      for (const _ of [1, 2]) {
        clock.time += 1_800_000;
        await cpo.tick();
      }
      return cpo.unplug(session.id);
    };
    return { cpo, emsp, token, charge, close: () => Promise.all([cpo.close(), emsp.close()]) };
  };

  it('of a CPO: no CDR, CDRs again with the same or another content, and under another id', async () => {
    const { cpo, emsp, charge, close } = await open();
    try {
      cpo.faults.add('no-cdr');
      await charge();
      expect(emsp.cdrs).to.deep.equal([]);
      cpo.faults.delete('no-cdr');
      for (const fault of ['cdr-twice', 'cdr-changed', 'cdr-renamed'] as const) cpo.faults.add(fault);
      const { id } = await charge();
      // The repeat is answered as before, the changed one refused, the renamed one kept: to notice it is the platform's work.
      expect(emsp.cdrs.map(({ cdr }) => cdr.id)).to.deep.equal([id, `${id}-2`]);
    } finally {
      await close();
    }
  });

  it('of a CPO: a total that is too high, a period that is missing, a result that never comes', async () => {
    const { cpo, emsp, token, charge, close } = await open();
    try {
      cpo.faults.add('wrong-total').add('period-missing').add('no-result');
      await charge();
      const [received] = emsp.cdrs;
      expect(received?.cdr.total_cost.excl_vat).to.equal(5.4);
      expect(received?.cdr.charging_periods).to.have.length(1);
      const sent = await emsp.startSession({ token, location_id: 'LOC1', evse_uid: 'LOC1-E1' });
      await cpo.tick();
      expect(await Promise.race([sent.result, Promise.resolve('nothing yet')])).to.equal('nothing yet');
    } finally {
      await close();
    }
  });

  it('of an eMSP: CDRs refused until it recovers, and everything unavailable', async () => {
    const { cpo, emsp, charge, close } = await open();
    try {
      emsp.faults.add('refuse-cdr');
      await charge();
      expect(cpo.owed).to.have.length(1);
      expect(cpo.owed[0]?.lastError).to.include('no CDR is taken today');
      emsp.faults.delete('refuse-cdr');
      emsp.faults.add('unavailable');
      await cpo.tick();
      expect(cpo.owed[0]?.tries).to.equal(2);
      emsp.faults.delete('unavailable');
      await cpo.tick();
      expect(cpo.owed).to.deep.equal([]);
      expect(emsp.cdrs).to.have.length(1);
    } finally {
      await close();
    }
  });
});

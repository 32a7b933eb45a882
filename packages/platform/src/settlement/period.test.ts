import { expect } from 'chai';
import fc from 'fast-check';
import { applyPeriod, boundsOf, type Cycle, cycleOf, nextPeriod, type Period, periodOf, readPeriod, takes } from './period.js';

const moments = fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true });
const cycles = fc.constantFrom<Cycle>('daily', 'weekly', 'monthly');

describe('periods', () => {
  it('every moment lies in exactly one period of a cycle, and the next begins where it ends', () => {
    fc.assert(
      fc.property(moments, cycles, (at, cycle) => {
        const name = periodOf(at, cycle);
        const { from, until } = boundsOf(name);
        expect(from <= at && at < until).to.equal(true);
        expect(cycleOf(name)).to.equal(cycle);
        expect(readPeriod(name)).to.equal(name);
        expect(boundsOf(nextPeriod(name)).from).to.deep.equal(until);
        expect(nextPeriod(name) > name).to.equal(true);
      }),
      { seed: 15, numRuns: 1000 },
    );
  });

  it('counts weeks by ISO 8601', () => {
    expect(periodOf(new Date('2027-01-01T12:00:00Z'), 'weekly')).to.equal('2026-W53');
    expect(periodOf(new Date('2026-11-24T00:00:00Z'), 'weekly')).to.equal('2026-W48');
  });

  it('does not read what names none', () => {
    for (const text of ['2026-13', '2026-W54', '2026-02-30', '2026', 'x', '2026-1']) expect(readPeriod(text), text).to.equal(undefined);
  });

  it('opens again by two persons only, before a statement was accepted, as the next version', () => {
    const closed: Period = { name: '2026-11', state: 'closed', version: 1 };
    const reopen = (approvedBy: string[], accepted = 0) => applyPeriod(closed, { type: 'reopened', approvedBy, accepted });
    expect(reopen(['a', 'a'])).to.include({ reason: 'secondPerson' });
    expect(reopen(['a', 'b'], 1)).to.include({ reason: 'statementAccepted' });
    expect(reopen(['a', 'b'])).to.deep.equal({ accepted: true, period: { name: '2026-11', state: 'open', version: 2 } });
    expect(applyPeriod({ ...closed, state: 'open' }, { type: 'closed' })).to.include({ reason: 'notCutOff' });
  });

  it('takes after its cut-off only what was received before', () => {
    const cut: Period = { name: '2026-11', state: 'cutOff', version: 1, cutOffAt: new Date(1000) };
    expect([takes(cut, new Date(1000)), takes(cut, new Date(1001)), takes({ ...cut, state: 'closed' }, new Date(0))]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });
});

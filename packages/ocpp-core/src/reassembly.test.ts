import { expect } from 'chai';
import fc from 'fast-check';
import { type Part, Reports } from './reassembly.js';

describe('the parts of a report', () => {
  it('come together in any order, doubled and mixed with others', () => {
    const parts = fc.array(fc.array(fc.integer(), { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, parts, fc.infiniteStream(fc.nat()), (one, other, order) => {
        const reports = new Reports<number>();
        const all = [one, other].flatMap((report, requestId) =>
          report.flatMap((items, seqNo): Part<number>[] => {
            const part = { requestId, seqNo, tbc: seqNo < report.length - 1, items };
            return [part, part];
          }),
        );
        const shuffled = all.map((part) => ({ part, key: order.next().value ?? 0 })).sort((a, b) => a.key - b.key);
        const complete = new Map<number | undefined, readonly number[]>();
        for (const { part } of shuffled) {
          if (complete.has(part.requestId)) continue;
          const result = reports.add(part);
          if (result.state === 'complete') complete.set(part.requestId, result.items);
        }
        expect(complete.get(0)).to.deep.equal(one.flat());
        expect(complete.get(1)).to.deep.equal(other.flat());
        expect(reports.waiting).to.equal(0);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('without a number are taken as they come', () => {
    const reports = new Reports<string>();
    expect(reports.add({ requestId: 1, tbc: true, items: ['a'] })).to.deep.equal({ state: 'waiting' });
    expect(reports.add({ requestId: 1, items: ['b'] })).to.deep.equal({ state: 'complete', items: ['a', 'b'] });
  });

  it('are held in bounds', () => {
    const reports = new Reports<number>({ reports: 2, items: 3 });
    for (const requestId of [1, 2, 3]) reports.add({ requestId, seqNo: 0, tbc: true, items: [requestId] });
    expect(reports.waiting).to.equal(2);
    expect(reports.add({ requestId: 3, seqNo: 1, tbc: true, items: [1, 2, 3] })).to.deep.equal({ state: 'tooLarge' });
    expect(reports.waiting).to.equal(1);
  });
});

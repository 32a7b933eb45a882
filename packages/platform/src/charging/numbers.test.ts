import { expect } from 'chai';
import fc from 'fast-check';
import { hasGap, hasNumber, type Numbers, withNumber } from './numbers.js';

describe('numbers heard', () => {
  it('are those that were given, in as few stretches as can be', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 })), (given) => {
        const numbers = given.reduce<Numbers>(withNumber, []);
        for (let n = 0; n <= 41; n += 1) expect(hasNumber(numbers, n)).to.equal(given.includes(n));
        const sorted = [...new Set(given)].sort((a, b) => a - b);
        expect(numbers.length).to.equal(sorted.filter((n, i) => n !== sorted[i - 1]! + 1).length);
        expect(hasGap(numbers)).to.equal(numbers.length > 1);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

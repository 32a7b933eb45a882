import { expect } from 'chai';
import fc from 'fast-check';
import { decimalText, fromScaled, toScaled, toScaledBig } from './number.js';

describe('numbers at the border', () => {
  it('become the integer that their decimal text stands for, whatever the places', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 51n) + 1n, max: 2n ** 51n - 1n }), fc.integer({ min: 0, max: 9 }), (n, places) => {
        const written = Number(decimalText(n, places));
        expect(toScaledBig(written, places)).to.equal(n);
        expect(fromScaled(n, places)).to.equal(written);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it('of 2^51 and above go through their text into a bigint', () => {
    expect(toScaled(2 ** 53, 0)).to.equal(2n ** 53n);
    expect(toScaled(9_007_199_254.740_993, 6)).to.equal(9_007_199_254_740_993n);
    expect(toScaled(1e21, 4)).to.equal(10n ** 25n);
    expect(toScaled(2_251_799.813_685_2, 9)).to.equal(2_251_799_813_685_200);
  });

  it('that are finer than the field are refused, or rounded half away from zero where that was agreed', () => {
    expect(toScaled(0.12345, 4)).to.equal(undefined);
    expect(toScaled(0.12345, 4, 'round')).to.equal(1235);
    expect(toScaled(-0.12345, 4, 'round')).to.equal(-1235);
    expect(toScaled(1.005, 2, 'round')).to.equal(101);
    expect(toScaled(1e-7, 9)).to.equal(100);
    expect(toScaled(1e-10, 9)).to.equal(undefined);
  });

  it('that are none are refused, and there is no negative zero', () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) expect(toScaled(x, 4)).to.equal(undefined);
    expect(Object.is(toScaled(-0, 4), 0)).to.equal(true);
  });
});

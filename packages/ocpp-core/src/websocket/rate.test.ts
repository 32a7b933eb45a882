import { expect } from 'chai';
import { Rate } from './rate.js';

describe('a rate', () => {
  it('lets a minute’s worth through at once, then one by one', () => {
    const rate = new Rate(3, 10);
    expect([1, 2, 3, 4].map(() => rate.take('A', 1_000))).to.deep.equal([true, true, true, false]);
    expect(rate.take('B', 1_000)).to.equal(true);
    expect(rate.take('A', 20_999)).to.equal(false);
    expect(rate.take('A', 21_001)).to.equal(true);
    expect(rate.take('A', 21_002)).to.equal(false);
    expect([1, 2, 3, 4].map(() => rate.take('A', 200_000))).to.deep.equal([true, true, true, false]);
  });

  it('forgets the names longest unseen', () => {
    const rate = new Rate(1, 2);
    for (const name of ['A', 'B', 'C']) expect(rate.take(name, 0)).to.equal(true);
    expect(rate.take('C', 0)).to.equal(false);
    expect(rate.take('A', 0)).to.equal(true);
  });
});

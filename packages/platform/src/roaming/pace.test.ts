import { expect } from 'chai';
import { createPace } from './pace.js';

describe('a pace', () => {
  const open = () => {
    let at = 0;
    const pace = createPace(() => at);
    const admitted = (id: string, tries: number, perSecond = 10) =>
      Array.from({ length: tries }, () => pace.admits(id, perSecond)).filter(Boolean).length;
    return {
      admitted,
      pass(ms: number) {
        at += ms;
      },
    };
  };

  it('admits so many at once, and then so many a second, however hard one tries', () => {
    const { admitted, pass } = open();
    expect(admitted('a', 50)).to.equal(10);
    let later = 0;
    for (let i = 0; i < 100; i += 1) {
      pass(10);
      later += admitted('a', 5);
    }
    expect(later).to.equal(10);
  });

  it('saves up no more than one second', () => {
    const { admitted, pass } = open();
    admitted('a', 10);
    pass(60_000);
    expect(admitted('a', 50)).to.equal(10);
  });

  it('is everybody’s own, and changes with what is allowed', () => {
    const { admitted, pass } = open();
    expect([admitted('a', 20), admitted('b', 20)]).to.deep.equal([10, 10]);
    pass(1000);
    expect(admitted('a', 20, 2)).to.equal(2);
  });
});

import { expect } from 'chai';
import { createGather } from './gather.js';

const conflict = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });

describe('asks that are gathered', () => {
  /** Doubles numbers; keeps what each statement was asked, and fails as it is told. */
  function doubles(fault: (asks: readonly number[]) => Error | undefined = () => undefined) {
    const statements: number[][] = [];
    const ask = createGather<number, number>({
      key: (n) => String(n),
      run: async (asks) => {
        statements.push([...asks]);
        const error = fault(asks);
        if (error) throw error;
        return asks.map((n) => n * 2);
      },
    });
    return { ask, statements };
  }

  it('go together, sorted by key, and each gets its own answer', async () => {
    const { ask, statements } = doubles();
    expect(await Promise.all([3, 1, 2].map(ask))).to.deep.equal([6, 2, 4]);
    expect(statements).to.deep.equal([[1, 2, 3]]);
  });

  it('wait for the statement that runs, and for an earlier one of their key', async () => {
    const { ask, statements } = doubles();
    expect(await Promise.all([1, 2, 1, 1].map(ask))).to.deep.equal([2, 4, 2, 2]);
    expect(statements).to.deep.equal([[1, 2], [1], [1]]);
  });

  it('are many statements only beyond the most that one takes', async () => {
    const { ask, statements } = doubles();
    await Promise.all(Array.from({ length: 150 }, (_, n) => ask(n)));
    expect(statements.map(({ length }) => length)).to.deep.equal([64, 64, 22]);
  });

  it('fail alone', async () => {
    const { ask } = doubles((asks) => (asks.includes(5) ? new Error('5 is bad') : undefined));
    const answers = await Promise.allSettled([4, 5, 6, 7].map(ask));
    expect(answers.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.message))).to.deep.equal([8, '5 is bad', 12, 14]);
  });

  it('are asked again after a conflict, and all fail at once in an outage', async () => {
    let conflicts = 2;
    const patient = doubles(() => (conflicts-- > 0 ? conflict() : undefined));
    expect(await Promise.all([1, 2].map(patient.ask))).to.deep.equal([2, 4]);
    expect(patient.statements).to.have.length(3);

    const away = doubles(() => Object.assign(new Error('the server is starting'), { code: '57P03' }));
    expect((await Promise.allSettled([1, 2].map(away.ask))).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(away.statements).to.have.length(1);
  });
});

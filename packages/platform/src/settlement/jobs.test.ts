import { expect } from 'chai';
import { startJobs } from './jobs.js';

describe('what settlement does by itself', () => {
  it('goes round after round, tells of a failed one, and ends after the one at work', async () => {
    const done: string[] = [];
    const failures: string[] = [];
    let rounds = 0;
    let third: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      third = resolve;
    });
    const step = (name: string) => async () => {
      done.push(name);
      return 0;
    };
    const jobs = startJobs(
      {
        sweep: async () => {
          rounds += 1;
          if (rounds === 2) throw new Error('the database is away');
          if (rounds === 3) third();
          return step('sweep')();
        },
        seal: step('seal'),
        normalise: step('normalise'),
        issueAllDrafts: step('issue'),
      },
      { everyMs: 1, failed: (error) => failures.push(error.message) },
    );
    await reached;
    await jobs.stop();
    const seen = rounds;
    expect(failures).to.deep.equal(['the database is away']);
    expect(done.slice(0, 4)).to.deep.equal(['sweep', 'seal', 'normalise', 'issue']);
    expect(done.at(-1)).to.equal('issue');
    await jobs.stop();
    expect(rounds).to.equal(seen);
  });
});

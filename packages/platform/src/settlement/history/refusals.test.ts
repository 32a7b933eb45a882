import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import { forget } from '../fixture.test.js';
import { migrations } from '../index.js';
import { checkClosing, checkEnds } from './books.test.js';
import { checkDoors } from './doors.test.js';
import { checkDisputes, checkIllegal, checkIntruders, checkLate } from './persons.test.js';
import { histories, OPERATOR, open, runs, SEED, TIMEOUT_MS } from './runs.test.js';
import { play } from './stories.test.js';
import { writesPast } from './writes.test.js';

describe(`what random histories of settlement refuse (seed ${SEED})`, function () {
  this.timeout(TIMEOUT_MS);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  it('nothing that is sent or done besides moves money that it should not', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ told, jumps }) => {
        await forget(database);
        const { settlement, world, messages } = open(database, told, jumps);
        await play(settlement, world, messages);
        await checkDoors(settlement);
        await checkIllegal(settlement);
        await checkDisputes(settlement);
        await checkIntruders(
          settlement,
          messages.map(({ cdr }) => cdr),
        );
        await checkEnds(settlement, told);
        await checkClosing(settlement, world);
        await checkLate(settlement);
      }),
      runs(4),
    );
  });

  it('what is written past the code, the database refuses', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(1000), async ({ told, jumps }, which) => {
        await forget(database);
        const { settlement, world, messages } = open(database, told, jumps);
        await play(settlement, world, messages);
        const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'anna', reason: 'month end' });
        expect(closed.accepted).to.equal(true);
        const digest = await settlement.canonicalStateDigest(OPERATOR);
        for (const [what, write] of Object.entries(writesPast(which)))
          expect(await write(database), what).to.be.oneOf(['23514', '23503', '23505', 'nothing to write on']);
        expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
        expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
      }),
      runs(4),
    );
  });
});

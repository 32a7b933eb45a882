import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import { forget } from '../fixture.test.js';
import { createSettlement, migrations } from '../index.js';
import { createStore } from '../store.js';
import { checkBooks, checkClosing, checkEnds } from './books.test.js';
import { checkReopening } from './persons.test.js';
import { count, histories, mixed, OPERATOR, open, runs, SEED, TIMEOUT_MS, toldStories } from './runs.test.js';
import { hand, lookAgain, messagesOf, newWorld, play, sourceOf } from './stories.test.js';

describe(`random histories of settlement (seed ${SEED})`, function () {
  this.timeout(TIMEOUT_MS);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  it('any order, repetition, batching and clock of the same messages ends in the same states, balances and digest', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const { told, atOnce, jumps } = history;
        await forget(database);
        const first = open(database, told);
        for (const message of first.messages) await hand(first.settlement, first.world, message);
        await checkEnds(first.settlement, told, { swept: false });
        await lookAgain(first.settlement);
        await checkBooks(first.settlement, count(first.messages));
        await checkEnds(first.settlement, told);
        const digest = await first.settlement.canonicalStateDigest(OPERATOR);

        await forget(database);
        const { settlement, world, messages } = open(database, told, jumps);
        const again = mixed(messages, history);
        for (let i = 0; i < again.length; i += atOnce)
          await Promise.all(again.slice(i, i + atOnce).map((message) => hand(settlement, world, message)));
        await checkEnds(settlement, told, { swept: false });
        await lookAgain(settlement);
        await checkBooks(settlement, count(again));
        expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
        await checkEnds(settlement, told);
        await checkClosing(settlement, world);
        await checkReopening(settlement, world);
      }),
      runs(5),
    );
  });

  it('many CDRs at once end as one by one', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ told }) => {
        await forget(database);
        const first = open(database, told);
        await play(first.settlement, first.world, first.messages);
        const digest = await first.settlement.canonicalStateDigest(OPERATOR);

        await forget(database);
        const { settlement, world, messages } = open(database, told);
        const cdrs = messages.flatMap((message) => (message.kind === 'cdr' ? [message.cdr] : []));
        await settlement.recordAll(
          OPERATOR,
          cdrs.map((one) => ({ cdr: one, source: sourceOf(one) })),
        );
        await play(
          settlement,
          world,
          messages.filter(({ kind }) => kind === 'session'),
        );
        await checkBooks(settlement, cdrs.length);
        await checkEnds(settlement, told);
        expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
        await settlement.seal();
        expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
      }),
      runs(5),
    );
  });
});

describe(`the log of settlement, played again (seed ${SEED})`, function () {
  this.timeout(TIMEOUT_MS);
  let first: TestDatabase;
  let second: TestDatabase;
  before(async () => {
    [first, second] = await Promise.all([testDatabase(migrations), testDatabase(migrations)]);
  });
  after(() => Promise.all([first.drop(), second.drop()]));

  it('into an empty store gives the same block hashes and the same books; again, nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(toldStories, fc.integer({ min: 1, max: 5 }), async (told, blocks) => {
        await Promise.all([forget(first), forget(second)]);
        const known = newWorld();
        const clock = { now: () => new Date(Date.UTC(2026, 10, 20)), rate: 1 };
        const of = ({ sql, transact }: TestDatabase) => createSettlement({ ports: known, transact, clock }, { sql });
        const [settlement, copy] = [of(first), of(second)];
        const messages = told.flatMap((story, n) => messagesOf(story, n, known));
        for (let n = 0; n < blocks; n += 1) {
          await play(settlement, known, messages.slice((n * messages.length) / blocks, ((n + 1) * messages.length) / blocks));
          await settlement.seal();
        }
        const log = createStore(first.sql);
        const sealed = await hashesOf(first);
        expect(await copy.replay(OPERATOR, log)).to.equal(sealed.length);
        expect(await hashesOf(second)).to.deep.equal(sealed);
        for (let n = 0; n < 2; n += 1) {
          expect((await copy.audit(OPERATOR)).faults).to.deep.equal([]);
          expect((await copy.trialBalance(OPERATOR)).balances).to.deep.equal((await settlement.trialBalance(OPERATOR)).balances);
          expect(await hashesOf(second)).to.deep.equal(sealed);
          expect(await copy.replay(OPERATOR, log)).to.equal(0);
        }
      }),
      runs(4),
    );
  });

  const hashesOf = ({ sql }: TestDatabase) => sql(undefined, 'SELECT issuer, height, hash FROM settlement_block ORDER BY issuer, height');
});

import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import { forget, OPERATOR, OURS } from './fixture.test.js';
import { checkDisputes, checkIntruders, checkReopening } from './history-deeds.test.js';
import { checkBooks, checkClosing, checkEnds, type Message, messagesOf, newWorld, play, stories } from './history-fixture.test.js';
import { createSettlement, migrations } from './index.js';
import { createStore } from './store.js';

const QUICK = process.env.EVROAM_EFFORT !== 'long';
const SEED = Number(process.env.EVROAM_SEED ?? (QUICK ? 16 : Math.floor(Math.random() * 1e9)));
const RUNS = { seed: SEED, numRuns: QUICK ? 5 : 60, endOnFailure: true };

describe(`random histories of settlement (seed ${SEED})`, function () {
  this.timeout(QUICK ? 60_000 : 0);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  const world = () => {
    const known = newWorld();
    // The clock of a node may be wrong and jump: within the month this changes no state and no money.
    let asked = 0;
    const now = () => {
      asked += 7;
      return new Date(Date.UTC(2026, 10, 20) + (asked % 120) * 60_000);
    };
    const clock = { now, rate: 1 };
    return { known, settlement: createSettlement({ ports: known, transact: database.transact, clock }, { sql: database.sql }) };
  };

  const histories = fc.array(stories, { minLength: 1, maxLength: 8 }).chain((told) => {
    const places = fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 });
    return fc.record({
      told: fc.constant(told),
      places,
      repeats: fc.array(fc.nat(30), { maxLength: 6 }),
      atOnce: fc.integer({ min: 1, max: 4 }),
    });
  });

  it('any order, repetition and batching of the same messages ends in the same states, balances and digest', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ told, places, repeats, atOnce }) => {
        await forget(database);
        const first = world();
        const messages = told.flatMap((story, n) => messagesOf(story, n, first.known));
        await play(first.settlement, first.known, messages);
        await checkBooks(first.settlement, count(messages));
        await checkEnds(first.settlement, told);
        const digest = await first.settlement.canonicalStateDigest(OPERATOR);

        await forget(database);
        const second = world();
        for (const [n, story] of told.entries()) messagesOf(story, n, second.known);
        const shuffled = messages.map((message, i) => ({ message, place: places[i] ?? 0 })).sort((a, b) => a.place - b.place);
        const again = shuffled.map(({ message }) => message);
        for (const at of repeats) again.push(again[at % again.length]!);
        await play(second.settlement, second.known, again, atOnce);
        await checkBooks(second.settlement, count(again));
        expect(await second.settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
        await checkEnds(second.settlement, told);
        await checkClosing(second.settlement, second.known);
        await checkReopening(second.settlement, second.known);
      }),
      RUNS,
    );
  });

  it('nothing that is sent or done besides moves money that it should not', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ told }) => {
        await forget(database);
        const { settlement, known } = world();
        const messages = told.flatMap((story, n) => messagesOf(story, n, known));
        await play(settlement, known, messages);
        await checkDisputes(settlement);
        await checkIntruders(
          settlement,
          messages.map(({ cdr }) => cdr),
        );
        await checkEnds(settlement, told);
        await checkClosing(settlement, known);
      }),
      RUNS,
    );
  });

  it('many CDRs at once end as one by one', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ told }) => {
        await forget(database);
        const first = world();
        const messages = told.flatMap((story, n) => messagesOf(story, n, first.known));
        await play(first.settlement, first.known, messages);
        const digest = await first.settlement.canonicalStateDigest(OPERATOR);

        await forget(database);
        const second = world();
        const again = told.flatMap((story, n) => messagesOf(story, n, second.known));
        const cdrs = again.flatMap((message) => (message.kind === 'cdr' ? [message.cdr] : []));
        await second.settlement.recordAll(
          OPERATOR,
          cdrs.map((one) => ({ cdr: one, source: one.owner === OURS ? 'own' : 'partner' })),
        );
        await play(
          second.settlement,
          second.known,
          again.filter(({ kind }) => kind === 'session'),
        );
        await checkBooks(second.settlement, cdrs.length);
        await checkEnds(second.settlement, told);
        expect(await second.settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
        await second.settlement.seal();
        expect((await second.settlement.audit(OPERATOR)).faults).to.deep.equal([]);
      }),
      RUNS,
    );
  });
});

describe(`the log of settlement, played again (seed ${SEED})`, function () {
  this.timeout(QUICK ? 60_000 : 0);
  let first: TestDatabase;
  let second: TestDatabase;
  before(async () => {
    [first, second] = await Promise.all([testDatabase(migrations), testDatabase(migrations)]);
  });
  after(() => Promise.all([first.drop(), second.drop()]));

  it('into an empty store gives the same block hashes and the same books; again, nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stories, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (told, blocks) => {
        await Promise.all([forget(first), forget(second)]);
        const known = newWorld();
        const clock = { now: () => new Date(Date.UTC(2026, 10, 20)), rate: 1 };
        const open = ({ sql, transact }: TestDatabase) => createSettlement({ ports: known, transact, clock }, { sql });
        const [settlement, copy] = [open(first), open(second)];
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
      RUNS,
    );
  });

  const hashesOf = ({ sql }: TestDatabase) => sql(undefined, 'SELECT issuer, height, hash FROM settlement_block ORDER BY issuer, height');
});

const count = (messages: readonly Message[]) => messages.filter(({ kind }) => kind === 'cdr').length;

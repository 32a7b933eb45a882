import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import { forget, OPERATOR } from './fixture.test.js';
import { checkBooks, checkClosing, type Message, messagesOf, newWorld, play, stories } from './history-fixture.test.js';
import { createSettlement, migrations } from './index.js';

const SEED = Number(process.env.EVROAM_SEED ?? 16);
const QUICK = process.env.EVROAM_EFFORT !== 'long';
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
        await checkClosing(second.settlement, second.known);
      }),
      RUNS,
    );
  });
});

const count = (messages: readonly Message[]) => messages.filter(({ kind }) => kind === 'cdr').length;

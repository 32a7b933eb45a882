import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import { forget } from '../fixture.test.js';
import { migrations } from '../index.js';
import { checkAmounts } from './amounts.test.js';
import { checkBooks } from './books.test.js';
import { watchLog } from './log.test.js';
import { histories, mixed, OPERATOR, open, runs, SEED, TIMEOUT_MS } from './runs.test.js';
import { hand, lookAgain, play } from './stories.test.js';

describe(`the money in random histories of settlement (seed ${SEED})`, function () {
  this.timeout(TIMEOUT_MS);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  it('after every step the ledger balances, has only grown, and its kept balances and blocks are what it says', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (history, sealed) => {
        await forget(database);
        const { settlement, world, messages } = open(database, history.told, history.jumps);
        const watch = watchLog(database);
        const moments: Date[] = [];
        for (const [n, message] of mixed(messages, history).entries()) {
          await hand(settlement, world, message);
          if (sealed[n]) await settlement.seal();
          await watch();
          const [last] = await database.sql<{ at: Date }>(
            undefined,
            'SELECT posted_at AS at FROM settlement_entry ORDER BY id DESC LIMIT 1',
          );
          if (last) moments.push(last.at);
        }
        await lookAgain(settlement);
        await settlement.seal();
        await watch();
        for (const until of [undefined, ...moments]) {
          const { imbalance } = await settlement.trialBalance(OPERATOR, until);
          for (const [currency, minor] of Object.entries(imbalance))
            expect(minor, `${currency} until ${until?.toISOString()}`).to.equal(0n);
        }
        expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
      }),
      runs(5),
    );
  });

  it('each CDR is posted at its unrounded price, rounded and taxed as agreed, and partners owe the sums', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        await forget(database);
        const { settlement, world, messages } = open(database, history.told, history.jumps);
        await play(settlement, world, mixed(messages, history), history.atOnce);
        await checkAmounts(settlement);
      }),
      runs(6),
    );
  });

  it('what was rated stays as it is, whatever becomes of its agreement and of its tariff', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.double({ min: 0, max: 1, noNaN: true }), async ({ told, jumps }, share) => {
        await forget(database);
        const { settlement, world, messages } = open(database, told, jumps);
        const at = Math.ceil(messages.length * share);
        await play(settlement, world, messages.slice(0, at));
        await checkBooks(settlement);
        const rated = async () => {
          const kept = new Map<string, string>();
          for (const { key } of (await settlement.cdrs(OPERATOR, { states: ['accepted'], limit: 500 })).items) {
            const { charge, sold, agreement, period } = (await settlement.cdr(OPERATOR, key))!;
            const entries = (await settlement.entriesOf(OPERATOR, key)).map(({ key: name, legs }) => [
              name,
              legs.map((leg) => [leg.account, `${leg.minor}`]),
            ]);
            const prices = [charge, sold].map((one) => one && [`${one.net}`, `${one.gross}`]);
            kept.set(key, JSON.stringify([prices, agreement && [agreement.id, agreement.version], period, entries]));
          }
          return kept;
        };
        const before = await rated();
        for (const terms of world.agreementsOf.values())
          world.agree({
            ...terms,
            version: 2,
            tax: { name: 'VAT', rate: 90_000 },
            taxTreatment: 'exempt',
            rounding: 'perLine',
            tolerance: { ...terms.tolerance, costRate: 0 },
          });
        world.tariffsOf.clear();
        await play(settlement, world, [...messages.slice(0, at), ...messages.slice(at)]);
        const after = await rated();
        for (const [key, text] of before) expect(after.get(key), `${key} as it was rated`).to.equal(text);
        // A credit that came after the change gives back what was posted before it.
        for (const [key] of before) {
          const credit = (await settlement.cdr(OPERATOR, `${key}-C`))!;
          if (credit?.life.clearing.state !== 'accepted') continue;
          const original = (await settlement.cdr(OPERATOR, key))!;
          expect([credit.agreement?.version, -(credit.charge?.gross ?? 0n)], `${key}-C`).to.deep.equal([
            original.agreement?.version,
            original.charge?.gross,
          ]);
        }
        await settlement.seal();
        expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
        expect((await settlement.run(OPERATOR, '2026-11')).differing).to.deep.equal([]);
      }),
      runs(5),
    );
  });
});

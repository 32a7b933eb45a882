import { verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import { cdrKey } from '../../model/cdr.js';
import { forget, PUBLIC_KEY } from '../fixture.test.js';
import { createSettlement, migrations, type SettlementService } from '../index.js';
import { allCdrs, checkBooks, checkEnds } from './books.test.js';
import { throughDeaths } from './mortal.test.js';
import { count, type History, histories, jumpingClock, mixed, OPERATOR, open, runs, SEED, TIMEOUT_MS } from './runs.test.js';
import { hand, lookAgain } from './stories.test.js';

const ANNA = { actor: 'anna', reason: 'month end' };
/** Statements between two deaths: few enough that each place of the work is hit again and again. */
const deaths = (furthest: number) => fc.array(fc.integer({ min: 0, max: furthest }), { minLength: 1, maxLength: 8 });
const allDeaths = fc.record({ taking: deaths(24), acting: deaths(20), sealing: deaths(12), closing: deaths(24) });
type Deaths = typeof allDeaths extends fc.Arbitrary<infer Each> ? Each : never;
const CALM: Deaths = { taking: [], acting: [], sealing: [], closing: [] };

describe(`settlement killed within random histories (seed ${SEED})`, function () {
  this.timeout(TIMEOUT_MS);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  it('killed before any statement, at COMMIT or after it: what was acknowledged is there once, and all ends as undisturbed', async () => {
    await fc.assert(
      fc.asyncProperty(histories, allDeaths, async (history, killed) => {
        const calm = await lived(history, CALM);
        expect(await lived(history, killed)).to.deep.equal(calm);
      }),
      runs(4),
    );
  });

  /** Takes in, disputes, resolves, seals, closes and states; gives the digest after each stage. */
  async function lived(history: History, { taking, acting, sealing, closing }: Deaths) {
    await forget(database);
    const { settlement: watcher, world, messages } = open(database, history.told, history.jumps);
    // Each node is a new one, and all know the same world.
    const service = (node: Pick<TestDatabase, 'sql' | 'transact'>): SettlementService =>
      createSettlement({ ports: world, transact: node.transact, clock: jumpingClock(history.jumps) }, { sql: node.sql });
    const todo = mixed(messages, history);
    const acknowledged = new Set<string>();
    let attempts = 0;
    const found = async () => {
      for (const key of acknowledged) expect(await watcher.cdr(OPERATOR, key), `${key} was acknowledged`).to.not.equal(undefined);
      await checkBooks(watcher);
      for (const { key, dispute } of await allCdrs(watcher)) {
        const aside = (await watcher.entriesOf(OPERATOR, key)).filter(({ posting }) => posting.startsWith('P2')).length;
        const whole = { none: 0, open: 1, resolved: 2 }[dispute];
        expect(aside, `dispute ${dispute} of ${key}`).to.equal(whole);
      }
      expect((await watcher.audit(OPERATOR)).faults).to.deep.equal([]);
    };
    const stages: string[] = [];
    const stage = async (moments: readonly number[], work: (settlement: SettlementService) => Promise<void>) => {
      await throughDeaths(database.url, moments, (node) => work(service(node)), found);
      await found();
      stages.push(await watcher.canonicalStateDigest(OPERATOR));
    };

    let next = 0;
    await stage(taking, async (settlement) => {
      for (; next < todo.length; next += 1) {
        const message = todo[next]!;
        attempts += count([message]);
        await hand(settlement, world, message);
        if (message.kind === 'cdr') acknowledged.add(cdrKey(message.cdr.owner, message.cdr.id));
        if (next % 5 === 4) await settlement.seal();
      }
      await lookAgain(settlement);
    });
    const seen = Object.values(await watcher.counts(OPERATOR)).reduce((sum, n) => sum + n, 0);
    expect(seen, 'each is counted, an unanswered one perhaps twice').to.be.within(count(todo), attempts);
    const standing = (await allCdrs(watcher))
      .filter(({ state, credit, creditOf, gross }) => state === 'accepted' && credit === 'none' && creditOf === undefined && gross !== 0n)
      .slice(0, 2)
      .map(({ key }) => key);
    await stage(acting, async (settlement) => {
      for (const key of standing) {
        for (const act of ['dispute', 'resolve'] as const) {
          const answer = await settlement[act](OPERATOR, key, { ...ANNA, request: `${act} ${key}` });
          expect(answer.accepted, `${act} ${key}`).to.equal(true);
        }
      }
    });
    await stage(sealing, async (settlement) => {
      await settlement.seal();
    });
    await stage(closing, async (settlement) => {
      const closed = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
      expect(closed.accepted).to.equal(true);
    });
    await checkEnds(watcher, history.told);
    for (const { id } of await watcher.statements(OPERATOR, { limit: 500 }))
      expect(verify((await watcher.bundle(OPERATOR, id))!, { publicKey: PUBLIC_KEY }), id).to.deep.equal({ ok: true });
    return stages;
  }
});

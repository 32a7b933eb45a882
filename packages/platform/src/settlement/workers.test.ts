// Workers side by side: each test holds one of them in the middle of its work, and sees that the other waits for it.
import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import type { Tx } from '../kernel/transact.js';
import { agreement, CPO, cdr, creditOf, forget, OPERATOR, OURS, World } from './fixture.test.js';
import { createSettlement, migrations, type SettlementService } from './index.js';

const ANNA = { actor: 'anna', reason: 'month end' };

describe('workers of settlement side by side', () => {
  let database: TestDatabase;
  let world: World;
  let settlement: SettlementService;

  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());
  beforeEach(async () => {
    world = new World(agreement(CPO, OURS));
    const clock = { now: () => new Date('2026-11-12T00:00:00Z'), rate: 1 };
    settlement = createSettlement({ ports: world, transact: database.transact, clock }, { sql: database.sql });
    await forget(database);
  });

  /** Does the first work in a transaction that stays open until the second one has ended, or waits for a lock. */
  async function beside<T>(first: (tx: Tx) => Promise<unknown>, second: () => Promise<T>): Promise<T> {
    let other: Promise<T> | undefined;
    await database.transact(async (tx) => {
      await first(tx);
      other = second();
      const ended = other.then(
        () => true,
        () => true,
      );
      while (!(await Promise.race([ended, isWaiting()])));
    });
    return other!;
  }
  async function isWaiting(): Promise<boolean> {
    const [row] = await database.sql<{ waits: boolean }>(
      undefined,
      `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits`,
    );
    return row?.waits ?? false;
  }

  it('two CDRs of one session: the second is decided after the first, and held', async () => {
    const [first, second] = [cdr({ owner: CPO, id: 'A' }), cdr({ owner: CPO, id: 'B', changes: { sessionId: 'S-A' } })];
    world.know(first);
    const { state } = await beside(
      (tx) => settlement.record(OPERATOR, first, 'partner', tx),
      () => settlement.record(OPERATOR, second, 'partner'),
    );
    expect(state).to.equal('held');
  });

  it('a CDR and its credit: whichever comes second finds the other', async () => {
    const c = cdr({ owner: CPO });
    world.know(c);
    const { state } = await beside(
      (tx) => settlement.record(OPERATOR, c, 'partner', tx),
      () => settlement.record(OPERATOR, creditOf(c), 'partner'),
    );
    expect(state).to.equal('accepted');
  });

  it('what is posted while the month closes is in it: the closing waits for what is under way', async () => {
    const [before, c] = [cdr({ owner: CPO, id: 'A' }), cdr({ owner: CPO, id: 'B' })];
    for (const one of [before, c]) world.know(one);
    // The month is there already: it is its lock that counts, not that it is being made.
    await settlement.record(OPERATOR, before, 'partner');
    const closed = await beside(
      (tx) => settlement.record(OPERATOR, c, 'partner', tx),
      () => settlement.closePeriod(OPERATOR, '2026-11', ANNA),
    );
    expect(closed.accepted && closed.statements.map(({ lines }) => lines)).to.deep.equal([2]);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });
});

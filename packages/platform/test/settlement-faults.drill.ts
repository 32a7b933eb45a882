// Drills A21, F2, F12 and F17 on the real PostgreSQL: whatever happens in between, the books end as in an undisturbed run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { backup, restore } from '#edges/backup/index.js';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { agreement, CPO, cdr, OPERATOR, OURS } from '#settlement/fixture.test.js';
import { checkBooks, checkClosing } from '#settlement/history/books.test.js';
import { count, type Message, messagesOf, newWorld, play, stories } from '#settlement/history/stories.test.js';
import { createSettlement, migrations } from '#settlement/index.js';

const SEED = Number(process.env.EVROAM_SEED ?? Math.floor(Math.random() * 1e9));
const STORIES = process.env.EVROAM_EFFORT === 'quick' ? 12 : 60;
const NOW = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;

describe(`settlement and what befalls it (seed ${SEED})`, function () {
  this.timeout(300_000);
  const opened: TestDatabase[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.drop();
  });
  const open = async (steps = migrations) => {
    const database = await testDatabase(steps);
    opened.push(database);
    return database;
  };
  const hub = ({ sql, transact }: TestDatabase, world: ReturnType<typeof newWorld>, now = () => new Date(NOW)) =>
    createSettlement({ ports: world, transact, clock: { now, rate: 1 } }, { sql });
  const history = () => {
    const world = newWorld();
    const messages = fc.sample(stories, { seed: SEED, numRuns: STORIES }).flatMap((story, n) => messagesOf(story, n, world));
    return { world, messages };
  };
  /** What an undisturbed hub makes of the same messages. */
  const calm = async () => {
    const { world, messages } = history();
    const settlement = hub(await open(), world);
    await play(settlement, world, messages);
    return settlement.canonicalStateDigest(OPERATOR);
  };

  it('F17: restored to yesterday, then everything is sent again: the same state', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evroam-f17-'));
    try {
      const { world, messages } = history();
      const before = await open();
      const first = hub(before, world);
      const half = messages.length >> 1;
      await play(first, world, messages.slice(0, half));
      await first.seal();
      await backup(before.url, join(folder, 'yesterday'));
      await play(first, world, messages.slice(half));
      const digest = await first.canonicalStateDigest(OPERATOR);
      expect(digest).to.equal(await calm());

      const after = await open([]);
      await after.sql(undefined, 'DROP TABLE migration');
      await restore(after.url, join(folder, 'yesterday'), migrations);
      const second = hub(after, world);
      expect(await second.canonicalStateDigest(OPERATOR)).to.not.equal(digest);
      expect((await second.audit(OPERATOR)).faults).to.deep.equal([]);
      // A partner does not know where yesterday was: it sends all that it has.
      await play(second, world, messages, 4);
      await checkBooks(second, half === 0 ? count(messages) : count(messages) + count(messages.slice(0, half)));
      expect(await second.canonicalStateDigest(OPERATOR)).to.equal(digest);
      await checkClosing(second, world);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('F12: the clock of one node of two steps an hour to and fro: the same states, money and log', async () => {
    const digest = await calm();
    const { world, messages } = history();
    const database = await open();
    let steps = 0;
    const astray = hub(database, world, () => {
      steps += 1;
      return new Date(NOW + (steps % 2 === 0 ? HOUR_MS : -HOUR_MS));
    });
    const right = hub(database, world);
    for (const [n, message] of messages.entries()) {
      await play(n % 2 === 0 ? astray : right, world, [message]);
      if (n % 8 === 0) await (n % 16 === 0 ? astray : right).seal();
    }
    // A CDR that has just ended is in the future for a node that is behind: it waits, and the next look takes it.
    const fresh = cdr({ owner: CPO, id: 'FRESH', startedAt: new Date(NOW - HOUR_MS), minutes: 59 });
    world.agree(agreement(CPO, OURS));
    world.know(fresh);
    const behind = hub(database, world, () => new Date(NOW - HOUR_MS));
    expect((await behind.record(OPERATOR, fresh, 'partner')).state).to.equal('quarantined');
    await right.sweep({ all: true });
    expect((await right.cdr(OPERATOR, `${CPO}/FRESH`))?.life.clearing.state).to.equal('accepted');
    await right.seal();
    expect((await right.audit(OPERATOR)).faults).to.deep.equal([]);

    const { world: other, messages: same } = history();
    const steady = hub(await open(), other);
    await play(steady, other, same);
    expect(await steady.canonicalStateDigest(OPERATOR), 'without the fresh one').to.equal(digest);
    other.agree(agreement(CPO, OURS));
    other.know(fresh);
    await steady.record(OPERATOR, fresh, 'partner');
    expect(await right.canonicalStateDigest(OPERATOR)).to.equal(await steady.canonicalStateDigest(OPERATOR));
  });

  it('F2: a disk that is full at commit, or slow, or read-only: nothing is acknowledged that is not there, reads go on, it recovers alone', async () => {
    const digest = await calm();
    const { world, messages } = history();
    const database = await open();
    const { sql } = database;
    const settlement = hub(database, world);
    for (const message of messages) if (message.kind === 'session') world.know(message.cdr);
    const acknowledged = new Set<string>();
    const failures = new Map<string, number>();
    const send = async (some: readonly Message[]) => {
      for (const message of some) {
        if (message.kind === 'session') continue;
        try {
          const source = message.cdr.owner === OURS ? 'own' : 'partner';
          acknowledged.add((await settlement.record(OPERATOR, message.cdr, source)).key);
        } catch (error) {
          const { code = 'none' } = error as { code?: string };
          failures.set(code, (failures.get(code) ?? 0) + 1);
          const { balances, imbalance } = await settlement.trialBalance(OPERATOR);
          expect(Object.values(imbalance).every((minor) => minor === 0n)).to.equal(true);
          expect(balances).to.be.an('array');
          expect((await settlement.cdrs(OPERATOR, { limit: 1 })).items).to.be.an('array');
        }
      }
      for (const key of acknowledged) expect(await settlement.cdr(OPERATOR, key), key).to.not.equal(undefined);
      const { items } = await settlement.cdrs(OPERATOR, { limit: 500 });
      expect(
        items.filter(({ key }) => !acknowledged.has(key)).map(({ key }) => key),
        'there, and never acknowledged',
      ).to.deep.equal([]);
    };
    const third = Math.ceil(messages.length / 3);

    // Every second commit finds no room: the answer of PostgreSQL comes at COMMIT, after every statement went well.
    await sql(undefined, 'CREATE SEQUENCE drill_commits');
    await sql(
      undefined,
      `CREATE FUNCTION drill_full() RETURNS trigger LANGUAGE plpgsql AS '
         BEGIN
           PERFORM pg_sleep(0.005);
           IF nextval(''drill_commits'') % 2 = 0 THEN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END IF;
           RETURN NULL;
         END'`,
    );
    await sql(
      undefined,
      'CREATE CONSTRAINT TRIGGER drill_full AFTER INSERT ON settlement_cdr DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION drill_full()',
    );
    await send(messages.slice(0, third));
    expect(failures.get('53100') ?? 0).to.be.above(0);
    await sql(undefined, 'DROP TRIGGER drill_full ON settlement_cdr');

    // A standby, or a disk that the server no longer trusts: new connections may only read.
    const name = new URL(database.url).pathname.slice(1);
    const readOnly = async (to: 'on' | 'off') => {
      await sql(undefined, `BEGIN READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = ${to}; COMMIT`);
      await sql(
        undefined,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      // The connection that said so keeps what it began with.
      await sql(undefined, `SET default_transaction_read_only = ${to}`);
    };
    await readOnly('on');
    await send(messages.slice(third, 2 * third));
    expect(failures.get('25006') ?? 0).to.be.above(0);
    await readOnly('off');

    await send(messages);
    expect(acknowledged.size).to.be.above(0);
    while ((await settlement.sweep({ all: true })) > 0) {
      const { held = 0, quarantined = 0 } = await settlement.counts(OPERATOR);
      if (held + quarantined > 0) break;
    }
    expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(digest);
    await checkClosing(settlement, world);
  });

  it('A21: a partner uploads its attic while the month closes: the late rule holds, and the closing is not starved', async () => {
    const { world, messages } = history();
    world.agree(agreement(CPO, OURS));
    const database = await open();
    const settlement = hub(database, world);
    await play(settlement, world, messages);
    const attic = Array.from({ length: STORIES * 10 }, (_, n) => {
      // In turn: of this month, later than the late window, older than agreed.
      const daysAgo = [5, 60, 200][n % 3] ?? 5;
      return cdr({ owner: CPO, id: `OLD-${n}`, startedAt: new Date(NOW - daysAgo * 24 * HOUR_MS + n * 60_000) });
    });
    for (const one of attic) world.know(one);
    const closed: { at: number } = { at: 0 };
    let taken = 0;
    const states = new Map<string, number>();
    const upload = (async () => {
      for (let i = 0; i < attic.length; i += 8) {
        const results = await Promise.all(attic.slice(i, i + 8).map((one) => settlement.record(OPERATOR, one, 'partner')));
        for (const { state } of results) states.set(state, (states.get(state) ?? 0) + 1);
        taken += results.length;
      }
    })();
    const done = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'drill', reason: 'month end' });
    closed.at = taken;
    await upload;
    expect(done.accepted && done.period.state).to.equal('closed');
    expect(closed.at, 'it closed while they were still coming').to.be.below(attic.length);
    const each = attic.length / 3;
    expect(Object.fromEntries(states)).to.deep.equal({ accepted: each, expired: each, quarantined: each });
    // Each accepted one lands in exactly one period: the month, or the next where it came too late for that.
    const periods = await database.sql<{ period: string; n: string }>(
      undefined,
      `SELECT period, count(*)::text AS n FROM settlement_cdr WHERE key LIKE '%/OLD-%' AND state = 'accepted' GROUP BY period ORDER BY period`,
    );
    expect(periods.map(({ period }) => period).filter((period) => period !== '2026-11' && period !== '2026-12')).to.deep.equal([]);
    expect(periods.reduce((sum, { n }) => sum + Number(n), 0)).to.equal(each);
    await settlement.seal();
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });
});

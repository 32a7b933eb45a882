import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { OPERATOR } from '#settlement/fixture.test.js';
import { newWorld } from '#settlement/history/stories.test.js';
import { createSettlement, migrations } from '#settlement/index.js';

const SEED = Number(process.env.EVROAM_SEED ?? Math.floor(Math.random() * 1e9));
const KILLS = process.env.EVROAM_EFFORT === 'quick' ? 5 : 100;
/** Kills of one month; then the month is over, and the next begins in an empty database. */
const KILLS_A_MONTH = 10;
const STORIES = 40;

type Told = { ready?: true; acknowledged?: string; closing?: true; done?: string; faults?: string[] };

describe(`settlement killed at any moment (seed ${SEED}, ${KILLS} kills)`, function () {
  this.timeout(0);
  const opened: TestDatabase[] = [];
  const running = new Set<ChildProcess>();

  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    for (const database of opened.splice(0)) await database.drop();
  });

  const newDatabase = async () => {
    const database = await testDatabase(migrations);
    opened.push(database);
    return database;
  };

  /** Runs the month; killed so many milliseconds after it was ready, or after it began to close, if that comes first. */
  async function run(url: string, seed: number, kill?: { since: 'ready' | 'closing'; afterMs: number }) {
    const child = fork(fileURLToPath(new URL('./settlement-worker.js', import.meta.url)), [url, String(seed), String(STORIES)]);
    running.add(child);
    const acknowledged = new Set<string>();
    const at: Partial<Record<'ready' | 'closing' | 'done', number>> = {};
    let end: { done?: string; faults?: string[] } = {};
    const stop = new AbortController();
    const reached = (moment: 'ready' | 'closing' | 'done') => {
      at[moment] = performance.now();
      if (kill?.since !== moment) return;
      delay(kill.afterMs, undefined, { signal: stop.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
    };
    child.on('message', (message: Told) => {
      if (message.ready) reached('ready');
      if (message.closing) reached('closing');
      if (message.acknowledged !== undefined) acknowledged.add(message.acknowledged);
      if (message.done !== undefined && message.faults) {
        end = { done: message.done, faults: message.faults };
        reached('done');
      }
    });
    await once(child, 'exit');
    stop.abort();
    running.delete(child);
    const { ready = 0, closing = 0, done = 0 } = at;
    return { ...end, acknowledged, closing: at.closing !== undefined, takingMs: closing - ready, closingMs: done - closing };
  }

  it('restarts without repair: what was acknowledged is there once, and the state is that of an undisturbed run', async () => {
    let kills = 0;
    let whileClosing = 0;
    const moments = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed: SEED, numRuns: KILLS * 4 });
    for (let month = 0; kills < KILLS; month += 1) {
      const seed = SEED + month;
      const calm = await run((await newDatabase()).url, seed);
      expect(calm.faults).to.deep.equal([]);
      const database = await newDatabase();
      const acknowledged = new Set<string>();
      for (let n = 0; n < KILLS_A_MONTH && kills < KILLS; n += 1) {
        // Every third one dies while closing: that is short, and chance would seldom hit it.
        const since = n % 3 === 2 ? 'closing' : 'ready';
        const afterMs = (moments.pop() ?? 0.5) * (since === 'closing' ? calm.closingMs : calm.takingMs);
        const result = await run(database.url, seed, { since, afterMs });
        for (const key of result.acknowledged) acknowledged.add(key);
        if (result.done !== undefined) continue;
        kills += 1;
        if (result.closing) whileClosing += 1;
        await expectSound(database, acknowledged);
      }
      const last = await run(database.url, seed);
      expect({ digest: last.done, faults: last.faults }, `month ${seed}`).to.deep.equal({ digest: calm.done, faults: [] });
      for (const one of opened.splice(0)) await one.drop();
    }
    console.log(`      ${kills} kills, ${whileClosing} of them while closing`);
  });

  /** What holds at the moment of death, before anything is started again. */
  async function expectSound({ sql, transact }: TestDatabase, acknowledged: ReadonlySet<string>): Promise<void> {
    const clock = { now: () => new Date('2026-11-20T00:00:00Z'), rate: 1 };
    const settlement = createSettlement({ ports: newWorld(), transact, clock }, { sql });
    for (const minor of Object.values((await settlement.trialBalance(OPERATOR)).imbalance)) expect(minor).to.equal(0n);
    for (const key of acknowledged) expect(await settlement.cdr(OPERATOR, key), `${key} was acknowledged`).to.not.equal(undefined);
    const halves = await sql(
      undefined,
      `SELECT link, array_agg(posting ORDER BY posting) AS postings FROM settlement_entry
        WHERE posting IN ('P1d', 'P9', 'P1b.purchase', 'P1b.sale') GROUP BY link HAVING count(*) <> 2`,
    );
    expect(halves, 'linked entries stand or fall together').to.deep.equal([]);
  }
});

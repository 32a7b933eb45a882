import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Embedded, startEmbedded } from '#edges/embedded/start.js';
import { createOutbox, type Outbox } from '#edges/outbox.js';
import { openRedis, type Redis } from '#edges/redis.js';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { drillMigrations } from './outbox-drill-tables.js';

const EVENTS = process.env.EVROAM_EFFORT === 'quick' ? 1000 : 6000;
const KEYS = 400;
const POISONED = 10;
const BEHIND = 5;

describe('the outbox under kills and an emptied Redis', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let valkey: Embedded;
  let redis: Redis;
  let outbox: Outbox;
  const workers: ChildProcess[] = [];
  const prefix = 'drill';

  const startWorker = async () => {
    const worker = fork(fileURLToPath(new URL('./outbox-worker.js', import.meta.url)), [database.url, valkey.redisUrl!, prefix], {
      execArgv: [],
    });
    workers.push(worker);
    await once(worker, 'message');
  };
  const killWorker = () => workers.shift()?.kill('SIGKILL');
  const number = async (text: string) => Number((await database.sql<{ n: string }>(undefined, text))[0]!.n);

  before(async () => {
    [database, valkey] = await Promise.all([
      testDatabase(drillMigrations, 16),
      startEmbedded({ dataDir: mkdtempSync(join(tmpdir(), 'evroam-drill-')), postgres: false, valkey: true, throwaway: true }),
    ]);
    redis = await openRedis({ url: valkey.redisUrl! });
    outbox = createOutbox({ database, redis, prefix });
    for (const name of ['count', 'wire', 'side', 'poison']) outbox.consume(name, { inTransaction: async () => undefined });
    await database.sql(undefined, 'INSERT INTO source SELECT k::text, 0 FROM generate_series(0, $1 - 1) k', [KEYS]);
    for (let n = 0; n < 4; n += 1) await startWorker();
  });
  after(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await outbox.stop();
    await redis.close();
    await valkey.stop();
    await database.drop();
  });

  /** The row lock of the key is held while its events are saved, as the outbox asks. */
  const save = (key: string) =>
    database.transact(async (tx) => {
      const [row] = await database.sql<{ n: number }>(tx, 'UPDATE source SET n = n + 1 WHERE key = $1 RETURNING n', [key]);
      await outbox.emit(
        tx,
        'op',
        ['count', 'wire', 'side'].map((consumer) => ({ consumer, key, body: row!.n })),
      );
    });

  it('hands every event over in its order, those in the database exactly once, and parks poison alone', async () => {
    const bodies = Array.from({ length: BEHIND }, (_, n) => n + 1);
    await database.transact((tx) =>
      outbox.emit(
        tx,
        'op',
        Array.from({ length: POISONED }, (_, k) => bodies.map((body) => ({ consumer: 'poison', key: `p${k}`, body }))).flat(),
      ),
    );
    const started = Date.now();
    let saved = 0;
    const emitters = Array.from({ length: 8 }, async () => {
      while (saved < EVENTS) {
        saved += 1;
        await save(String(Math.floor(Math.random() * KEYS)));
      }
    });
    const faults = (async () => {
      for (const [share, fault] of [
        [0.2, () => redis.client.flushall()],
        [0.35, killWorker],
        [0.5, () => redis.client.flushall()],
        [0.6, () => process.kill(valkey.pids().services.valkey!, 'SIGKILL')],
        [0.75, killWorker],
        [0.9, () => redis.client.flushall()],
      ] as const) {
        while (saved < EVENTS * share) await delay(10);
        await fault();
        if (fault === killWorker) await startWorker();
      }
    })();
    await Promise.all([...emitters, faults]);
    const savedMs = Date.now() - started;
    for (
      const deadline = Date.now() + 60_000;
      (await number(`SELECT count(*) AS n FROM outbox WHERE consumer <> 'poison'`)) > 0;
      await delay(100)
    ) {
      if (Date.now() > deadline) expect.fail(`left: ${JSON.stringify(await outbox.lag())}`);
    }
    console.log(`      ${saved} transactions saved in ${savedMs} ms, all handled ${Date.now() - started - savedMs} ms later`);

    expect(await number('SELECT count(*) AS n FROM disorder')).to.equal(0);
    expect(await number('SELECT sum(n) AS n FROM counted')).to.equal(saved);
    // At least once: a repeat may come only right after its first, before any later one.
    const sent = await database.sql<{ key: string; n: number }>(undefined, `SELECT key, n FROM sent WHERE key NOT LIKE 'p%' ORDER BY id`);
    const last = new Map<string, number>();
    let repeats = 0;
    for (const { key, n } of sent) {
      const had = last.get(key) ?? 0;
      if (n === had) repeats += 1;
      else expect(n, `key ${key}`).to.equal(had + 1);
      last.set(key, n);
    }
    const sum = (isSide: boolean) => [...last].reduce((all, [key, n]) => (key.startsWith('side ') === isSide ? all + n : all), 0);
    expect([sum(false), sum(true)], 'sent one by one, and side by side').to.deep.equal([saved, saved]);
    console.log(`      ${repeats} sends were repeated`);

    const parked = await outbox.parked({ consumer: 'poison' });
    expect(parked.map(({ key, behind, reason }) => `${key} ${behind} ${reason}`).sort()).to.deep.equal(
      Array.from({ length: POISONED }, (_, k) => `p${k} ${BEHIND - 1} Error: the partner said 400`),
    );
    await database.sql(undefined, 'INSERT INTO cure VALUES (now())');
    for (const { key } of parked) expect(await outbox.unpark('poison', key)).to.equal(true);
    for (const deadline = Date.now() + 30_000; (await number('SELECT count(*) AS n FROM outbox')) > 0; await delay(50)) {
      if (Date.now() > deadline) expect.fail(`left: ${JSON.stringify(await outbox.lag())}`);
    }
    expect(await number(`SELECT count(*) AS n FROM sent WHERE key LIKE 'p%'`)).to.equal(POISONED * BEHIND);
  });
});

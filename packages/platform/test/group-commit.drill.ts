import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { type Database, openDatabase } from '#edges/database.js';
import { type Embedded, startEmbedded } from '#edges/embedded/start.js';
import { createGroupCommit } from '#edges/group-commit.js';
import { migrate } from '#edges/migrate.js';
import { countMigrations, countPlan } from './group-commit-plan.js';

const KILLS = process.env.EVROAM_EFFORT === 'quick' ? 3 : 12;
const SENDERS = 200;

describe('group commit while PostgreSQL is killed', function () {
  this.timeout(240_000);
  let dataDir: string;
  let embedded: Embedded;
  let database: Database;
  let ready = 0;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'evroam-drill-'));
    embedded = await startEmbedded({
      dataDir,
      postgres: true,
      valkey: false,
      onEvent: ({ kind }) => {
        if (kind === 'ready') ready += 1;
      },
    });
    database = await openDatabase({ url: embedded.databaseUrl! });
    await migrate(database, countMigrations);
  });
  after(async () => {
    await database.close();
    await embedded.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('loses nothing that was acknowledged and counts nothing twice, with senders that repeat what was not answered', async () => {
    // As long as PostgreSQL needs to come back, and less: some senders must have to repeat.
    const ingest = createGroupCommit({ database, plan: countPlan, patienceMs: 700 });
    let sending = true;
    const acknowledged = new Array<number>(SENDERS).fill(0);
    let repeats = 0;
    let refused = 0;
    const senders = acknowledged.map(async (_, session) => {
      while (sending) {
        const n = acknowledged[session]! + 1;
        try {
          if ((await ingest.submit({ session, n })).repeat) repeats += 1;
          acknowledged[session] = n;
        } catch {
          refused += 1;
          await delay(20);
        }
      }
    });
    const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await delay(200 + Math.random() * 500);
      const before = ready;
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
      while (ready === before) await delay(20);
    }
    sending = false;
    await Promise.all(senders);
    await ingest.stop();
    const total = acknowledged.reduce((sum, n) => sum + n, 0);
    console.log(`      ${KILLS} kills, ${total} acknowledged, ${refused} not answered, ${repeats} found already saved`);
    const rows = await database.sql<{ id: number; count: number; rows: number; last: number | null }>(
      undefined,
      `SELECT id, count, (SELECT count(*)::int FROM reading WHERE session = id) AS rows, (SELECT max(n) FROM reading WHERE session = id) AS last
       FROM session ORDER BY id`,
    );
    for (const { id, count, rows: saved, last } of rows) {
      expect({ count, saved, last: last ?? 0 }, `session ${id}`).to.deep.equal({
        count: acknowledged[id],
        saved: acknowledged[id],
        last: acknowledged[id],
      });
    }
    expect(total).to.be.greaterThan(1000);
  });
});

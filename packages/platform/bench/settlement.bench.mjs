// What a settlement run costs against PostgreSQL merely copying the same columns out, and postings against copying the same rows in;
// in turn, round by round, on the embedded PostgreSQL. Loopback and a shared machine: read ratios, not absolutes.
//   node packages/platform/bench/settlement.bench.mjs [--rounds N]      EVROAM_BENCH_CDRS: how many (100000)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../dist/edges/database.js';
import { startEmbedded } from '../dist/edges/embedded/start.js';
import { migrate } from '../dist/edges/migrate.js';
import { agreement, cdr, EMSP, OPERATOR, OURS, World } from '../dist/settlement/fixture.test.js';
import { createSettlement, migrations } from '../dist/settlement/index.js';
import { createStore } from '../dist/settlement/store.js';

const CDRS = Number(process.env.EVROAM_BENCH_CDRS ?? 100_000);
const POSTINGS = Math.min(CDRS, 20_000);
const rounds = process.argv.includes('--rounds') ? Number(process.argv[process.argv.indexOf('--rounds') + 1]) : 7;
const BARS = { run: 0.25, postings: 0.4 };
const SHAPES = 40;
const PERIOD = '2026-11';
const SLICE = 1000;
/** As many as are taken in at once. */
const BATCH = 1000;
const ENTRY = 'operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt';

/** A statement of the COPY protocol, which pg leaves to others: counts what comes, or sends what it is given. */
class Copy {
  constructor(text, rows, done) {
    Object.assign(this, { text, rows, done, bytes: 0 });
  }
  submit(connection) {
    connection.query(this.text);
  }
  handleCopyInResponse(connection) {
    for (const row of this.rows) connection.sendCopyFromChunk(row);
    connection.endCopyFrom();
  }
  handleCopyData({ chunk }) {
    this.bytes += chunk.length;
  }
  handleCommandComplete() {}
  handleReadyForQuery() {
    this.done(this.error, this.bytes);
  }
  handleError(error) {
    this.error = error;
  }
}
const copy = (client, text, rows = []) =>
  new Promise((resolve, reject) => client.query(new Copy(text, rows, (error, bytes) => (error ? reject(error) : resolve(bytes)))));

const dataDir = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
const server = await startEmbedded({ dataDir, postgres: true, valkey: false, throwaway: true });
const database = await openDatabase({ url: server.databaseUrl });
const client = new pg.Client({ connectionString: server.databaseUrl });
await client.connect();
let failed = false;
try {
  await migrate(database, migrations);
  const world = new World(agreement(OURS, EMSP));
  const clock = { now: () => new Date('2026-11-20T00:00:00Z'), rate: 1 };
  const settlement = createSettlement({ ports: world, transact: database.transact, clock }, { sql: database.sql });
  const store = createStore(database.sql);
  await prepare(world, settlement);

  const columns = 'key, plan, sign, net, gross, energy_milli_wh, session';
  const out = `COPY (SELECT ${columns} FROM settlement_priced WHERE operator_id = '${OPERATOR}' AND period = '${PERIOD}' ORDER BY key) TO STDOUT`;
  const bytes = await copy(client, out);
  console.log(`${CDRS} CDRs of ${SHAPES} shapes, ${(bytes / CDRS).toFixed(0)} bytes each as text`);
  const first = await settlement.run(OPERATOR, PERIOD, bar);
  if (first.differing.length > 0) throw new Error(`${first.differing.length} CDRs were priced otherwise than posted`);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  }, 20);
  const run = [];
  for (let round = 0; round < rounds; round += 1) {
    const copied = await seconds(() => copy(client, out));
    const ran = await seconds(async () => {
      const again = await settlement.run(OPERATOR, PERIOD);
      if (again.digest !== first.digest) throw new Error('the same books gave another result');
    });
    run.push({ base: CDRS / copied, ours: CDRS / ran });
  }
  clearInterval(watch);
  judge('settlement run against COPY OUT', run, BARS.run);
  console.log(`       heap at most ${(peak / 2 ** 20).toFixed(0)} MB; digest ${first.digest.slice(0, 16)} in every run`);

  await database.sql(undefined, 'CREATE TABLE bench_entry (LIKE settlement_entry INCLUDING ALL)');
  const posted = [];
  for (let round = 0; round < rounds; round += 1) {
    const postings = postingsOf(round);
    const lines = postings.map(lineOf);
    const copied = await seconds(() => copy(client, `COPY bench_entry (${ENTRY}) FROM STDIN`, lines));
    const ours = await seconds(async () => {
      for (let i = 0; i < postings.length; i += BATCH)
        await database.transact((tx) => store.postAll(tx, OPERATOR, postings.slice(i, i + BATCH)));
    });
    posted.push({ base: POSTINGS / copied, ours: POSTINGS / ours });
  }
  judge('postings against COPY IN of the same rows', posted, BARS.postings);
} finally {
  await client.end();
  await database.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Some CDRs through the front door, each then many times in the columns that a run reads. */
async function prepare(world, settlement) {
  const shapes = Array.from({ length: SHAPES }, (_, i) => {
    const startedAt = new Date(Date.UTC(2026, 10, 1 + (i % 14), i % 24));
    const one = cdr({ id: `B${i}`, startedAt, minutes: 300, energyMilliWh: 20 * (2_750_000 + i * 1000) });
    const periods = Array.from({ length: 20 }, (_, n) => ({
      ...one.periods[0],
      startedAt: new Date(startedAt.getTime() + n * 900_000),
      energyMilliWh: 2_750_000 + i * 1000,
      chargingSeconds: 900,
    }));
    return { ...one, periods };
  });
  for (const one of shapes) {
    world.know(one);
    // The same session as one period or as twenty has the same price; anything else would be held.
    const { state } = await settlement.record(OPERATOR, one, 'own');
    if (state !== 'accepted') throw new Error(`a CDR of the bench was ${state}`);
  }
  await settlement.normalise();
  const times = Math.ceil(CDRS / SHAPES) - 1;
  // In slices: the first CDRs are the ones without a number, and a statement may last a minute at most.
  for (let from = 1; from <= times; from += SLICE) {
    const some = [from, Math.min(times, from + SLICE - 1)];
    await database.sql(
      undefined,
      `INSERT INTO settlement_cdr (operator_id, key, owner, buyer, source, digest, body, state, clearing, currency, energy_milli_wh, event_at, received_at, decided_at)
       SELECT operator_id, key || '-' || n, owner, buyer, source, digest, '{}', 'quarantined', '{}', currency, energy_milli_wh, event_at, received_at, decided_at
         FROM settlement_cdr, generate_series($1::int, $2::int) n WHERE state = 'accepted'`,
      some,
    );
    await database.sql(
      undefined,
      `INSERT INTO settlement_priced SELECT operator_id, period, key || '-' || n, plan, sign, net, gross, energy_milli_wh, session
         FROM settlement_priced, generate_series($1::int, $2::int) n WHERE key NOT LIKE '%-%-%'`,
      some,
    );
  }
  await database.sql(undefined, 'ANALYZE settlement_priced');
}

function postingsOf(round) {
  return Array.from({ length: POSTINGS }, (_, i) => ({
    entry: {
      key: `r${round}/${i}/P1c`,
      posting: 'P1c',
      currency: 'EUR',
      legs: [
        { account: 'receivable:NL-EVM', side: 'debit', minor: 908n },
        { account: 'revenue:electricity', side: 'credit', minor: 500n },
        { account: 'revenue:service', side: 'credit', minor: 200n },
        { account: 'revenue:start', side: 'credit', minor: 50n },
        { account: 'taxDue:NLD', side: 'credit', minor: 158n },
      ],
      link: `NL-EVR/B${i % SHAPES}`,
      cdr: `NL-EVR/B${i % SHAPES}`,
      seller: OURS,
      buyer: EMSP,
      eventAt: new Date('2026-11-10T12:00:00Z'),
    },
    period: PERIOD,
    postedAt: new Date('2026-11-20T00:00:00Z'),
    issuer: OURS,
  }));
}

function lineOf({ entry, period, postedAt, issuer }) {
  const accounts = `{${entry.legs.map(({ account }) => account).join(',')}}`;
  const legs = `{${entry.legs.map(({ side, minor }) => (side === 'debit' ? minor : -minor)).join(',')}}`;
  const at = [entry.eventAt.toISOString(), postedAt.toISOString()];
  const { key, posting, currency, link, cdr: of, seller, buyer } = entry;
  const cells = [OPERATOR, key, posting, currency, accounts, legs, link, of, seller, buyer, ...at, period, issuer, '0'.repeat(32)];
  return Buffer.from(`${cells.join('\t')}\n`);
}

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function bar(done, total) {
  if (process.stderr.isTTY)
    process.stderr.write(`\r  ${'#'.repeat((done / total) * 40).padEnd(40, '.')} ${done}/${total}${done === total ? '\n' : ''}`);
}

/** The median of the per-round ratios, and the ratio of the two least disturbed rounds: both have to pass. */
function judge(what, list, wanted) {
  const ratios = list.map(({ base, ours }) => ours / base).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)];
  const least = Math.max(...list.map(({ ours }) => ours)) / Math.max(...list.map(({ base }) => base));
  const ok = middle >= wanted && least >= wanted;
  failed ||= !ok;
  const rate = Math.round(Math.max(...list.map(({ ours }) => ours)));
  console.log(
    `  ${ok ? 'ok  ' : 'MISS'} ${what}: ${middle.toFixed(2)}x, least disturbed ${least.toFixed(2)}x (bar ${wanted}x); ${rate} a second at best`,
  );
}

// How many meter values a node takes in, durably: group commit against one transaction each, on the embedded PostgreSQL with fsync on.
// Each sender waits for its answer before it sends the next. Loopback and a shared machine: read ratios, not absolutes.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../dist/edges/database.js';
import { startEmbedded } from '../dist/edges/embedded/start.js';
import { createGroupCommit } from '../dist/edges/group-commit.js';
import { migrate } from '../dist/edges/migrate.js';

const SECONDS = Number(process.env.EVROAM_BENCH_SECONDS ?? 4);
const SAMPLE_BYTES = 104; // ten packed samples
const SESSIONS = 2000;

const schema = [
  {
    name: 'bench-001',
    up: [
      'CREATE TABLE session (id bigint PRIMARY KEY, count int NOT NULL DEFAULT 0, energy bigint NOT NULL DEFAULT 0) WITH (fillfactor = 70)',
      'CREATE TABLE meter (session bigint, at timestamptz, digest bytea, samples bytea, PRIMARY KEY (session, at, digest)) PARTITION BY RANGE (at)',
      'CREATE TABLE meter_default PARTITION OF meter DEFAULT',
      `INSERT INTO session SELECT n FROM generate_series(0, ${SESSIONS - 1}) n`,
    ],
  },
];

const array = (values) => `{${values.join(',')}}`;
const hex = (bytes) => `"\\\\x${bytes.toString('hex')}"`;

const plan = {
  key: ({ session }) => session,
  read: (events) => [
    {
      name: 'bench-lock',
      text: 'SELECT id, count, energy FROM session WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE',
      values: [array(events.map(({ session }) => session))],
    },
    {
      name: 'bench-insert',
      text: `INSERT INTO meter SELECT a, b, c, d FROM unnest($1::bigint[], $2::timestamptz[], $3::bytea[], $4::bytea[]) u(a, b, c, d)
             WHERE EXISTS (SELECT FROM session WHERE id = a) ON CONFLICT DO NOTHING RETURNING session, digest`,
      values: [
        array(events.map(({ session }) => session)),
        array(events.map(({ at }) => `"${at}"`)),
        array(events.map(({ digest }) => hex(digest))),
        array(events.map(({ samples }) => hex(samples))),
      ],
    },
  ],
  fold(events, [sessions, inserted]) {
    const states = new Map(sessions.rows.map(({ id, count, energy }) => [id, { count, energy: BigInt(energy) }]));
    const fresh = new Set(inserted.rows.map(({ session, digest }) => `${session} ${digest.toString('hex')}`));
    const touched = new Set();
    for (const { session, digest } of events) {
      if (!fresh.delete(`${session} ${digest.toString('hex')}`)) continue;
      const state = states.get(session);
      state.count += 1;
      state.energy += 1000n;
      touched.add(session);
    }
    const ids = [...touched];
    const write = {
      name: 'bench-update',
      text: 'UPDATE session SET count = u.c, energy = u.e FROM unnest($1::bigint[], $2::int[], $3::bigint[]) u(id, c, e) WHERE session.id = u.id',
      values: [array(ids), array(ids.map((id) => states.get(id).count)), array(ids.map((id) => states.get(id).energy))],
    };
    return { writes: ids.length > 0 ? [write] : [], outcomes: events.map(() => ({ answer: {} })) };
  },
};

const oneByOne = (database) => (event) =>
  database.transact(async (tx) => {
    const { sql } = database;
    await sql(tx, 'SELECT id, count, energy FROM session WHERE id = $1 FOR UPDATE', [event.session]);
    const rows = await sql(tx, 'INSERT INTO meter VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING session', [
      event.session,
      event.at,
      event.digest,
      event.samples,
    ]);
    if (rows.length > 0) await sql(tx, 'UPDATE session SET count = count + 1, energy = energy + 1000 WHERE id = $1', [event.session]);
  });

const dataDir = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
const embedded = await startEmbedded({ dataDir, postgres: true, valkey: false });
const database = await openDatabase({ url: embedded.databaseUrl, poolSize: 10 });
await migrate(database, schema);
let clock = Date.now();

async function measure(name, senders, submit) {
  const times = [];
  const end = performance.now() + SECONDS * 1000;
  const cpu = process.cpuUsage();
  const sender = async (n) => {
    while (performance.now() < end) {
      const samples = randomBytes(SAMPLE_BYTES);
      const event = {
        session: String(n % SESSIONS),
        at: new Date(clock++).toISOString(),
        digest: createHash('sha256').update(samples).digest(),
        samples,
      };
      const sent = performance.now();
      await submit(event);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, n) => sender(n)));
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1).padStart(7);
  console.log(
    `${name.padEnd(16)} ${String(senders).padStart(5)} senders ${String(Math.round(times.length / SECONDS)).padStart(7)} /s   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   ${((user + system) / times.length).toFixed(0).padStart(5)} us of this process each`,
  );
}

try {
  for (const senders of [1, 100, 2000]) {
    let batches = 0;
    const ingest = createGroupCommit({
      database,
      plan,
      onBatch: () => {
        batches += 1;
      },
    });
    await measure('group commit', senders, (event) => ingest.submit(event));
    console.log(`                 ${Math.round(batches / SECONDS)} commits/s`);
    await ingest.stop();
    await measure('one transaction', senders, oneByOne(database));
  }
  const [{ rows, folds }] = await database.sql(
    undefined,
    'SELECT (SELECT count(*) FROM meter) AS rows, (SELECT sum(count) FROM session) AS folds',
  );
  if (rows !== folds) throw new Error(`${rows} rows, ${folds} applied`);
} finally {
  await database.close();
  await embedded.stop();
  rmSync(dataDir, { recursive: true });
}

import pg from 'pg';
import type { Tx } from '../../kernel/transact.js';
import { type Migration, migrate } from '../migrate.js';
import { copyIn } from './copy.js';
import { BackupRefused, fileOf, type Manifest, readBackup } from './manifest.js';

/**
 * Brings a backup into an empty database, all or nothing; any other database is refused and left alone. The schema is made by this
 * version's own migrations, as far as the backup had them; the next start of a hub goes on from there.
 */
export async function restore(
  url: string,
  folder: string,
  migrations: readonly Migration[],
  onTable: (name: string, rows: number) => void = () => undefined,
): Promise<Manifest> {
  const manifest = readBackup(folder);
  const known = migrations.filter(({ name }) => manifest.migrations.includes(name));
  if (known.length < manifest.migrations.length) {
    const names = new Set(known.map(({ name }) => name));
    throw new BackupRefused(
      `the backup was taken by a newer evroam: ${manifest.migrations.find((name) => !names.has(name))} is not known here`,
    );
  }
  const client = new pg.Client({ connectionString: url, application_name: 'evroam restore' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    await fill(client, folder, manifest, known, onTable);
    await client.query('COMMIT');
    return manifest;
  } finally {
    // What was not committed is undone with the connection.
    await client.end();
  }
}

async function fill(
  client: pg.Client,
  folder: string,
  manifest: Manifest,
  migrations: readonly Migration[],
  onTable: (name: string, rows: number) => void,
): Promise<void> {
  const { rows: there } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') LIMIT 1`,
  );
  if (there[0]) throw new BackupRefused(`the database is not empty: it has ${there[0].name}. A backup goes into an empty one only`);
  const sql = async <Row extends object>(_tx: Tx | undefined, text: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(text, [...values])).rows;
  await migrate({ sql, transact: (work) => work(Object.freeze({}) as Tx) }, migrations);
  for (const { name, of, bounds } of manifest.partitions)
    await client.query(`CREATE TABLE IF NOT EXISTS "${name}" PARTITION OF "${of}" ${bounds}`);

  const names = manifest.tables.map(({ name }) => name);
  const digests = await digestsOf(client);
  // The guards of the books are for whoever works with them; these rows have passed them before.
  for (const name of names) await client.query(`ALTER TABLE "${name}" DISABLE TRIGGER USER`);
  await client.query(`TRUNCATE ${names.map((name) => `"${name}"`).join(', ')}`);
  for (const name of await inOrder(client, names)) {
    const table = manifest.tables.find((one) => one.name === name);
    if (!table) continue;
    await copyIn(client, `COPY "${name}" (${table.columns.map((column) => `"${column}"`).join(', ')}) FROM STDIN`, fileOf(folder, name));
    const { rows } = await client.query<{ n: string }>(`SELECT count(*)::text AS n FROM "${name}"`);
    if (Number(rows[0]?.n) !== table.rows) throw new BackupRefused(`${name} came to ${rows[0]?.n} rows and should have ${table.rows}`);
    onTable(name, table.rows);
  }
  const changed = [...(await digestsOf(client))].find(([name, digest]) => digests.get(name) !== digest);
  if (changed) throw new BackupRefused(`the backup was made by another state of evroam: ${changed[0]} had other statements`);
  for (const name of names) await client.query(`ALTER TABLE "${name}" ENABLE TRIGGER USER`);
  for (const { name, last, used } of manifest.sequences)
    await client.query('SELECT setval($1::regclass, $2, $3)', [`"${name}"`, last, used]);
}

async function digestsOf(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; digest: string }>('SELECT name, digest FROM migration');
  return new Map(rows.map(({ name, digest }) => [name, digest]));
}

/** What others refer to comes first, so that every reference is checked as it comes. */
async function inOrder(client: pg.Client, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; of: string }>(
    `SELECT DISTINCT conrelid::regclass::text AS name, confrelid::regclass::text AS of FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid`,
  );
  const order: string[] = [];
  let left = [...names];
  while (left.length > 0) {
    const free = left.filter((name) => !rows.some((row) => row.name === name && left.includes(row.of)));
    if (free.length === 0) throw new Error(`these tables refer to one another in a circle: ${left.join(', ')}`);
    order.push(...free);
    left = left.filter((name) => !free.includes(name));
  }
  return order;
}

import { createHash } from 'node:crypto';
import { type MigrationParams, Umzug, type UmzugStorage } from 'umzug';
import type { Tx } from '../kernel/transact.js';
import type { Database } from './database.js';
import type { Query } from './sql.js';

/** A step of the schema. Once released it is never changed: a correction is a new step. */
export interface Migration {
  /** `<module>-<number>-<what>`; unique, and the record in the database. */
  name: string;
  /** Statements, run in order. */
  up: readonly string[];
}

/** Any number, as long as every hub takes the same. */
const LOCK = 7_305_119_004;

/**
 * Brings the database to where this version wants it, and gives the names of the steps it ran. All in one transaction under a lock,
 * record included: hubs that start together wait for the first, and a kill leaves the schema as it was.
 */
export async function migrate(
  { sql, transact }: Pick<Database, 'transact'> & { sql: Query },
  migrations: readonly Migration[],
): Promise<string[]> {
  checkNames(migrations);
  return transact(async (tx) => {
    await sql(tx, 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await sql(
      tx,
      `CREATE TABLE IF NOT EXISTS migration (
        name text PRIMARY KEY, digest text NOT NULL, position integer GENERATED ALWAYS AS IDENTITY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const done = await sql<{ name: string; digest: string }>(tx, 'SELECT name, digest FROM migration ORDER BY position');
    checkHistory(done, migrations);
    const umzug = new Umzug({
      migrations: migrations.map(({ name, up }) => ({
        name,
        up: async () => {
          for (const statement of up) await sql(tx, statement);
        },
      })),
      storage: storage(tx, { sql }, migrations),
      logger: undefined,
    });
    return (await umzug.up()).map(({ name }) => name);
  });
}

/** Umzug's own SequelizeStorage writes its record on another connection, so a kill in between would run a step twice. */
function storage(tx: Tx, { sql }: { sql: Query }, migrations: readonly Migration[]): UmzugStorage {
  return {
    executed: async () => (await sql<{ name: string }>(tx, 'SELECT name FROM migration ORDER BY position')).map(({ name }) => name),
    logMigration: async ({ name }: MigrationParams<unknown>) => {
      await sql(tx, 'INSERT INTO migration (name, digest) VALUES ($1, $2)', [name, digest(migrations.find((step) => step.name === name)!)]);
    },
    unlogMigration: () => Promise.reject(new Error('migrations only go forward')),
  };
}

function checkNames(migrations: readonly Migration[]): void {
  const seen = new Set<string>();
  for (const { name } of migrations) {
    if (seen.has(name)) throw new Error(`two migrations are named ${name}`);
    seen.add(name);
  }
}

function checkHistory(done: readonly { name: string; digest: string }[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((step) => [step.name, digest(step)]));
  const unknown = done.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length > 0) {
    throw new Error(
      `The database was migrated by a newer evroam (it has ${unknown.join(', ')}, which this version does not know). ` +
        'Start the newer version, or restore a backup from before the upgrade.',
    );
  }
  const changed = done.filter((row) => known.get(row.name) !== row.digest).map(({ name }) => name);
  if (changed.length > 0) {
    throw new Error(
      `The database was made by another state of this evroam: ${changed.join(', ')} ran with other statements. ` +
        'Use the version that made it, or start on an empty database (for the embedded one: a new data folder).',
    );
  }
}

function digest({ up }: Migration): string {
  return createHash('sha256')
    .update(up.map((statement) => statement.replace(/\s+/g, ' ').trim()).join('\n'))
    .digest('hex');
}

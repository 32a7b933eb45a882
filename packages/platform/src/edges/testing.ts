// Real servers for tests, never imported by the hub. The embedded ones, or those that DATABASE_URL and REDIS_URL name.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from './database.js';
import { type Embedded, startEmbedded } from './embedded/start.js';
import { type Migration, migrate } from './migrate.js';
import { openRedis, type Redis } from './redis.js';
import { testServers } from './testing/config.js';

export { Bell } from './testing/bell.js';

export interface TestDatabase extends Database {
  /** For a second connection, or another process. */
  url: string;
  /** Closes the connections and drops the database. */
  drop(): Promise<void>;
}

export interface TestRedis extends Redis {
  url: string;
  /** For queues: other tests use the same server. */
  prefix: string;
}

const embedded: { postgres?: Promise<Embedded>; valkey?: Promise<Embedded> } = {};

/** A fresh and migrated database of its own, on a server that all tests of this process share. Drop it in `after`. */
export async function testDatabase(migrations: readonly Migration[] = [], poolSize = 10): Promise<TestDatabase> {
  const server = testServers().databaseUrl ?? (await started('postgres')).databaseUrl!;
  const name = `evroam_test_${randomBytes(6).toString('hex')}`;
  await withServer(server, (root) => root.sql(undefined, `CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, poolSize });
  await migrate(database, migrations);
  return {
    ...database,
    url: url.href,
    drop: async () => {
      await database.close();
      await withServer(server, (root) => root.sql(undefined, `DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** A connection to a server that all tests of this process share. Close it in `after`. */
export async function testRedis(): Promise<TestRedis> {
  const url = testServers().redisUrl ?? (await started('valkey')).redisUrl!;
  const redis = await openRedis({ url });
  return { ...redis, url, prefix: `test-${randomBytes(6).toString('hex')}` };
}

/** The servers stop when this process ends, and take their folder along. */
function started(service: 'postgres' | 'valkey'): Promise<Embedded> {
  embedded[service] ??= startEmbedded({
    dataDir: mkdtempSync(join(tmpdir(), 'evroam-test-')),
    postgres: service === 'postgres',
    valkey: service === 'valkey',
    throwaway: true,
  });
  return embedded[service];
}

async function withServer(url: string, work: (root: Database) => Promise<unknown>): Promise<void> {
  const root = await openDatabase({ url, poolSize: 1 });
  try {
    await work(root);
  } finally {
    await root.close();
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Sequelize } from 'sequelize';
import type { Transact } from '../kernel/transact.js';
import { spoil } from './connection.js';
import { createSql, type Sql } from './sql.js';
import { isOutage, sqlState } from './sql-state.js';
import { createTransact } from './transact.js';

export interface Database {
  sequelize: Sequelize;
  sql: Sql;
  transact: Transact;
  /** Connections at most. */
  poolSize: number;
  /** Rejects unless PostgreSQL answers within `timeoutMs` (2 s if not said). */
  ping(timeoutMs?: number): Promise<void>;
  /** Waits for connections in use, then closes all. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections at most; 10 if not said. */
  poolSize?: number;
  /** How long to wait for a server that does not answer yet; 30 s if not said. */
  patienceMs?: number;
  /** Called once when the server has to be waited for, with the reason. */
  onWait?: (reason: string) => void;
}

const OLDEST_POSTGRES = 15;
const RETRY_MS = 250;

/** A statement that runs longer is a fault; nothing of ours needs more. */
const STATEMENT_LIMIT_MS = 60_000;
/** A transaction that forgot its connection must not hold locks for ever. */
const IDLE_TRANSACTION_LIMIT_MS = 120_000;

/**
 * Sequelize begins to listen for errors only after it connected, and passes pg's `pipeline` (statements queued on one connection go out
 * together) not on. A server that ends a connection at the wrong moment would end the process, or leave a dead connection in the pool.
 */
class SafeClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super({ ...config, pipeline: true } as pg.ClientConfig);
    this.on('error', () => spoil(this));
  }
}

/** Connects to PostgreSQL, waiting for it if need be. Throws a message for the operator when it cannot be used. */
export async function openDatabase({ url, poolSize = 10, patienceMs = 30_000, onWait }: DatabaseOptions): Promise<Database> {
  const sequelize = new Sequelize(url, {
    dialect: 'postgres',
    logging: false,
    define: { underscored: true },
    pool: { max: poolSize, min: 0, acquire: 30_000, idle: 10_000 },
    dialectOptions: {
      application_name: 'evroam',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      statement_timeout: STATEMENT_LIMIT_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_LIMIT_MS,
    },
    dialectModule: { ...pg, Client: SafeClient },
  });
  const sql = createSql(sequelize);
  try {
    await waitFor(sequelize, url, patienceMs, onWait);
    await checkVersion(sql, url);
  } catch (error) {
    await sequelize.close();
    throw error;
  }
  return {
    sequelize,
    sql,
    transact: createTransact(sequelize),
    poolSize,
    ping: (timeoutMs = 2000) => within(timeoutMs, sql(undefined, 'SELECT 1')),
    close: () => sequelize.close(),
  };
}

/** The address without its password, for messages. */
export function describeUrl(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`;
}

async function waitFor(sequelize: Sequelize, url: string, patienceMs: number, onWait?: (reason: string) => void): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let waited = false; ; waited = true) {
    try {
      await sequelize.authenticate();
      return;
    } catch (error) {
      const reason = (error as Error).message;
      if (!isOutage(error) || Date.now() > deadline || ['28P01', '28000', '3D000'].includes(sqlState(error) ?? '')) {
        throw new Error(`PostgreSQL at ${describeUrl(url)} cannot be used: ${reason}. Check DATABASE_URL and that the server runs.`, {
          cause: error,
        });
      }
      if (!waited) onWait?.(`waiting for PostgreSQL at ${describeUrl(url)}: ${reason}`);
      await delay(RETRY_MS);
    }
  }
}

async function checkVersion(sql: Sql, url: string): Promise<void> {
  const [row] = await sql<{ version: number }>(undefined, `SELECT current_setting('server_version_num')::int AS version`);
  const major = Math.floor((row?.version ?? 0) / 10_000);
  if (major < OLDEST_POSTGRES)
    throw new Error(`PostgreSQL at ${describeUrl(url)} is version ${major}; evroam needs ${OLDEST_POSTGRES} or newer.`);
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`PostgreSQL did not answer within ${timeoutMs} ms`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    stop.abort();
    work.catch(() => undefined);
  }
}

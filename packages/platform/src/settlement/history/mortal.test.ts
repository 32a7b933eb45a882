// A node that dies in the middle of its work: PostgreSQL ends its connections before a chosen statement, at COMMIT, or right after it.
import { type Database, openDatabase } from '../../edges/database.js';
import type { Sql } from '../../edges/sql.js';

class Killed extends Error {}

/**
 * Does the work on node after node, each killed so many statements after its start as the next of `deaths` says, the last one not at
 * all. The work goes on from what it was told, as whoever was not answered asks again. `found` looks at the books after each death.
 */
export async function throughDeaths(
  url: string,
  deaths: readonly number[],
  work: (node: Pick<Database, 'sql' | 'transact'>) => Promise<void>,
  found: () => Promise<void>,
): Promise<number> {
  const undertaker = await openDatabase({ url, poolSize: 1 });
  let died = 0;
  try {
    for (const death of [...deaths, Number.POSITIVE_INFINITY]) {
      const database = await openDatabase({ url, poolSize: 4 });
      try {
        await work(mortal(database, undertaker, death));
        return died;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        died += 1;
      } finally {
        await database.close();
      }
      await found();
    }
    return died;
  } finally {
    await undertaker.close();
  }
}

function mortal(database: Database, undertaker: Database, death: number): Pick<Database, 'sql' | 'transact'> {
  const pids = new Set<number>();
  let left = death;
  let dead = false;
  /** A moment at which a node may die: then its connections end, and it does nothing more. */
  const moment = async () => {
    if (!dead) left -= 1;
    if (!dead && left >= 0) return;
    if (!dead) {
      dead = true;
      await undertaker.sql(undefined, 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [[...pids]]);
    }
    throw new Killed('the node is dead');
  };
  const sql: Sql = Object.assign(
    async <Row extends object>(...[tx, text, values]: Parameters<Sql>) => {
      await moment();
      return database.sql<Row>(tx, text, values);
    },
    {
      prepared: async <Row extends object>(...asked: Parameters<Sql['prepared']>) => {
        await moment();
        return database.sql.prepared<Row>(...asked);
      },
      copyRows: async (...asked: Parameters<Sql['copyRows']>) => {
        await moment();
        return database.sql.copyRows(...asked);
      },
    },
  );
  return {
    sql,
    transact: async (inside) => {
      const result = await database.transact(async (tx) => {
        const [backend] = await database.sql<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
        pids.add(backend!.pid);
        try {
          const done = await inside(tx);
          await moment();
          return done;
        } finally {
          if (!dead) pids.delete(backend!.pid);
        }
      });
      // Saved, and nobody was told.
      await moment();
      return result;
    },
  };
}

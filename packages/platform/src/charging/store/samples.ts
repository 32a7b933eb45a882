import type { Sql } from '../../edges/sql.js';

/** Partitions are months of the stations' time, named by their first day. */
const MONTHS_AHEAD = 2;

export function createSampleStore(sql: Sql) {
  const partitions = async () =>
    (
      await sql<{ name: string }>(
        undefined,
        `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'charging_sample'::regclass`,
      )
    ).map(({ name }) => name);

  return {
    /** Makes the partitions of this month and the next ones, and drops those that ended before `keepFrom`. Gives what it dropped. */
    async keepSamples(now: Date, keepFrom: Date): Promise<string[]> {
      const there = new Set(await partitions());
      for (let ahead = -1; ahead <= MONTHS_AHEAD; ahead += 1) {
        const [from, until] = [monthAt(now, ahead), monthAt(now, ahead + 1)];
        if (!there.has(nameOf(from))) await addPartition(sql, nameOf(from), from, until);
      }
      const old = [...there].filter((name) => {
        const month = /^charging_sample_(\d{4})(\d{2})$/.exec(name);
        return month && Date.UTC(Number(month[1]), Number(month[2]), 1) <= keepFrom.getTime();
      });
      for (const name of old) await sql(undefined, `DROP TABLE ${name}`);
      return old;
    },
  };
}

/** Readings of this month that came before its partition did lie in the default one: they move, or it could not be attached. */
async function addPartition(sql: Sql, name: string, from: Date, until: Date): Promise<void> {
  const range = `FROM ('${from.toISOString()}') TO ('${until.toISOString()}')`;
  await sql(
    undefined,
    `DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(7305119005);
      IF to_regclass('${name}') IS NULL THEN
        LOCK TABLE charging_sample IN ACCESS EXCLUSIVE MODE;
        CREATE TABLE ${name} (LIKE charging_sample INCLUDING ALL);
        WITH moved AS (DELETE FROM charging_sample_other WHERE at >= '${from.toISOString()}' AND at < '${until.toISOString()}' RETURNING *)
          INSERT INTO ${name} SELECT * FROM moved;
        ALTER TABLE charging_sample ATTACH PARTITION ${name} FOR VALUES ${range};
      END IF;
    END $$`,
  );
}

const monthAt = (now: Date, ahead: number): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
const nameOf = (month: Date): string => `charging_sample_${month.toISOString().slice(0, 7).replace('-', '')}`;

import type { Sql } from './sql.js';

/** A table that is cut by time into partitions, with one for the rest that is called `<table>_other`. */
export interface Partitioned {
  table: string;
  /** The column by whose time it is cut. */
  column: string;
  cut: 'month' | 'day';
  /** Partitions that are made ahead of time. */
  ahead: number;
  /** Of `pg_advisory_xact_lock`, so that two nodes do not make one twice. */
  lock: number;
}

/** Makes the partitions of now, of the time before, and of the times ahead, and drops those that ended before `keepFrom`. Gives what it dropped. */
export async function keepPartitions(sql: Sql, plan: Partitioned, now: Date, keepFrom: Date): Promise<string[]> {
  const { table, cut, ahead } = plan;
  const there = new Set(await partitionsOf(sql, table));
  for (let step = -1; step <= ahead; step += 1) {
    const name = nameOf(plan, startOf(cut, now, step));
    if (!there.has(name)) await addPartition(sql, plan, name, startOf(cut, now, step), startOf(cut, now, step + 1));
  }
  const old = [...there].filter((name) => {
    const start = startIn(plan, name);
    return start && startOf(cut, start, 1).getTime() <= keepFrom.getTime();
  });
  for (const name of old) await sql(undefined, `DROP TABLE ${name}`);
  return old;
}

const partitionsOf = async (sql: Sql, table: string): Promise<string[]> =>
  (
    await sql<{ name: string }>(
      undefined,
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '${table}'::regclass`,
    )
  ).map(({ name }) => name);

/** Rows of that time which came before its partition did lie in the one for the rest: they move, or it could not be attached. */
async function addPartition(sql: Sql, { table, column, lock }: Partitioned, name: string, from: Date, until: Date): Promise<void> {
  const [first, last] = [from.toISOString(), until.toISOString()];
  await sql(
    undefined,
    `DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(${lock});
      IF to_regclass('${name}') IS NULL THEN
        LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE;
        CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL);
        WITH moved AS (DELETE FROM ${table}_other WHERE ${column} >= '${first}' AND ${column} < '${last}' RETURNING *)
          INSERT INTO ${name} SELECT * FROM moved;
        ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${first}') TO ('${last}');
      END IF;
    END $$`,
  );
}

function startOf(cut: Partitioned['cut'], at: Date, step: number): Date {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return new Date(cut === 'month' ? Date.UTC(year, month + step, 1) : Date.UTC(year, month, day + step));
}

/** Named by the day, or the month, with which it begins. */
const nameOf = ({ table, cut }: Partitioned, start: Date): string =>
  `${table}_${start
    .toISOString()
    .slice(0, cut === 'month' ? 7 : 10)
    .replaceAll('-', '')}`;

function startIn({ table, cut }: Partitioned, name: string): Date | undefined {
  const digits = name.startsWith(`${table}_`) ? name.slice(table.length + 1) : '';
  const date = (cut === 'month' ? /^(\d{4})(\d{2})()$/ : /^(\d{4})(\d{2})(\d{2})$/).exec(digits);
  return date ? new Date(Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3] || 1))) : undefined;
}

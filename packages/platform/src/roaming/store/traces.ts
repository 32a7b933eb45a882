import { keepPartitions, type Partitioned } from '../../edges/partitions.js';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { PageRequest } from '../../kernel/page.js';
import type { Segment } from '../trace/journal.js';
import { filterKeys, fits, type TracedBodies, type TraceFilter, type TraceLine } from '../trace/line.js';

/** Days, so that what is too old goes as a whole. */
const TRACES: Partitioned = { table: 'roaming_trace', column: 'until', cut: 'day', ahead: 2, lock: 7_305_119_006 };
/** Segments that are read at once. */
const AT_ONCE = 20;
/** Of all partners: what stands in the place of one. */
export const ALL_PARTNERS = '*';

export interface TraceQuery extends TraceFilter, PageRequest {
  since?: Date;
  until?: Date;
}

/** With its place: together they are its id, as `idOf` writes it. */
export type Kept = TraceLine & { segment: string; index: number };

/** Bodies of a partner, or of all, are kept until then. */
export interface Watch {
  operatorId: OperatorId;
  partner: string;
  until: Date;
}

export const migrations = [
  {
    name: 'roaming-trace-001',
    up: [
      'CREATE SEQUENCE roaming_trace_id',
      // A row holds what was seen in a moment, for a row for each message would cost more than the message; `keys` says what is in it.
      `CREATE TABLE roaming_trace (
        operator_id text NOT NULL,
        id bigint NOT NULL DEFAULT nextval('roaming_trace_id'),
        since timestamptz NOT NULL,
        until timestamptz NOT NULL,
        keys integer[] NOT NULL,
        lines text NOT NULL,
        bodies text,
        dropped integer NOT NULL DEFAULT 0
      ) PARTITION BY RANGE (until)`,
      `DO $$ BEGIN
        ALTER TABLE roaming_trace ALTER COLUMN lines SET COMPRESSION lz4;
        ALTER TABLE roaming_trace ALTER COLUMN bodies SET COMPRESSION lz4;
      EXCEPTION WHEN feature_not_supported THEN NULL;
      END $$`,
      'CREATE INDEX roaming_trace_place ON roaming_trace (operator_id, id)',
      'CREATE INDEX roaming_trace_keys ON roaming_trace USING gin (keys)',
      'CREATE INDEX roaming_trace_dropped ON roaming_trace (operator_id, until) WHERE dropped > 0',
      'CREATE TABLE roaming_trace_other PARTITION OF roaming_trace DEFAULT',
      `CREATE TABLE roaming_trace_watch (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (operator_id, partner_id)
      )`,
    ],
  },
] as const;

export type TraceStore = ReturnType<typeof createTraceStore>;

export function createTraceStore(sql: Sql) {
  return {
    async append(operatorId: OperatorId, { from, until, lines, bodies, keys, dropped }: Segment): Promise<void> {
      const hasBodies = Object.keys(bodies).length > 0;
      await sql.prepared(
        'roaming trace append',
        'INSERT INTO roaming_trace (operator_id, since, until, keys, lines, bodies, dropped) VALUES ($1, $2, $3, $4, $5, $6, $7)',
        [operatorId, from, until, `{${[...keys].join(',')}}`, `[${lines.join(',')}]`, hasBodies ? JSON.stringify(bodies) : null, dropped],
      );
    },

    /** The newest first, and how many lines of that time were lost. The cursor is the id of the last one. */
    async page(operatorId: OperatorId, query: TraceQuery): Promise<{ items: Kept[]; next?: string; dropped: number }> {
      const items: Kept[] = [];
      const { since, until, limit } = query;
      let place = readId(query.after);
      for (;;) {
        const rows = await sql<{ id: string; lines: string }>(
          undefined,
          `SELECT id, lines FROM roaming_trace
            WHERE operator_id = $1 AND ($2::bigint IS NULL OR id <= $2) AND keys @> $3::integer[]
              AND ($4::timestamptz IS NULL OR until >= $4) AND ($5::timestamptz IS NULL OR since < $5)
            ORDER BY id DESC LIMIT $6`,
          [operatorId, place?.segment ?? null, `{${filterKeys(query).join(',')}}`, since ?? null, until ?? null, AT_ONCE],
        );
        for (const row of rows) {
          const lines = JSON.parse(row.lines) as TraceLine[];
          const end = place?.segment === row.id ? place.index : lines.length;
          for (let index = end - 1; index >= 0; index -= 1) {
            const line = lines[index];
            if (!line || !fits(line, query) || !isWithin(line, query)) continue;
            // One more than a page holds: then there is a next one.
            if (items.length === limit) return { items, ...nextOf(items), dropped: await droppedIn(operatorId, query) };
            items.push({ ...line, segment: row.id, index });
          }
        }
        const last = rows.at(-1);
        if (!last || rows.length < AT_ONCE) return { items, dropped: await droppedIn(operatorId, query) };
        place = { segment: last.id, index: 0 };
      }
    },

    async one(operatorId: OperatorId, id: string): Promise<{ line: Kept; bodies: TracedBodies } | undefined> {
      const place = readId(id);
      if (!place) return undefined;
      const rows = await sql<{ lines: string; bodies: string | null }>(
        undefined,
        'SELECT lines, bodies FROM roaming_trace WHERE operator_id = $1 AND id = $2',
        [operatorId, place.segment],
      );
      const [row] = rows;
      const line = row && (JSON.parse(row.lines) as TraceLine[])[place.index];
      if (!line) return undefined;
      const bodies = row.bodies === null ? {} : (JSON.parse(row.bodies) as Record<string, TracedBodies>);
      return { line: { ...line, ...place }, bodies: bodies[place.index] ?? {} };
    },

    /** Makes the partitions that are needed next, and forgets what is older than `keepFrom`. */
    async keep(now: Date, keepFrom: Date): Promise<string[]> {
      await sql(undefined, 'DELETE FROM roaming_trace_other WHERE until < $1', [keepFrom]);
      await sql(undefined, 'DELETE FROM roaming_trace_watch WHERE until < $1', [now]);
      return keepPartitions(sql, TRACES, now, keepFrom);
    },

    async watch({ operatorId, partner, until }: Watch): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_trace_watch (operator_id, partner_id, until) VALUES ($1, $2, $3)
         ON CONFLICT (operator_id, partner_id) DO UPDATE SET until = excluded.until`,
        [operatorId, partner, until],
      );
    },

    async unwatch(operatorId: OperatorId, partner: string): Promise<boolean> {
      const rows = await sql(undefined, 'DELETE FROM roaming_trace_watch WHERE operator_id = $1 AND partner_id = $2 RETURNING partner_id', [
        operatorId,
        partner,
      ]);
      return rows.length === 1;
    },

    /** Of all operators: a node keeps them in mind. */
    watches: (): Promise<Watch[]> =>
      sql<{ operatorId: OperatorId; partner: string; until: Date }>(
        undefined,
        'SELECT operator_id AS "operatorId", partner_id AS partner, until FROM roaming_trace_watch ORDER BY operator_id, partner_id',
      ),

    /** What partners are called, for people. */
    async partnerNames(operatorId: OperatorId, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const rows = await sql<{ id: string; name: string }>(
        undefined,
        'SELECT id, name FROM roaming_partner WHERE operator_id = $1 AND id = ANY ($2)',
        [operatorId, ids],
      );
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
  };

  async function droppedIn(operatorId: OperatorId, { since, until }: TraceQuery): Promise<number> {
    const rows = await sql<{ dropped: number }>(
      undefined,
      `SELECT coalesce(sum(dropped), 0)::int AS dropped FROM roaming_trace WHERE operator_id = $1 AND dropped > 0
          AND ($2::timestamptz IS NULL OR until >= $2) AND ($3::timestamptz IS NULL OR since < $3)`,
      [operatorId, since ?? null, until ?? null],
    );
    return rows[0]?.dropped ?? 0;
  }
}

const isWithin = ({ at }: TraceLine, { since, until }: TraceQuery): boolean =>
  (since === undefined || at >= since.getTime()) && (until === undefined || at < until.getTime());

const nextOf = (items: readonly Kept[]): { next?: string } => {
  const last = items.at(-1);
  return last ? { next: idOf(last) } : {};
};

export const idOf = ({ segment, index }: Pick<Kept, 'segment' | 'index'>): string => `${segment}-${index}`;

/** `<segment>-<index>`; undefined for what is no id of a line. */
export function readId(text: string | undefined): { segment: string; index: number } | undefined {
  const [, segment, index] = /^(\d{1,18})-(\d{1,4})$/.exec(text ?? '') ?? [];
  return segment === undefined ? undefined : { segment, index: Number(index) };
}

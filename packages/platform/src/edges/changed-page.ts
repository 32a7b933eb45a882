import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Sql } from './sql.js';

/** What a list in order of change may be asked: a stretch of time, a place in it, a page. */
export interface ChangedQuery extends PageRequest {
  /** Inclusive. */
  updatedFrom?: Date;
  /** Exclusive. */
  updatedUntil?: Date;
}

export interface ChangedList<Row, Item> {
  /** Table with an alias if need be; it has `updated_at` and the column `id`. */
  from: string;
  id: string;
  columns: string;
  /** SQL conditions over `values`, which are $1 and on. */
  where: string;
  values: readonly unknown[];
  item: (row: Row) => Item;
}

/**
 * A page of a list, oldest change first. The cursor is (updated_at, id) of the last item seen, so a list stays whole while it changes;
 * who asks by offset gets that, with the known weakness. The total counts what the filter matches, whatever the page.
 */
export async function changedPage<Row extends object, Item>(
  sql: Sql,
  list: ChangedList<Row, Item>,
  query: ChangedQuery,
): Promise<Page<Item>> {
  const { from, id, columns, where, values, item } = list;
  const n = values.length;
  const filter = `${where} AND ($${n + 1}::timestamptz IS NULL OR updated_at >= $${n + 1}) AND ($${n + 2}::timestamptz IS NULL OR updated_at < $${n + 2})`;
  const filterValues = [...values, query.updatedFrom ?? null, query.updatedUntil ?? null];
  const cursor = readCursor(query.after);
  const rows = await sql<Row & { cursor_id: string; changed: string }>(
    undefined,
    `SELECT ${columns}, ${id} AS cursor_id, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS changed
       FROM ${from} WHERE ${filter} AND ($${n + 3}::timestamptz IS NULL OR (updated_at, ${id}) > ($${n + 3}, $${n + 4}::text))
      ORDER BY updated_at, ${id} LIMIT $${n + 5} OFFSET $${n + 6}`,
    [...filterValues, cursor.time, cursor.id, query.limit + 1, cursor.time === null ? (query.offset ?? 0) : 0],
  );
  const page = pageOf(rows, query.limit, item, (row) => `${row.changed}~${row.cursor_id}`);
  if (query.counted !== true) return page;
  const [count] = await sql<{ total: number }>(undefined, `SELECT count(*)::int AS total FROM ${from} WHERE ${filter}`, filterValues);
  return { ...page, total: count?.total ?? 0 };
}

function readCursor(after: string | undefined): { time: string | null; id: string | null } {
  const at = after?.lastIndexOf('~') ?? -1;
  if (after === undefined || at < 0 || Number.isNaN(Date.parse(after.slice(0, at)))) return { time: null, id: null };
  return { time: after.slice(0, at), id: after.slice(at + 1) };
}

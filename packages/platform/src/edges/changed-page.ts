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
  /** Table with an alias if need be; it has `updated_at` and the columns of `key`. */
  from: string;
  /** What tells an item from every other one of the list: owners are free to use the same ids, and do. */
  key: readonly [string, ...string[]];
  columns: string;
  /** SQL conditions over `values`, which are $1 and on. */
  where: string;
  values: readonly unknown[];
  item: (row: Row) => Item;
}

/**
 * A page of a list, oldest change first. The cursor is (updated_at, key) of the last item seen, so a list stays whole while it changes;
 * who asks by offset gets that, with the known weakness. The total counts what the filter matches, whatever the page.
 */
export async function changedPage<Row extends object, Item>(
  sql: Sql,
  list: ChangedList<Row, Item>,
  query: ChangedQuery,
): Promise<Page<Item>> {
  const { from, key, columns, where, values, item } = list;
  const n = values.length;
  const filter = `${where} AND ($${n + 1}::timestamptz IS NULL OR updated_at >= $${n + 1}) AND ($${n + 2}::timestamptz IS NULL OR updated_at < $${n + 2})`;
  const filterValues = [...values, query.updatedFrom ?? null, query.updatedUntil ?? null];
  const cursor = readCursor(query.after, key.length);
  const place = key.map((_, index) => `$${n + 6 + index}::text`).join(', ');
  const rows = await sql<Row & { cursor_key: string; changed: string }>(
    undefined,
    `SELECT ${columns}, concat_ws('~', ${key.join(', ')}) AS cursor_key,
            to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS changed
       FROM ${from} WHERE ${filter} AND ($${n + 3}::timestamptz IS NULL OR (updated_at, ${key.join(', ')}) > ($${n + 3}, ${place}))
      ORDER BY updated_at, ${key.join(', ')} LIMIT $${n + 4} OFFSET $${n + 5}`,
    [...filterValues, cursor?.time ?? null, query.limit + 1, cursor ? 0 : (query.offset ?? 0), ...(cursor?.key ?? key.map(() => null))],
  );
  const page = pageOf(rows, query.limit, item, (row) => `${row.changed}~${row.cursor_key}`);
  if (query.counted !== true) return page;
  const [count] = await sql<{ total: number }>(undefined, `SELECT count(*)::int AS total FROM ${from} WHERE ${filter}`, filterValues);
  return { ...page, total: count?.total ?? 0 };
}

/** `<time>~<key>`; the last part of a key may have any character. */
function readCursor(after: string | undefined, parts: number): { time: string; key: string[] } | undefined {
  const [time = '', ...rest] = (after ?? '').split('~');
  if (rest.length < parts || Number.isNaN(Date.parse(time))) return undefined;
  return { time, key: [...rest.slice(0, parts - 1), rest.slice(parts - 1).join('~')] };
}

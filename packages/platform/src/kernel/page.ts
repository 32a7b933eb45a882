/** One page of a list that is stable while the list changes: the cursor is the last key seen. */
export interface Page<T> {
  items: readonly T[];
  /** Absent on the last page. */
  next?: string;
}

export interface PageRequest {
  after?: string;
  limit: number;
}

/** A list never gives more than this at once, whatever was asked. */
export const MAX_PAGE = 500;

/** Makes a page of rows of which one more than `limit` was asked for. */
export function pageOf<Row, Item>(rows: readonly Row[], limit: number, item: (row: Row) => Item, cursor: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), ...(rows.length > limit && last !== undefined ? { next: cursor(last) } : {}) };
}

/** Reads the cursor of a list that is ordered by change: `<time>~<id>`, as its page wrote it. */
export function changeCursor(after: string | undefined): { time: string | null; id: string | null } {
  const at = after?.lastIndexOf('~') ?? -1;
  return after === undefined || at < 0 ? { time: null, id: null } : { time: after.slice(0, at), id: after.slice(at + 1) };
}

/** One page of a list that is stable while the list changes: the cursor is the last key seen. */
export interface Page<T> {
  items: readonly T[];
  /** Absent on the last page. */
  next?: string;
  /** How many there are in all, where that was asked for. */
  total?: number;
}

export interface PageRequest {
  after?: string;
  /** Items to pass over; only where there is no cursor. */
  offset?: number;
  limit: number;
  /** Whether the total is wanted: it costs another look. */
  counted?: true;
}

/** A list never gives more than this at once, whatever was asked. */
export const MAX_PAGE = 500;

/** Makes a page of rows of which one more than `limit` was asked for. */
export function pageOf<Row, Item>(rows: readonly Row[], limit: number, item: (row: Row) => Item, cursor: (row: Row) => string): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), ...(rows.length > limit && last !== undefined ? { next: cursor(last) } : {}) };
}

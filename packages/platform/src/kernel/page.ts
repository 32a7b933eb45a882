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

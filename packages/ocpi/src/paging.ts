// Pages: the window that a request asks for, the page that an answer carries, and the headers between them.
import { isDateTime, toDate } from './check.js';
import { OcpiError } from './envelope.js';
import { type Headers, header } from './headers.js';

/** The part of a list that a request asks for. `dateFrom` is inclusive, `dateTo` exclusive, both on last_updated. OCPI 2.2.1, 4.1.3.4 */
export interface Window {
  readonly dateFrom?: Date;
  readonly dateTo?: Date;
  readonly offset: number;
  readonly limit: number;
  /** What the server's own last page said stands next; unlike an offset it holds while the list changes. */
  readonly cursor?: string;
}

/** What a client asks for: any part of a window. */
export type WindowRequest = Partial<Window>;

/** One page of a list. `total` counts what the filter matches; without `next` the page is the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total?: number;
  /** Where the next page starts: handed back as the window's `cursor`. */
  readonly next?: string;
}

const CURSOR_LIMIT = 256;

/** The window of a request's query. Throws 'invalid' naming the parameter; a larger limit than `largest` is cut to it. */
export function readWindow(query: URLSearchParams, largest: number): Window {
  const dateFrom = readDate(query, 'date_from');
  const dateTo = readDate(query, 'date_to');
  const cursor = query.get('cursor');
  if (cursor !== null && cursor.length > CURSOR_LIMIT) throw new OcpiError('invalid', 'cursor is too long', { path: '/cursor' });
  return {
    ...(dateFrom ? { dateFrom } : {}),
    ...(dateTo ? { dateTo } : {}),
    offset: readCount(query, 'offset', 0, 0),
    limit: Math.min(readCount(query, 'limit', largest, 1), largest),
    ...(cursor === null ? {} : { cursor }),
  };
}

function readDate(query: URLSearchParams, name: string): Date | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  // A plus sign that was not escaped arrives as a blank.
  const spelt = value.replace(/ (?=\d\d:\d\d$)/, '+');
  if (!isDateTime(spelt)) throw new OcpiError('invalid', `${name} is not a DateTime`, { path: `/${name}` });
  return toDate(spelt);
}

function readCount(query: URLSearchParams, name: string, fallback: number, least: number): number {
  const value = query.get(name);
  if (value === null || value === '') return fallback;
  if (!/^\d{1,15}$/.test(value) || Number(value) < least)
    throw new OcpiError('invalid', `${name} must be a number from ${least}`, { path: `/${name}` });
  return Number(value);
}

/** The query text of a window, without the question mark. */
export function windowQuery(window: WindowRequest): string {
  const query = new URLSearchParams();
  if (window.dateFrom) query.set('date_from', window.dateFrom.toISOString());
  if (window.dateTo) query.set('date_to', window.dateTo.toISOString());
  if (window.offset !== undefined) query.set('offset', String(window.offset));
  if (window.limit !== undefined) query.set('limit', String(window.limit));
  if (window.cursor !== undefined) query.set('cursor', window.cursor);
  return query.toString();
}

/** The headers of a page: X-Limit always, X-Total-Count when known, Link when there is more, with the filters of the request. */
export function pageHeaders(
  page: Page<unknown>,
  window: Window,
  largest: number,
  query: URLSearchParams,
  url: string,
): Record<string, string> {
  const headers: Record<string, string> = { 'x-limit': String(largest) };
  if (page.total !== undefined) headers['x-total-count'] = String(page.total);
  const next = page.next ?? following(page, window);
  if (next === undefined) return headers;
  const link = new URLSearchParams(query);
  link.set('offset', String(window.offset + page.items.length));
  link.set('limit', String(window.limit));
  if (page.next === undefined) link.delete('cursor');
  else link.set('cursor', page.next);
  headers.link = `<${url}?${link}>; rel="next"`;
  return headers;
}

/** Without a cursor the next page is known from the total. */
function following(page: Page<unknown>, window: Window): number | undefined {
  const seen = window.offset + page.items.length;
  return page.total !== undefined && page.items.length > 0 && seen < page.total ? seen : undefined;
}

/** The URL of the next page in a Link header, if any. */
export function nextLink(headers: Headers): string | undefined {
  for (const part of (header(headers, 'link') ?? '').split(/,(?=\s*<)/)) {
    const found = /^\s*<([^>]*)>(.*)$/.exec(part);
    if (found && /;\s*rel\s*=\s*"?next"?\s*(?:;|$)/i.test(found[2] ?? '')) return found[1];
  }
  return undefined;
}

/** A count in a header; undefined when it is absent or no number. */
export const countHeader = (headers: Headers, name: string): number | undefined => {
  const value = header(headers, name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
};

/**
 * A page of a list that is held in memory in order of creation. The cursor is the position in that order, so what is added,
 * changed or moved behind the reader's back is neither read twice nor skipped.
 */
export function pageOf<T>(entries: Iterable<readonly [position: number, item: T]>, window: Window, updated: (item: T) => string): Page<T> {
  const from = window.dateFrom?.getTime() ?? Number.NEGATIVE_INFINITY;
  const to = window.dateTo?.getTime() ?? Number.POSITIVE_INFINITY;
  const after = window.cursor !== undefined && /^\d{1,15}$/.test(window.cursor) ? Number(window.cursor) : undefined;
  const items: T[] = [];
  let total = 0;
  let last: number | undefined;
  let more = false;
  for (const [position, item] of entries) {
    const at = toDate(updated(item)).getTime();
    if (at < from || at >= to) continue;
    total += 1;
    const passed = after === undefined ? total <= window.offset : position <= after;
    if (passed) continue;
    if (items.length === window.limit) more = true;
    else {
      items.push(item);
      last = position;
    }
  }
  return { items, total, ...(more && last !== undefined ? { next: String(last) } : {}) };
}

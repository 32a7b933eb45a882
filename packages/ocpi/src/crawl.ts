// Reads a whole list, page after page, with limits: a peer may answer with an endless chain of links.
import type { Reply } from './client.js';
import { OcpiError } from './envelope.js';
import type { WindowRequest } from './paging.js';

/** A client's method that reads a paged list of `T`. */
export type ListMethod<T> = (input?: {
  readonly window?: WindowRequest;
  readonly at?: string;
  readonly correlationId?: string;
  readonly signal?: AbortSignal;
}) => Promise<Reply<readonly T[]>>;

/** Limits of a crawl, and where it begins. */
export interface CrawlOptions {
  readonly window?: WindowRequest;
  /** Goes on where an earlier crawl of the same window ended: the URL of its next page. */
  readonly from?: string;
  /** Defaults: 10 000 pages, a million items, 1 GiB of answers, an hour. */
  readonly maxPages?: number;
  readonly maxItems?: number;
  readonly maxBytes?: number;
  readonly maxMs?: number;
  readonly signal?: AbortSignal;
}

/** A page of a crawl. `next` is where to go on after a break; undefined after the last page. */
export interface CrawledPage<T> {
  readonly items: readonly T[];
  readonly reply: Reply<readonly T[]>;
  readonly next?: string;
}

/** A crawl that ran into a limit; `next` is where to go on. */
export class CrawlLimit extends OcpiError {
  readonly next: string | undefined;
  constructor(message: string, next: string | undefined) {
    super('bad-answer', message);
    this.next = next;
  }
}

/**
 * Reads a list page by page. Follows the Link header; where a peer sends none but counts more items, asks by offset.
 * When the count shrinks between two pages the page is read again from as much further ahead, since the list has moved; what is read
 * twice then is recognised by its owner and id. Throws CrawlLimit at a limit or when a link leads back.
 *
 *     for await (const { items } of crawl(peer.list)) await store(items);
 */
export async function* crawl<T>(list: ListMethod<T>, options: CrawlOptions = {}): AsyncGenerator<CrawledPage<T>, void, undefined> {
  const { maxPages = 10_000, maxItems = 1_000_000, maxBytes = 2 ** 30, maxMs = 3_600_000, window = {}, signal } = options;
  const started = performance.now();
  const links = new Set(options.from === undefined ? [] : [options.from]);
  const recent = new Set<string>();
  let place: Place = options.from === undefined ? { window } : { at: options.from };
  let items = 0;
  let bytes = 0;
  let total: number | undefined;
  let offset = options.from === undefined ? (window.offset ?? 0) : offsetIn(options.from);
  for (let pages = 0; ; pages += 1) {
    const limit =
      reached(pages, maxPages, 'pages') ??
      reached(items, maxItems, 'items') ??
      reached(bytes, maxBytes, 'bytes') ??
      reached(performance.now() - started, maxMs, 'ms');
    if (limit) throw new CrawlLimit(limit, place.at);
    const reply: Reply<readonly T[]> = await list({ ...place, ...(signal ? { signal } : {}) });
    const count = reply.data.length + (reply.page?.refused.length ?? 0);
    items += count;
    bytes += reply.payload.raw.length;
    const shrunk = total === undefined || reply.page?.total === undefined ? 0 : Math.max(0, total - reply.page.total);
    total = reply.page?.total ?? total;
    const again = shrunk > 0 ? steppedBack(place, shrunk) : undefined;
    const after = offset === undefined ? undefined : offset + count;
    const following = again ?? follow(reply, count, after, window);
    offset = again && offset !== undefined ? Math.max(0, offset - shrunk) : after;
    const isLoop = !again && following?.at !== undefined && links.has(following.at);
    if (following?.at !== undefined) links.add(following.at);
    const fresh = reply.data.filter((item) => isNew(recent, item));
    yield { items: fresh, reply, ...(following?.at === undefined || isLoop ? {} : { next: following.at }) };
    if (isLoop) throw new CrawlLimit('a link leads back to a page that was read', undefined);
    if (!following) return;
    place = following;
  }
}

const reached = (is: number, limit: number, of: string): string | undefined =>
  is >= limit ? `the limit of ${limit} ${of} is reached` : undefined;

interface Place {
  readonly window?: WindowRequest;
  readonly at?: string;
}

/** Without a link it goes on by offset. Where that is not known the list was read by links that say none, and the last page has no link. */
function follow(reply: Reply<readonly unknown[]>, count: number, offset: number | undefined, window: WindowRequest): Place | undefined {
  const { next, total } = reply.page ?? {};
  if (next !== undefined) return { at: next };
  return total !== undefined && offset !== undefined && count > 0 && offset < total ? { window: { ...window, offset } } : undefined;
}

function offsetIn(url: string): number | undefined {
  const found = /[?&]offset=(\d{1,15})(?:&|#|$)/.exec(url)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The same page, as much further ahead as the list has become shorter. A server's own cursor holds by itself. OCPI 2.2.1, 4.1.3.4 */
function steppedBack({ at, window }: Place, by: number): Place | undefined {
  if (at === undefined) return window?.offset ? { window: { ...window, offset: Math.max(0, window.offset - by) } } : undefined;
  const found = /[?&]offset=(\d+)/.exec(at);
  if (!found || /[?&]cursor=/.test(at)) return undefined;
  return { at: at.replace(/([?&]offset=)\d+/, (_, name: string) => `${name}${Math.max(0, Number(found[1]) - by)}`) };
}

const REMEMBERED = 5000;

/** False for an object of the same owner, id and last_updated as one just read. */
function isNew(recent: Set<string>, item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return true;
  const { country_code, party_id, id, uid, last_updated } = item as Record<string, unknown>;
  const name = id ?? uid;
  if (typeof name !== 'string') return true;
  const key = JSON.stringify([country_code, party_id, name, last_updated]).toUpperCase();
  if (recent.has(key)) return false;
  if (recent.size >= REMEMBERED) recent.delete(recent.values().next().value ?? '');
  recent.add(key);
  return true;
}

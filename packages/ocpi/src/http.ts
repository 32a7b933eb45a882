// A Handle that calls over HTTP, with a pool of connections for each origin. No redirect is followed, no inside address is called.
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { type Dispatcher, errors, Pool } from 'undici';
import { type Addresses, type Allowed, addresses, callable, permittedAddresses, type Resolve, systemResolve } from './addresses.js';
import { OcpiError } from './envelope.js';
import { type Handle, type OcpiRequest, type OcpiResponse, Payload } from './message.js';

/** Settings of the outbound side. */
export interface HttpOptions {
  /** Inside networks that may be called after all: 'loopback', 'private', or '10.1.0.0/16'. Default none. */
  readonly allow?: readonly Allowed[];
  /** Connections for each origin; default 16. */
  readonly connections?: number;
  /** Origins with an open pool; the one longest unused is closed when another is needed. Default 1000. */
  readonly origins?: number;
  /** The largest answer in bytes; default 16 MiB. */
  readonly largestBody?: number;
  /** How long connecting may take, and how long an answer may be silent or take in all, in milliseconds; defaults 5000, 15 000, 60 000. */
  readonly connectMs?: number;
  readonly silenceMs?: number;
  readonly totalMs?: number;
  readonly resolve?: Resolve;
}

/** The network as a Handle. */
export interface Http extends Handle {
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Calls over HTTP. Safe by default: literal addresses are checked when a pool is made, resolved ones at each connect, so that a name
 * which changes its address gains nothing; names that do not resolve are refused.
 */
export function http(options: HttpOptions = {}): Http {
  const permitted = addresses(options.allow);
  const pools = new Map<string, Pool>();
  const largest = options.largestBody ?? 16 * 1024 * 1024;

  const deadlines = openDeadlines();

  const poolOf = (origin: string): Pool => {
    if (pools.size >= (options.origins ?? 1000)) dropOldest(pools);
    const pool = newPool(origin, permitted, options);
    pools.set(origin, pool);
    return pool;
  };
  /** An origin that has a pool was checked when it was made; any other URL is parsed and checked now. */
  const target = (text: string): { pool: Pool; path: string } => {
    const slash = text.indexOf('/', 8);
    const known = slash < 0 ? undefined : pools.get(text.slice(0, slash));
    const path = slash < 0 ? '/' : text.slice(slash);
    if (known && plainPath.test(path)) return { pool: known, path };
    const url = callable(text, permitted);
    return { pool: pools.get(url.origin) ?? poolOf(url.origin), path: url.pathname + url.search };
  };

  const handle: Handle = async (request) => {
    try {
      const { pool, path } = target(request.url);
      const timeoutMs = request.timeoutMs ?? options.totalMs ?? 60_000;
      const sent = { path, method: request.method, headers: flat(request), body: request.body?.wire ?? null };
      const { status, headers, bytes } = await exchange(pool, sent, { timeoutMs, largest, signal: request.signal }, deadlines);
      // A redirect would lead to an address that nobody checked, and take the token along.
      if (status >= 300 && status < 400 && status !== 304)
        throw new OcpiError('blocked', `the answer is a redirect (${status}), which is not followed`);
      return { status, headers, body: Payload.raw(bytes) } satisfies OcpiResponse;
    } catch (error) {
      throw toOcpiError(error);
    }
  };
  return Object.assign(handle, {
    async close(): Promise<void> {
      const open = [...pools.values()];
      pools.clear();
      deadlines.close();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  });
}

const SILENCE_MS = 15_000;
// No blanks, no fragment, no backslash: what the URL parser would leave as it is.
const plainPath = /^\/[!$-[\]-~]*$/;

/** An answer, whole. */
interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** What an exchange may cost. */
interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly largest: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request and reads its answer, by undici's dispatch, since a stream for each answer costs a tenth of a hub's hop. Throws 'timeout', 'bad-answer' for too many bytes, or what undici throws. */
function exchange(pool: Pool, request: Dispatcher.DispatchOptions, limits: ExchangeLimits, deadlines: Deadlines): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs, largest } = limits;
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (error: Error): void => {
      isOver = true;
      settle();
      controller?.abort(error);
      reject(error);
    };
    const giveUp = (): void => end(new OcpiError('timeout', 'given up by the caller'));
    const deadline = deadlines.watch(() => end(new OcpiError('timeout')), timeoutMs);
    const settle = (): void => {
      deadline.end = undefined;
      signal?.removeEventListener('abort', giveUp);
    };
    if (signal?.aborted) return giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });

    // Its silences are limited by the pool: a limit for each request would cost undici a timer for each.
    pool.dispatch(request, {
      onRequestStart(given) {
        controller = given;
        // Given up while it waited for a connection: it must not go out any more.
        if (isOver) given.abort(new OcpiError('timeout'));
      },
      onResponseStart(_, statusCode, given) {
        status = statusCode;
        headers = given;
      },
      onResponseData(_, chunk) {
        length += chunk.length;
        if (length > largest) end(new OcpiError('bad-answer', `the answer is larger than ${largest} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        settle();
        resolve({ status, headers, bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length) });
      },
      onResponseError(_, error) {
        settle();
        reject(error);
      },
    });
  });
}

/** An exchange under way; its `end` is taken away when it is over. */
interface Deadline {
  end: (() => void) | undefined;
  readonly until: number;
}

/** Ends exchanges whose time is over, though each byte came in time. */
interface Deadlines {
  /** Calls `end` once the time is over. */
  watch(end: () => void, forMs: number): Deadline;
  close(): void;
}

const SWEEP_MS = 250;

/**
 * One timer for all exchanges under way. What is over is not looked up to be taken out, it is left out at the next sweep: most
 * exchanges live for less than that, and a map of them cost a fifth of a call.
 */
function openDeadlines(): Deadlines {
  let watched: Deadline[] = [];
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const sweep = (): void => {
    const now = performance.now();
    const before = watched;
    watched = [];
    for (const deadline of before) {
      if (deadline.end && deadline.until <= now) deadline.end();
      else if (deadline.end) watched.push(deadline);
    }
    if (watched.length === 0) close();
  };
  return {
    watch(end, forMs) {
      const deadline: Deadline = { end, until: performance.now() + forMs };
      watched.push(deadline);
      timer ??= setInterval(sweep, Math.min(SWEEP_MS, forMs)).unref();
      return deadline;
    },
    close,
  };
}

function dropOldest(pools: Map<string, Pool>): void {
  for (const [origin, pool] of pools) {
    if (pool.stats.running > 0) continue;
    pools.delete(origin);
    void pool.close();
    return;
  }
  throw new OcpiError('unreachable', 'too many origins are being called at once');
}

function newPool(origin: string, permitted: Addresses, options: HttpOptions): Pool {
  const resolve = options.resolve ?? systemResolve;
  const lookup: LookupFunction = (host, { all }, done) => {
    permittedAddresses(host, permitted, resolve).then(
      (found) => {
        const entries = found.map((address) => ({ address, family: isIP(address) }));
        const [first] = entries;
        if (all === true) done(null, entries);
        else done(null, first?.address ?? '', first?.family ?? 4);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
  return new Pool(origin, {
    connections: options.connections ?? 16,
    connect: { lookup, timeout: options.connectMs ?? 5000 },
    headersTimeout: options.silenceMs ?? SILENCE_MS,
    bodyTimeout: options.silenceMs ?? SILENCE_MS,
    maxHeaderSize: 32 * 1024,
  });
}

/** The headers as a flat list, which undici reads cheaper than an object. */
function flat({ headers }: OcpiRequest): string[] {
  const lines: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') lines.push(name, value);
  }
  return lines;
}

function toOcpiError(error: unknown): OcpiError {
  if (error instanceof OcpiError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof OcpiError) return cause;
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return new OcpiError('timeout', undefined, { cause: error });
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new OcpiError('timeout', undefined, { cause: error });
  return new OcpiError('unreachable', error instanceof Error && 'code' in error ? `cannot be reached (${error.code})` : undefined, {
    cause: error,
  });
}

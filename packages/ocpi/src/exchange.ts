// One request over a pool, read into memory: by undici's dispatch, since a stream for each answer costs a tenth of a hub's hop.
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import { OcpiError } from './envelope.js';

/** An answer, whole. */
export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** What an exchange may cost. */
export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly silenceMs: number;
  readonly largest: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request and reads its answer. Throws 'timeout', 'bad-answer' for too many bytes, or what undici throws. */
export function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
  deadlines: Deadlines,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs, silenceMs, largest } = limits;
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
    const forget = deadlines.watch(() => end(new OcpiError('timeout')), timeoutMs);
    const settle = (): void => {
      forget();
      signal?.removeEventListener('abort', giveUp);
    };
    if (signal?.aborted) return giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });

    pool.dispatch(
      { ...request, headersTimeout: Math.min(timeoutMs, silenceMs), bodyTimeout: silenceMs },
      {
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
      },
    );
  });
}

/** Ends exchanges whose time is over, though each byte came in time. */
export interface Deadlines {
  /** Calls `end` once the time is over; the answer takes it back. */
  watch(end: () => void, forMs: number): () => void;
  close(): void;
}

const SWEEP_MS = 250;

/** One timer for all exchanges under way. */
export function openDeadlines(): Deadlines {
  const watched = new Map<() => void, number>();
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const sweep = (): void => {
    const now = performance.now();
    for (const [end, until] of [...watched]) if (until <= now) end();
    if (watched.size === 0) close();
  };
  return {
    watch(end, forMs) {
      watched.set(end, performance.now() + forMs);
      timer ??= setInterval(sweep, Math.min(SWEEP_MS, forMs)).unref();
      return () => watched.delete(end);
    },
    close,
  };
}

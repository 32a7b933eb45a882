// The admin API of a hub, over HTTP: one place that turns what it answers into the command's own errors.
import { randomUUID } from 'node:crypto';
import type { Context } from './contexts.js';
import { CliError, failure } from './errors.js';
import { isRecord } from './output/path.js';
import type { Row } from './output/show.js';

const ANSWER_MS = 30_000;
/** Largest answer that is read. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A live connection that says nothing for so long is over. */
const SILENCE_MS = 60_000;
/** Items asked for at once; the hub gives at most 500. */
const PAGE = 200;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Admin {
  readonly url: string;
  /** One request; the answer's JSON, or nothing for an empty one. */
  ask(
    method: Method,
    path: string,
    more?: { body?: unknown; query?: Readonly<Record<string, string | undefined>>; key?: string },
  ): Promise<unknown>;
  /** The exact bytes of an answer, for what is signed or hashed. */
  bytes(path: string): Promise<Buffer>;
  /** Every item of a list, page by page. */
  list(path: string, query?: Readonly<Record<string, string | undefined>>): AsyncGenerator<Row>;
  /** Server-sent events as they come, until the hub or Ctrl-C ends them. */
  events(path: string): AsyncGenerator<{ readonly event: string; readonly data: unknown }>;
  close(): Promise<void>;
}

export interface AdminOptions extends Context {
  readonly signal?: AbortSignal;
  /** Told of every exchange, without secrets. */
  readonly trace?: (line: string) => void;
}

export async function openAdmin({ url, apiKey, signal, trace }: AdminOptions): Promise<Admin> {
  const { Pool } = await import('undici');
  const base = new URL(url);
  const prefix = base.pathname.replace(/\/$/, '');
  const pool = new Pool(base.origin, { connections: 4, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });

  async function send(
    method: Method,
    path: string,
    more: { body?: unknown; query?: Readonly<Record<string, string | undefined>>; key?: string } = {},
  ): Promise<{ status: number; bytes: Buffer }> {
    const query = Object.entries(more.query ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    );
    const target = `${prefix}${path}${query.length === 0 ? '' : `?${new URLSearchParams(query)}`}`;
    try {
      const { statusCode: status, body } = await pool.request({
        method,
        path: target,
        headers: {
          accept: 'application/json',
          'x-correlation-id': randomUUID(),
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
          ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(more.key === undefined ? {} : { 'idempotency-key': more.key }),
        },
        ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const parts: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        const part: Buffer = chunk;
        size += part.length;
        if (size > MAX_BYTES) throw failure('remote-refused', { url, status, why: `more than ${MAX_BYTES} bytes` });
        parts.push(part);
      }
      trace?.(`${method} ${target} -> ${status}, ${size} bytes`);
      return { status, bytes: Buffer.concat(parts) };
    } catch (error) {
      trace?.(`${method} ${target} -> ${error instanceof Error ? error.message : String(error)}`);
      throw asCliError(error, method, url, path);
    }
  }

  async function ask(...[method, path, more]: Parameters<Admin['ask']>): Promise<unknown> {
    const { status, bytes } = await send(method, path, more);
    const value = bytes.length === 0 ? undefined : parse(bytes, url, status);
    if (status >= 200 && status < 300) return value;
    throw refusal(status, value, url, path);
  }

  return {
    url,
    ask,
    async bytes(path) {
      const { status, bytes } = await send('GET', path);
      if (status >= 200 && status < 300) return bytes;
      throw refusal(status, bytes.length === 0 ? undefined : parse(bytes, url, status), url, path);
    },
    async *list(path, query = {}) {
      let after: string | undefined;
      do {
        const page = await ask('GET', path, { query: { limit: String(PAGE), ...query, after } });
        if (!isRecord(page) || !Array.isArray(page.items))
          throw failure('remote-refused', { url, status: 200, why: `${path} gave no list` });
        yield* page.items.filter(isRecord);
        after = typeof page.next === 'string' ? page.next : undefined;
      } while (after !== undefined);
    },
    async *events(path) {
      try {
        const { statusCode: status, body } = await pool.request({
          method: 'GET',
          path: prefix + path,
          headers: { accept: 'text/event-stream', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
          // Nothing may happen for long; the hub says by a comment that it is still there.
          bodyTimeout: SILENCE_MS,
          ...(signal === undefined ? {} : { signal }),
        });
        if (status !== 200) throw refusal(status, parse(Buffer.from(await body.arrayBuffer()), url, status), url, path);
        yield* eventsOf(body);
      } catch (error) {
        if (signal?.aborted) return;
        throw asCliError(error, 'GET', url, path);
      }
    },
    close: () => pool.close(),
  };
}

/** Reads `event:` and `data:` lines; comments are passed over. */
async function* eventsOf(body: AsyncIterable<Buffer>): AsyncGenerator<{ event: string; data: unknown }> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > MAX_BYTES) throw failure('bad-input', { why: `an event of more than ${MAX_BYTES} characters` });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line): [string, string] => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', data: JSON.parse(data) as unknown };
    }
  }
}

function parse(bytes: Buffer, url: string, status: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw failure('remote-refused', { url, status, why: 'the answer is not JSON' }, { cause });
  }
}

/** Codes of undici and Node for an outcome that nobody knows: the request may have been carried out. */
const UNKNOWN_OUTCOME = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET', 'ECONNRESET']);

function asCliError(error: unknown, method: Method, url: string, path: string): unknown {
  if (error instanceof CliError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return error;
  const code = 'code' in error ? String(error.code) : '';
  if (UNKNOWN_OUTCOME.has(code) && method !== 'GET')
    return failure('timed-out', { url, seconds: ANSWER_MS / 1000, check: checkOf(path) }, { cause: error });
  return failure('remote-unreachable', { url, why: code === '' ? error.message : code }, { cause: error });
}

const checkOf = (path: string): string =>
  `evroam ${(path.split('/').filter((part) => part !== '' && part !== 'admin' && part !== 'v1')[0] ?? 'station').replace(/s$/, '')} list`;

/** What the hub said, as `{ error: { code, message, where, next } }`, with the exit code that its status means. */
function refusal(status: number, value: unknown, url: string, path: string): CliError {
  const error = isRecord(value) && isRecord(value.error) ? value.error : {};
  const said = [error.message, error.where].filter((part) => typeof part === 'string').join(' at ') || `status ${status}`;
  const hint = typeof error.next === 'string' ? { hint: error.next } : {};
  if (status === 401 || status === 403) return failure('not-allowed', { why: said }, hint);
  if (status === 404)
    return failure('not-found', { what: said.replace(/^There is no /, '').replace(/\.$/, ''), list: checkOf(path) }, hint);
  if (status === 409) return failure('conflict', { why: said }, hint);
  if (status === 400 || status === 422) return failure('bad-input', { why: said }, hint);
  return failure('remote-refused', { url, status, why: said }, hint);
}

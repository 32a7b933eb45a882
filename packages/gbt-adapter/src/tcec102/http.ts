import { type Dispatcher, request } from 'undici';
import { TcecError } from './errors.js';
import type { Handle } from './handle.js';

export interface HttpOptions {
  /** Whole call, milliseconds. */
  readonly timeoutMs?: number;
  /** An undici dispatcher of your own: a pool, a proxy, one that keeps away from inside addresses. */
  readonly dispatcher?: Dispatcher;
  readonly mostBytes?: number;
}

/** A Handle that posts to a partner; `baseUrl` is all of the URL before the interface: https://partner.example/evcs/v20161110 */
export function overHttp(baseUrl: string, { timeoutMs = 30_000, dispatcher, mostBytes = 64 * 1024 * 1024 }: HttpOptions = {}): Handle {
  const base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  if (base.protocol !== 'https:' && base.protocol !== 'http:') throw new TcecError('Transport', `${base.protocol} is not http or https`);
  return async ({ interface: name, authorization, body }) => {
    try {
      const answer = await request(new URL(name, base), {
        method: 'POST',
        headers: { 'content-type': 'application/json;charset=utf-8', ...(authorization === undefined ? {} : { authorization }) },
        body,
        signal: AbortSignal.timeout(timeoutMs),
        ...(dispatcher ? { dispatcher } : {}),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > mostBytes) throw new TcecError('Transport', `${name}: an answer of more than ${mostBytes} bytes`);
        chunks.push(chunk);
      }
      return { status: answer.statusCode, body: Buffer.concat(chunks).toString('utf8') };
    } catch (cause) {
      if (cause instanceof TcecError) throw cause;
      throw new TcecError('Transport', `${name}: no answer from ${base.host}`, { cause });
    }
  };
}

// The headers of an incoming request, read from node:http's flat list.
import type { IncomingMessage } from 'node:http';
import type { Headers } from './headers.js';

const MOST = 64;

/**
 * What `incoming.headers` says, at half its cost: names are lower-cased once and remembered. Whatever needs a rule (a name that comes twice,
 * a cookie that is set, a name that every object has) is left to node:http.
 */
export function headersOf(incoming: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): Headers {
  const { rawHeaders } = incoming;
  if (rawHeaders.length > 2 * MOST) return incoming.headers;
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = lowerCased(rawHeaders[at] ?? '');
    if (headers[name] !== undefined || name === 'set-cookie') return incoming.headers;
    headers[name] = rawHeaders[at + 1] ?? '';
  }
  return headers;
}

const REMEMBERED = 256;
const names = new Map<string, string>();

function lowerCased(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (names.size < REMEMBERED) names.set(name, lower);
  return lower;
}

import { createHash } from 'node:crypto';

/** JSON as it comes from `JSON.parse`. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * The one text of a JSON value: keys sorted by UTF-16 units, no white space, numbers as ECMAScript prints them. RFC 8785
 * Throws `TypeError` for what JSON cannot say (a non-finite number, a lone surrogate, `undefined`).
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new TypeError('a text with a lone surrogate has no JSON form');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${canonical(key)}:${canonical(member)}`).join(',')}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}

/** SHA-256 in lower-case hex, of the bytes as they are. */
export function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of the canonical form; `domain` keeps what is hashed for one purpose from standing for another. */
export function hashOf(domain: string, value: unknown): string {
  return createHash('sha256').update(`evroam/1/${domain}\n`).update(canonical(value)).digest('hex');
}

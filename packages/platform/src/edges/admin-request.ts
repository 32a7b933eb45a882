import { closed, fits, type Infer, type Schema, violation } from '@evroam/ocpi';
import type { Request, Response } from 'express';
import { type OperatorId, type PartyId, readPartyId } from '../kernel/ids.js';
import { MAX_PAGE, type Page, type PageRequest } from '../kernel/page.js';
import type { Refused } from '../kernel/refusal.js';
import { ApiError } from './admin-app.js';

declare module 'express-serve-static-core' {
  interface Locals {
    /** Whose data this request is about: that of the key, and no other. */
    operatorId: OperatorId;
    /** Who did it, for the audit trail. */
    actor: string;
  }
}

/** The body, checked, unknown fields refused: a misspelt option must not pass in silence. A fault is answered with its JSON Pointer. */
export function bodyOf<S extends Schema>(schema: S, request: Request): Infer<S> {
  const body: unknown = request.body;
  const strict = closed(schema);
  if (fits(strict, body)) return body as Infer<S>;
  const fault = violation(strict, body);
  throw new ApiError(422, 'invalid_body', fault?.message ?? 'the body does not fit', {
    where: `body${fault?.path ?? ''}`,
    next: 'Correct the named field and send it again.',
  });
}

/** `?limit=&after=`: a page of a list. */
export function pageRequest(request: Request): PageRequest {
  const { limit, after } = request.query;
  const wanted = limit === undefined ? 100 : Number(limit);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_PAGE) {
    throw new ApiError(422, 'invalid_limit', `limit is a whole number from 1 to ${MAX_PAGE}`, { where: 'query/limit' });
  }
  return { limit: wanted, ...(typeof after === 'string' && after !== '' ? { after } : {}) };
}

/** A page as JSON: items, and the cursor of the next page where there is one. */
export function sendPage<T>(response: Response, page: Page<T>, view: (item: T) => unknown): void {
  response.json({ items: page.items.map(view), ...(page.next === undefined ? {} : { next: page.next }) });
}

/** What the domain refused, as an answer: 404 for what is not there, 409 for the rest. */
export function refused({ reason, detail }: Refused<string>): ApiError {
  const code = reason.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new ApiError(/^unknown|^notFound$/.test(reason) ? 404 : 409, code, detail ?? `refused: ${reason}`);
}

/** The value, or 404. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ApiError(404, 'not_found', `There is no ${what}.`);
  return value;
}

/** A party as a person writes it, in a path or a body: NL-EVR. */
export function partyIn(text: string): PartyId {
  const id = readPartyId(text);
  if (!id) throw new ApiError(422, 'invalid_party', `"${text}" is no party: a country code and a party id such as NL-EVR`);
  return id;
}

/** A decimal number of kWh with at most six decimals, exactly. */
export function milliWhIn(text: string): number {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new ApiError(422, 'invalid_body', 'kwh is a decimal number with at most six decimals', { where: 'body/kwh' });
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}

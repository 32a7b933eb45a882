// The verdict on one object of one version: for lint, diagnosis and conformance. Servers check by the route's own schema.
import { type Violation, violations } from './check.js';
import { type ObjectName, type ObjectOf, type OcpiVersion, schemaOf } from './registry.js';
import { anything, closed, dateTime, integer, list, object, optional, type Schema, text } from './schema.js';

/**
 * What a payload is: a whole object or a part of a larger one ('full', 'fragment'), a PATCH body, a body that may leave required fields out
 * ('request'), or an answer in its envelope ('response').
 */
export type Kind = 'full' | 'patch' | 'request' | 'response' | 'fragment';

/** Accepts unknown fields and keeps them, as 2.3.0 demands, or refuses them, which finds misspelt ones. */
export interface ValidateOptions {
  readonly unknown?: 'accept' | 'refuse';
}

/** The verdict, with everything that is wrong (at most 100 violations, in the order they stand). */
export type Verdict<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: 2001; readonly violations: readonly Violation[] };

/**
 * Checks a payload against an object of a version; `Token[]` is a list, `Response` any envelope. Throws RangeError for an unknown object.
 *
 *     validate('2.2.1', 'Session', 'patch', { kwh: 3.5, last_updated: '2026-03-01T10:00:00Z' });
 */
export function validate<V extends OcpiVersion, O extends ObjectName<V>>(
  version: V,
  object: O,
  kind: 'full' | 'fragment',
  payload: unknown,
  options?: ValidateOptions,
): Verdict<ObjectOf<V, O>>;
export function validate(version: OcpiVersion, object: string, kind: Kind, payload: unknown, options?: ValidateOptions): Verdict;
export function validate(
  version: OcpiVersion,
  name: string,
  kind: Kind,
  payload: unknown,
  { unknown = 'accept' }: ValidateOptions = {},
): Verdict {
  const open = payloadSchema(version, name, kind);
  const wrong = violations(unknown === 'refuse' ? closed(open) : open, payload);
  return wrong.length === 0 ? { ok: true, value: payload } : { ok: false, code: 2001, violations: wrong };
}

const made = new Map<string, Schema>();

/** The JSON Schema that a payload of that kind is checked with. Throws RangeError for an unknown object. */
export function payloadSchema(version: OcpiVersion, name: string, kind: Kind): Schema {
  const key = `${version} ${name} ${kind}`;
  const known = made.get(key) ?? make(version, name, kind);
  made.set(key, known);
  return known;
}

function make(version: OcpiVersion, name: string, kind: Kind): Schema {
  if (name === 'Response') return envelope(anything);
  const item = name.endsWith('[]') ? name.slice(0, -2) : name;
  const found = schemaOf(version, item);
  if (!found) throw new RangeError(`OCPI ${version} has no object ${item}`);
  const whole = item === name ? found : list(found);
  switch (kind) {
    case 'full':
    case 'fragment':
      return whole;
    case 'response':
      return envelope(whole);
    case 'request':
      return without(whole, []);
    case 'patch':
      return without(whole, ['last_updated']);
  }
}

/** A PATCH asks for last_updated where the object has it; in 2.1.1 the tables say so too, though the text lets it be left out. */
function without(schema: Schema, kept: readonly string[]): Schema {
  const { required, ...rest } = schema;
  const still = Array.isArray(required) ? kept.filter((name) => required.includes(name)) : [];
  return still.length > 0 ? { ...rest, required: still } : rest;
}

const envelope = (data: Schema): Schema =>
  object({ data: optional(data), status_code: integer, status_message: optional(text()), timestamp: dateTime });

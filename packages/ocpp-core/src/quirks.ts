import type { ErrorObject } from 'ajv';
import type { AnyAction } from './action.js';
import { checkOf, schemaOf, type Violation, violationOf } from './check.js';

/** What is done about a broken rule of the schema. */
export type Remedy =
  /** Leave the value as it is. */
  | 'accept'
  /** Take an unknown property away. */
  | 'drop'
  /** Take a wrong value away; only where the rule names a path. */
  | 'omit'
  /** Leave an unknown property where it is. */
  | 'keep'
  /** Cut a text that is too long, a list that is too long. */
  | 'trim'
  /** Read a number or a truth value from a text, or write one as a text; a fraction loses its decimals where a whole number is wanted. */
  | 'coerce'
  /** Take a date and time without an offset as UTC, a space for the T, `+02` for `+02:00`. */
  | 'utc';

/** One known deviation. */
export interface QuirkRule {
  /** Names the rule in reports. */
  readonly name: string;
  readonly remedy: Remedy;
  /** The message that it is about; any unless given. */
  readonly action?: string;
  readonly kind?: 'request' | 'response';
  // `*` stands for any one step, as in /meterValue/*/unit.
  /** A JSON Pointer, with a star for any one step. Anywhere unless given. */
  readonly path?: string;
}

/** The deviations of a vendor's model and firmware; an absent name fits all, one that ends in `*` fits by its beginning. */
export interface QuirkProfile {
  readonly vendor?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly rules: readonly QuirkRule[];
}

/** A known deviation that was mended: by which rule, and what was wrong. */
export interface QuirkHit {
  readonly rule: string;
  readonly violation: Violation;
}

/** A station's known deviations, applied only to payloads that break their schema. */
export interface Quirks {
  /** The payload made right with what was mended, or undefined when the rules do not suffice. */
  mend(action: AnyAction, kind: 'request' | 'response', payload: unknown): { payload: unknown; hits: readonly QuirkHit[] } | undefined;
}

/** So many faults are mended in one payload; one with more is another kind of trouble. */
const MAX_HITS = 100;

/** What deviant stations need most: a rule set for first contact, until their own profile is known. */
export const lenient: QuirkProfile = {
  rules: [
    { name: 'unknown properties are dropped', remedy: 'drop' },
    { name: 'long texts are cut', remedy: 'trim' },
    { name: 'numbers and texts are read as each other', remedy: 'coerce' },
    { name: 'a time without an offset is UTC', remedy: 'utc' },
  ],
};

/** The quirks of one station: the rules of every profile that fits it, in order. Undefined when none fits. */
export function quirksOf(
  station: { readonly vendor?: string; readonly model?: string; readonly firmware?: string },
  profiles: readonly QuirkProfile[],
): Quirks | undefined {
  const rules = profiles
    .filter(({ vendor, model, firmware }) => fits(vendor, station.vendor) && fits(model, station.model) && fits(firmware, station.firmware))
    .flatMap((profile) => profile.rules);
  return rules.length === 0 ? undefined : { mend: (action, kind, payload) => mend(rules, action, kind, payload) };
}

function fits(wanted: string | undefined, name: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (name === undefined) return false;
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

function mend(rules: readonly QuirkRule[], action: AnyAction, kind: 'request' | 'response', payload: unknown): ReturnType<Quirks['mend']> {
  const check = checkOf(schemaOf(action, kind));
  const draft: unknown = structuredClone(payload);
  const hits: QuirkHit[] = [];
  // What is left as it is must not be seen by the check; it comes back at the end.
  const restore: (() => void)[] = [];
  while (!check(draft)) {
    const [error] = check.errors ?? [];
    if (!error || hits.length === MAX_HITS) return undefined;
    const violation = violationOf(error);
    const rule = rules.find(
      (candidate) => concerns(candidate, action, kind, violation.path) && remedies[candidate.remedy](draft, error, restore),
    );
    if (!rule) return undefined;
    hits.push({ rule: rule.name, violation });
  }
  for (const put of restore.reverse()) put();
  return { payload: draft, hits };
}

function concerns(rule: QuirkRule, action: AnyAction, kind: 'request' | 'response', path: string): boolean {
  if (rule.action !== undefined && rule.action !== action.name) return false;
  if (rule.kind !== undefined && rule.kind !== kind) return false;
  if (rule.path === undefined) return rule.remedy !== 'omit';
  const wanted = rule.path.split('/');
  const steps = path.split('/');
  return wanted.length === steps.length && wanted.every((step, at) => step === '*' || step === steps[at]);
}

/** Tries a remedy on the draft; true when it changed something. */
type Attempt = (draft: unknown, error: ErrorObject, restore: (() => void)[]) => boolean;

const remedies: Readonly<Record<Remedy, Attempt>> = {
  accept(draft, error, restore) {
    const place = placeOf(draft, error.instancePath);
    const words = wordsOf(error);
    if (!place || !words) return false;
    const { value } = place;
    place.set(words);
    restore.push(() => place.set(value));
    return true;
  },
  drop(draft, error) {
    return unknownProperty(draft, error)?.remove() ?? false;
  },
  omit(draft, error) {
    return placeOf(draft, error.instancePath)?.remove() ?? false;
  },
  keep(draft, error, restore) {
    const unknown = unknownProperty(draft, error);
    if (!unknown) return false;
    const { value } = unknown;
    restore.push(() => unknown.set(value));
    return unknown.remove();
  },
  trim(draft, error) {
    const place = placeOf(draft, error.instancePath);
    const limit: unknown = error.params.limit;
    if (!place || typeof limit !== 'number') return false;
    if (error.keyword === 'maxLength' && typeof place.value === 'string') return place.set([...place.value].slice(0, limit).join(''));
    return error.keyword === 'maxItems' && Array.isArray(place.value) && place.set(place.value.slice(0, limit));
  },
  coerce(draft, error) {
    const place = placeOf(draft, error.instancePath);
    if (!place || error.keyword !== 'type') return false;
    const read = coerced(place.value, String(error.params.type));
    return read !== undefined && place.set(read);
  },
  utc(draft, error) {
    const place = placeOf(draft, error.instancePath);
    if (!place || error.keyword !== 'format' || typeof place.value !== 'string') return false;
    const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i.exec(place.value.trim());
    if (!time) return false;
    const offset = (time[4] ?? 'Z').replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`);
    return place.set(`${time[1]}T${time[2]}${time[3] ?? ':00'}${offset}`);
  },
};

/** A value that satisfies the broken rule for a while. */
function wordsOf(error: ErrorObject): unknown {
  if (error.keyword === 'enum' && Array.isArray(error.params.allowedValues)) return error.params.allowedValues[0];
  if (error.keyword === 'maxLength') return '';
  if (error.keyword === 'format') return error.params.format === 'uri' ? 'a:b' : '1970-01-01T00:00:00Z';
  if (error.keyword === 'minimum' || error.keyword === 'maximum') return error.params.limit;
  return error.keyword === 'multipleOf' ? 0 : undefined;
}

function coerced(value: unknown, type: string): unknown {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (type === 'integer' || type === 'number') {
    const read = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    if (!Number.isFinite(read)) return undefined;
    return type === 'integer' ? Math.trunc(read) : read;
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return type === 'array' && typeof value === 'object' && value !== null ? [value] : undefined;
}

interface Place {
  readonly value: unknown;
  set(value: unknown): true;
  remove(): boolean;
}

const unknownProperty = (draft: unknown, error: ErrorObject): Place | undefined =>
  error.keyword === 'additionalProperties'
    ? childOf(draft, [...stepsOf(error.instancePath), String(error.params.additionalProperty)])
    : undefined;

const placeOf = (draft: unknown, path: string): Place | undefined => (path === '' ? undefined : childOf(draft, stepsOf(path)));

const stepsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function childOf(draft: unknown, steps: readonly string[]): Place | undefined {
  let parent = draft;
  for (const step of steps.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) return undefined;
    parent = Reflect.get(parent, step);
  }
  const last = steps.at(-1);
  if (last === undefined || typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, last)) return undefined;
  const holder = parent;
  return {
    value: Reflect.get(holder, last),
    set(value) {
      // Own, whatever its name: `__proto__` must not reach the prototype.
      Object.defineProperty(holder, last, { value, writable: true, enumerable: true, configurable: true });
      return true;
    },
    remove() {
      if (Array.isArray(holder)) holder.splice(Number(last), 1);
      else Reflect.deleteProperty(holder, last);
      return true;
    },
  };
}

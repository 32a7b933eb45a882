// Checks, made from schemas on first use and kept. The first error is the answer.
import { _, Ajv, type CodeKeywordDefinition, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import type { Schema } from './schema.js';

/** What is wrong with a value, and where (JSON Pointer). */
export interface Violation {
  readonly path: string;
  readonly keyword: string;
  readonly message: string;
}

const formats: Record<string, (value: string) => boolean> = {
  'ocpi-date-time': (value) => isDateTime(value),
  'ci-string': isPrintableAscii,
  printable: isPrintable,
  uri: (value) => noBlanks.test(value),
  'time-of-day': (value) => clock.test(value),
  'local-date': (value) => value.length === 10 && isDateTime(`${value}T00:00:00`),
  degrees: (value) => decimalDegrees.test(value),
};

// Relative ones stand in examples of the standard; whoever calls a URL checks it as one that may be called.
const noBlanks = /^\S*$/;
const clock = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const decimalDegrees = /^-?\d{1,3}(?:\.\d+)?$/;

const codePoints = (value: string): number => [...value].length;

/** Lengths count code points, but no text has more of them than code units: only a text that seems too long is counted. */
const maxLength: CodeKeywordDefinition = {
  keyword: 'maxLength',
  type: 'string',
  schemaType: 'number',
  error: { message: 'longer', params: ({ schemaCode }) => _`{limit: ${schemaCode}}` },
  code(context) {
    const { data, schemaCode, gen } = context;
    const count = gen.scopeValue('func', { ref: codePoints });
    context.fail(_`${data}.length > ${schemaCode} && ${count}(${data}) > ${schemaCode}`);
  },
};

/** By a set: texts that JSON.parse made are no shared strings, so a list of 35 connector types compared one by one costs as much as the parse. */
const oneOfThem: CodeKeywordDefinition = {
  keyword: 'enum',
  schemaType: 'array',
  error: { message: 'another value', params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}` },
  code(context) {
    const known = context.gen.scopeValue('obj', { ref: new Set(context.schema as readonly string[]) });
    context.fail(_`!${known}.has(${context.data})`);
  },
};

const newAjv = (more: Options = {}): Ajv =>
  new Ajv({ code: { optimize: false }, multipleOfPrecision: 6, formats, keywords: ['known'], ...more })
    .removeKeyword('maxLength')
    .addKeyword(maxLength)
    .removeKeyword('enum')
    .addKeyword(oneOfThem);

const ajv = newAjv();
const checks = new WeakMap<Schema, ValidateFunction>();

/** The first violation of the schema, or undefined when the value fits. */
export function violation(schema: Schema, value: unknown): Violation | undefined {
  const check = checks.get(schema) ?? compile(schema);
  if (check(value)) return undefined;
  const first = check.errors?.[0];
  return first ? toViolation(first) : { path: '', keyword: 'schema', message: 'does not fit the schema' };
}

/** True when the value fits the schema; narrows its type. */
export const fits = <T>(schema: Schema<T>, value: unknown): value is T => violation(schema, value) === undefined;

/** Compiles the check of a schema ahead of its first use: a server warms what it will serve. */
export function compile(schema: Schema): ValidateFunction {
  const check = ajv.compile(schema);
  checks.set(schema, check);
  return check;
}

/** All violations, one a place and a hundred at most: for diagnosis and lint, not for servers. */
export function violations(schema: Schema, value: unknown): readonly Violation[] {
  const check = diagnoses.get(schema) ?? thorough.compile(schema);
  diagnoses.set(schema, check);
  if (check(value)) return [];
  const byPath = new Map<string, Violation>();
  for (const one of (check.errors ?? []).slice(0, 500).map(toViolation)) if (!byPath.has(one.path)) byPath.set(one.path, one);
  return [...byPath.values()].slice(0, 100);
}
const thorough = newAjv({ allErrors: true });
const diagnoses = new WeakMap<Schema, ValidateFunction>();

function toViolation(error: ErrorObject): Violation {
  const params: Record<string, unknown> = error.params;
  const field = params.missingProperty ?? params.additionalProperty;
  const path = field === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(String(field))}`;
  return { path, keyword: error.keyword, message: sentence(error.keyword, params, error.message) };
}

function sentence(keyword: string, params: Record<string, unknown>, fallback: string | undefined): string {
  switch (keyword) {
    case 'required':
      return 'required field is missing';
    case 'additionalProperties':
      return 'field is not known';
    case 'enum':
      return `must be one of ${(params.allowedValues as readonly unknown[]).join(' ')}`;
    case 'maxLength':
      return `longer than ${params.limit} characters`;
    case 'type':
      return `must be ${/^[aio]/.test(String(params.type)) ? 'an' : 'a'} ${params.type}`;
    case 'format':
      return `is not a valid ${params.format}`;
    default:
      return fallback ?? 'does not fit the schema';
  }
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

// Line breaks and tabs stand in texts of real partners and in examples of the standard itself, so they pass.
function isPrintable(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if ((code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) || code === 0x7f) return false;
  }
  return true;
}

function isPrintableAscii(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ZERO = 48;
const CALENDAR_MS = 146_097 * 86_400_000;

/** Two digits as a number; negative or past 99 when they are none. */
const pair = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1000;
};

const year = (text: string): number => pair(text, 0) * 100 + pair(text, 2);

/** The first three digits of a fraction, as Date keeps them. */
function milliseconds(text: string): number {
  let found = 0;
  if (text.charCodeAt(19) !== 46) return found;
  for (let at = 20, worth = 100; at < 23; at += 1, worth /= 10) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    found += digit * worth;
  }
  return found;
}

/**
 * True for a moment in UTC with a real calendar day. A blank for the T and +00:00 for the Z are sent in the field and mean the same.
 * By character codes, since a CDR has dozens of them and a regular expression takes four times as long.
 */
export function isDateTime(value: string): boolean {
  const { length } = value;
  if (length < 19 || length > 35) return false;
  const month = pair(value, 5);
  const day = pair(value, 8);
  const separator = value.charCodeAt(10);
  if (value.charCodeAt(4) !== 45 || value.charCodeAt(7) !== 45 || value.charCodeAt(13) !== 58 || value.charCodeAt(16) !== 58) return false;
  if (separator !== 84 && separator !== 116 && separator !== 32) return false;
  const y = year(value);
  if (y > 9999 || month < 1 || month > 12 || day < 1 || day > (days[month - 1] ?? 0)) return false;
  if (month === 2 && day === 29 && !(y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0))) return false;
  if (pair(value, 11) > 23 || pair(value, 14) > 59 || pair(value, 17) > 60) return false;
  return endsAsUtc(value, length);
}

/** What follows the seconds: a fraction or none, then Z, a zero offset, or nothing. */
function endsAsUtc(value: string, length: number): boolean {
  let at = 19;
  if (value.charCodeAt(at) === 46) {
    at += 1;
    const first = at;
    while (at < length && value.charCodeAt(at) >= ZERO && value.charCodeAt(at) <= ZERO + 9) at += 1;
    if (at === first || at - first > 9) return false;
  }
  if (at === length) return true;
  const code = value.charCodeAt(at);
  if (code === 90 || code === 122) return at + 1 === length;
  return (code === 43 || code === 45) && value.slice(at + 1) === '00:00';
}

/** The moment that an OCPI DateTime names; throws RangeError on anything else. OCPI 2.2.1, 16.2 */
export function toDate(value: string): Date {
  if (!isDateTime(value)) throw new RangeError(`not an OCPI DateTime: ${value}`);
  // Date.UTC takes the years up to 99 for those of the last century; the calendar repeats itself every 400 years.
  const y = year(value) + 400;
  const seconds = Date.UTC(y, pair(value, 5) - 1, pair(value, 8), pair(value, 11), pair(value, 14), pair(value, 17)) - CALENDAR_MS;
  return new Date(seconds + milliseconds(value));
}

/** Two CiStrings are the same whatever their case. OCPI 2.2.1, 16.1 */
export const sameText = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();

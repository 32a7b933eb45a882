import { _, Ajv, type CodeKeywordDefinition, type ErrorObject, type ValidateFunction } from 'ajv';
import type { AnyAction, Version } from './action.js';
import { codeOfKeyword, OcppError, type WireCode } from './errors.js';
import { isDateTime, isUri } from './formats.js';
import { type Schema, sharedTypeOf } from './schema.js';

/** Which payload of a message is meant. */
export type Kind = 'request' | 'response' | 'send';

/** One broken rule: a JSON Pointer into the payload, the JSON Schema keyword, and a sentence. */
export interface Violation {
  readonly path: string;
  readonly keyword: string;
  readonly message: string;
}

/** What checking a payload found; the code is the one that the version's CALLERROR carries. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly code: WireCode; readonly violations: readonly Violation[] };

let ajv: Ajv | undefined;
const checks = new WeakMap<Schema, ValidateFunction>();
/** The names under which ajv knows the shared types. */
const names = new Map<Schema, string>();

/** By a set: texts that JSON.parse made are no shared strings, and comparing each with a list of 25 measurands shows in every MeterValues. */
const oneOfThem: CodeKeywordDefinition = {
  keyword: 'enum',
  schemaType: 'array',
  error: { message: 'must be equal to one of the allowed values', params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}` },
  code(context) {
    const known = context.gen.scopeValue('obj', { ref: new Set(context.schema as readonly string[]) });
    context.fail(_`!${known}.has(${context.data})`);
  },
};

/** The check of a schema: compiled on first use and kept. */
export function checkOf(schema: Schema): ValidateFunction {
  let check = checks.get(schema);
  if (!check) {
    ajv ??= createAjv();
    check = ajv.compile(withNames(schema, ajv));
    checks.set(schema, check);
  }
  return check;
}

/**
 * Without the optimiser a schema compiles in half the time and checks as fast; a test, not each start, checks the schemas
 * themselves. 8.1 is a multiple of 0.1 only with a precision. Only shared types are referred to, by names that are no URIs.
 */
const createAjv = (): Ajv =>
  new Ajv({
    meta: false,
    validateSchema: false,
    multipleOfPrecision: 6,
    code: { optimize: false },
    inlineRefs: false,
    uriResolver: { parse: (path) => ({ path }), serialize: ({ path = '' }) => path, resolve: (_base, path) => path },
    formats: { 'date-time': isDateTime, uri: isUri },
  })
    .removeKeyword('enum')
    .addKeyword(oneOfThem);

/** The schema with each shared type below it replaced by its name, so that it is compiled once. */
function withNames(schema: Schema, to: Ajv): Schema {
  const { properties, items } = schema;
  if (isSchema(properties)) {
    const named = Object.entries(properties).map(([name, property]) => [name, isSchema(property) ? nameOr(property, to) : property]);
    return { ...schema, properties: Object.fromEntries(named) };
  }
  return isSchema(items) ? { ...schema, items: nameOr(items, to) } : schema;
}

function nameOr(schema: Schema, to: Ajv): Schema {
  const type = sharedTypeOf(schema);
  if (!type) return withNames(schema, to);
  let name = names.get(type);
  if (name === undefined) {
    name = `shared${names.size}`;
    names.set(type, name);
    to.addSchema(withNames(type, to), name);
  }
  return { $ref: name };
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks a payload against a message's request or response. */
export function checkPayload(version: Version, schema: Schema, payload: unknown): Verdict {
  const check = checkOf(schema);
  if (check(payload)) return { ok: true };
  const first = check.errors?.[0];
  if (!first) throw new Error('a failed check names no error');
  return { ok: false, code: codeOfKeyword(version, first.keyword, first.instancePath === ''), violations: [violationOf(first)] };
}

/** What ajv found, in our words. */
export function violationOf({ keyword, instancePath, params, message }: ErrorObject): Violation {
  const missing = keyword === 'required' ? `/${pointer(String(params.missingProperty))}` : '';
  const extra = keyword === 'additionalProperties' ? ` (${printable(String(params.additionalProperty))})` : '';
  return { path: `${instancePath}${missing}` || '/', keyword, message: `${message ?? 'is not allowed'}${extra}` };
}

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const printable = (name: string): string => (name.length > 50 ? `${name.slice(0, 50)}...` : name);

/** The schema of one payload of an action. Throws OcppError when the message has none of that kind. */
export function schemaOf(action: AnyAction, kind: Kind): Schema {
  const schema = kind === 'response' ? action.response : kind === 'send' && action.response ? undefined : action.request;
  if (!schema) throw new OcppError('NotSupported', `${action.name} has no ${kind} payload`);
  return schema;
}

/** A verdict as the error that is thrown or answered. */
export function errorOf(verdict: Extract<Verdict, { ok: false }>, what: string): OcppError {
  const [violation] = verdict.violations;
  return new OcppError(verdict.code, `${what}: ${violation?.path} ${violation?.message}`);
}

/** Compiles the checks of these actions, so that the first message pays nothing. */
export function warm(actions: Iterable<AnyAction>): void {
  for (const action of actions) {
    checkOf(action.request);
    if (action.response) checkOf(action.response);
  }
}

/** Compiles the checks one message in a turn of the event loop, so that nothing waits for them. Resolves when all are compiled. */
export async function warmIdly(actions: Iterable<AnyAction>): Promise<void> {
  for (const action of actions) {
    await new Promise((resolve) => setImmediate(resolve));
    warm([action]);
  }
}

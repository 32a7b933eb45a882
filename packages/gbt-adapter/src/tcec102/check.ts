import { Ajv, type ValidateFunction } from 'ajv';
import { TcecError } from './errors.js';
import { type Schema, strict } from './schema.js';

// Compiled on first use: a command that opens one envelope pays for one definition.
let ajv: Ajv | undefined;
const received = new WeakMap<Schema, ValidateFunction>();
const sent = new WeakMap<Schema, ValidateFunction>();

function compile(schema: Schema): ValidateFunction {
  // Without the precision, 0.1 as a step refuses a third of all tenths.
  ajv ??= new Ajv({ multipleOfPrecision: 6, code: { optimize: false }, keywords: ['sends'] });
  return ajv.compile(schema);
}

function find(cache: WeakMap<Schema, ValidateFunction>, schema: Schema, make: () => Schema): ValidateFunction {
  let check = cache.get(schema);
  if (!check) {
    check = compile(make());
    cache.set(schema, check);
  }
  return check;
}

/** Checks what a partner gave, as openly as the standard allows. Throws TcecError with the given code. */
export function checkReceived<T>(schema: Schema<T>, value: unknown, code: 'Parameters' | 'Response'): T {
  const check = find(received, schema, () => schema);
  if (!check(value)) throw new TcecError(code, said(check));
  return value as T;
}

/** Checks what we are about to send against the closed twin. Throws TcecError `Response` or `Parameters`. */
export function checkSent<T>(schema: Schema<T>, value: T, code: 'Parameters' | 'Response'): void {
  const check = find(sent, schema, () => strict(schema));
  if (!check(value)) throw new TcecError(code, `about to send: ${said(check)}`);
}

function said({ errors }: ValidateFunction): string {
  const [first] = errors ?? [];
  const { missingProperty, additionalProperty } = (first?.params ?? {}) as { missingProperty?: string; additionalProperty?: string };
  const name = missingProperty ?? additionalProperty;
  return `${first?.instancePath ?? ''}${name === undefined ? '' : `/${name}`} ${first?.message ?? 'is not valid'}`.trim();
}

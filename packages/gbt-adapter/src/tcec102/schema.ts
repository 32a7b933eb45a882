// The words of T/CEC definitions: plain JSON Schema with a type on it. Objects are open, for every partner adds fields of its own.
declare const typeOf: unique symbol;
declare const maybe: unique symbol;

export interface Schema<T = unknown> {
  readonly [typeOf]?: T;
  readonly [keyword: string]: unknown;
}
export interface Optional<T> extends Schema<T> {
  readonly [maybe]: true;
}
type Fields = Readonly<Record<string, Schema>>;
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F];
type InferFields<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  [K in OptionalKeys<F>]?: Infer<F[K]>;
} extends infer O
  ? { [K in keyof O]: O[K] }
  : never;
export type Infer<S> = S extends Schema<infer T> ? T : never;

const OPTIONAL = new WeakSet<object>();

export function object<const F extends Fields>(properties: F): Schema<InferFields<F>> {
  const required = Object.keys(properties).filter((name) => !OPTIONAL.has(properties[name]!));
  return { type: 'object', properties, required };
}

export function optional<T>(schema: Schema<T>): Optional<T> {
  const copy = { ...schema };
  OPTIONAL.add(copy);
  return copy as unknown as Optional<T>;
}

/** At most `most` characters; `accepts` where partners are known to send longer ones. */
export const text = (most: number, accepts = most): Schema<string> => ({ type: 'string', maxLength: accepts, sends: { maxLength: most } });
/** Exactly `length` characters when we send; what a partner gives under its own rule is taken up to 64. */
export const fixed = (length: number): Schema<string> => ({
  type: 'string',
  minLength: 1,
  maxLength: 64,
  sends: { minLength: length, maxLength: length },
});
export const integer: Schema<number> = { type: 'integer' };
/** A whole number of a closed list when we send; others are taken, for editions and municipalities add theirs. */
export const codes = (...values: readonly number[]): Schema<number> => ({ type: 'integer', sends: { enum: values } });
/** A decimal of at most `places` places when we send. */
export const decimal = (places: number): Schema<number> => ({ type: 'number', sends: { multipleOf: Number(`1e-${places}`) } });
export const list = <T>(items: Schema<T>, most: number): Schema<readonly T[]> => ({ type: 'array', items, maxItems: most });

const pattern = (regex: string): Schema<string> => ({ type: 'string', pattern: regex });
/** `2026-10-09 12:00:00`, China time. */
export const dateTime = pattern('^\\d{4}-\\d{2}-\\d{2} ([01]\\d|2[0-4]):[0-5]\\d:[0-5]\\d$');
/** `2026-10-09` */
export const day = pattern('^\\d{4}-\\d{2}-\\d{2}$');
/** `080000` */
export const timeOfDay = pattern('^([01]\\d|2[0-3])[0-5]\\d[0-5]\\d$');

/** The closed twin of a schema, for what we send: no unknown field, no place too many, no value outside its list. */
export function strict(schema: Schema): Schema {
  const { sends, properties, items, ...rest } = schema as {
    sends?: object;
    properties?: Fields;
    items?: Schema;
    [keyword: string]: unknown;
  };
  return {
    ...rest,
    ...sends,
    ...(properties
      ? {
          properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, strict(field)])),
          additionalProperties: false,
        }
      : {}),
    ...(items ? { items: strict(items) } : {}),
  };
}

// The words every OCPI object is written in. A schema is plain JSON Schema with a type on it, so one value gives
// the type, the check and the documentation. Objects are open: unknown fields are never a reason to refuse.
declare const typeOf: unique symbol;
declare const maybe: unique symbol;

/** JSON Schema that describes a `T`. */
export interface Schema<T = unknown> {
  readonly [typeOf]?: T;
  readonly [keyword: string]: unknown;
}

/** A schema whose field may be left out of its object. */
export interface Optional<T> extends Schema<T> {
  readonly [maybe]: true;
}

/** The fields of an object, by their wire names. */
export type Shape = Readonly<Record<string, Schema>>;

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type OptionalNames<P extends Shape> = { [K in keyof P]: P[K] extends Optional<unknown> ? K : never }[keyof P];
type Flat<T> = { [K in keyof T]: T[K] };

/** The object type of a shape: readonly, optional fields may be absent but never `undefined`. */
export type InferShape<P extends Shape> = Flat<
  { readonly [K in Exclude<keyof P, OptionalNames<P>>]: Infer<P[K]> } & { readonly [K in OptionalNames<P>]?: Infer<P[K]> }
>;

const optionals = new WeakSet<object>();

/** An object with these fields; what is not `optional` is required. */
export const object = <P extends Shape>(properties: P): Schema<InferShape<P>> => {
  const required = Object.keys(properties).filter((name) => !optionals.has(properties[name] ?? {}));
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties };
};

/** A field that may be absent. */
export const optional = <T>(schema: Schema<T>): Optional<T> => {
  const copy = { ...schema };
  optionals.add(copy);
  return copy as Optional<T>;
};

/** Text of at most `maximum` characters, printable. OCPI 2.2.1, 16.5 */
export const text = (maximum?: number): Schema<string> => ({
  type: 'string',
  ...(maximum === undefined ? {} : { maxLength: maximum }),
  format: 'printable',
});

/** Case-insensitive text (CiString): printable ASCII of at most `maximum` characters; compare with `sameText`. OCPI 2.2.1, 16.1 */
export const ciText = (maximum?: number): Schema<string> => ({
  type: 'string',
  ...(maximum === undefined ? {} : { maxLength: maximum }),
  format: 'ci-string',
});

/** A URL of at most 255 characters. OCPI 2.2.1, 16.6 */
export const url: Schema<string> = { type: 'string', maxLength: 255, format: 'uri' };

/** A moment in UTC, with or without the Z; read it with `toDate`. OCPI 2.2.1, 16.2 */
export const dateTime: Schema<string> = { type: 'string', format: 'ocpi-date-time' };

/** A local time of day, HH:mm. OCPI 2.2.1, 11.4 */
export const timeOfDay: Schema<string> = { type: 'string', maxLength: 5, format: 'time-of-day' };

/** A local date, YYYY-MM-DD. OCPI 2.2.1, 11.4 */
export const localDate: Schema<string> = { type: 'string', maxLength: 10, format: 'local-date' };

/** Decimal degrees as text. OCPI 2.2.1, 8.4 */
export const degrees = (maximum: number): Schema<string> => ({ type: 'string', maxLength: maximum, format: 'degrees' });

/** A JSON number; take it over with `toScaled` at the field's own places. OCPI 2.2.1, 16.4 */
export const number: Schema<number> = { type: 'number' };
/** A whole JSON number. */
export const integer: Schema<number> = { type: 'integer' };
/** true or false. */
export const boolean: Schema<boolean> = { type: 'boolean' };
/** Any JSON value. */
export const anything: Schema<unknown> = {};

/** One of these values and no other. */
export const oneOf = <const V extends readonly string[]>(...values: V): Schema<V[number]> => ({ type: 'string', enum: values });

/** One of these values, or one that a party agreed on or a later edition knows (OpenEnum). OCPI 2.3.0, 17 */
export const openOneOf = <const V extends readonly string[]>(...values: V): Schema<V[number] | (string & {})> => ({
  type: 'string',
  format: 'ci-string',
  known: values,
});

/** A list, possibly empty. */
export const list = <T>(items: Schema<T>): Schema<readonly T[]> => ({ type: 'array', items });

/** A list with at least one item. */
export const some = <T>(items: Schema<T>): Schema<readonly T[]> => ({ type: 'array', minItems: 1, items });

const fieldsOf = (schema: Schema): Shape => schema.properties as Shape;
const isRequired = (schema: Schema, name: string): boolean => Array.isArray(schema.required) && schema.required.includes(name);

/** The base object with fields changed, added, or dropped: what a version made of an older one. */
export const vary = <T, P extends Shape, D extends keyof T = never>(
  base: Schema<T>,
  changes: P,
  dropped: readonly D[] = [],
): Schema<Flat<Omit<T, keyof P | D> & InferShape<P>>> => {
  const kept = Object.entries(fieldsOf(base)).filter(([name]) => !(dropped as readonly unknown[]).includes(name));
  const shape = Object.fromEntries(kept.map(([name, field]) => [name, isRequired(base, name) ? field : optional(field)]));
  return object({ ...shape, ...changes }) as Schema<Flat<Omit<T, keyof P | D> & InferShape<P>>>;
};

/** An object that says when it last changed. */
export interface Stamped {
  readonly last_updated: string;
}

/** What a PATCH of the object carries: any of its fields, and always `last_updated`. OCPI 2.2.1, 4.1.3 */
export const patchOf = <T extends Stamped>(base: Schema<T>): Schema<Flat<Partial<T> & Stamped>> => ({
  type: 'object',
  required: ['last_updated'],
  properties: fieldsOf(base),
});

/** Any of an object's fields, none required: a PATCH in 2.1.1, whose text does not ask for `last_updated`. */
export const partOf = <T>(base: Schema<T>): Schema<Partial<T>> => ({ type: 'object', properties: fieldsOf(base) });

/** The closed twin of a schema: unknown fields are refused at every level. For tests, lint, and what we send ourselves. */
export function closed<T>(schema: Schema<T>): Schema<T> {
  const known = twins.get(schema) ?? shut(schema);
  twins.set(schema, known);
  return known as Schema<T>;
}
const twins = new WeakMap<Schema, Schema>();

function shut(schema: Schema): Schema {
  const copy: Record<string, unknown> = { ...schema };
  if (schema.properties) {
    copy.properties = Object.fromEntries(Object.entries(fieldsOf(schema)).map(([name, field]) => [name, shut(field)]));
    copy.additionalProperties = false;
  }
  if (typeof schema.items === 'object' && schema.items !== null) copy.items = shut(schema.items as Schema);
  return copy;
}

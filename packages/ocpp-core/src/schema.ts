declare const typeOf: unique symbol;
declare const maybe: unique symbol;

/** A plain JSON Schema that carries the type of the values it allows. */
export interface Schema<T = unknown> {
  readonly [typeOf]?: T;
  readonly [keyword: string]: unknown;
}

/** A property that may be left out. */
export interface Optional<T = unknown> extends Schema<T> {
  readonly [maybe]: true;
}

/** The type of the values that a schema allows. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** The properties of an object, by name. */
export type Shape = Readonly<Record<string, Schema>>;

type OptionalKeys<P extends Shape> = { [K in keyof P]: P[K] extends Optional ? K : never }[keyof P];
type Flat<T> = { [K in keyof T]: T[K] };
/** The type of an object with these properties; without any, no property is allowed. */
export type InferShape<P extends Shape> = [keyof P] extends [never]
  ? Readonly<Record<string, never>>
  : Flat<{ readonly [K in Exclude<keyof P, OptionalKeys<P>>]: Infer<P[K]> } & { readonly [K in OptionalKeys<P>]?: Infer<P[K]> }>;

// What may be left out is remembered beside the schema, so that the schema stays plain JSON Schema.
const optionals = new WeakSet<object>();

/** Marks a property that may be left out. */
export function optional<T>(schema: Schema<T>): Optional<T> {
  const marked = { ...schema };
  optionals.add(marked);
  const type = sharedTypes.get(schema);
  if (type) sharedTypes.set(marked, type);
  return marked as Schema<T> as Optional<T>;
}

// As above; what may be left out is a copy, and of the same type.
const sharedTypes = new WeakMap<object, Schema>();

/** A type that is compiled once for all messages that carry it. Worth it where it is large: each check of it costs a call. */
export function shared<T>(schema: Schema<T>): Schema<T> {
  sharedTypes.set(schema, schema);
  return schema;
}

/** The shared type that this schema is, if it is one. */
export const sharedTypeOf = (schema: object): Schema | undefined => sharedTypes.get(schema);

/** A closed object: a property that is not named here is refused. */
export function object<P extends Shape>(properties: P): Schema<InferShape<P>> {
  const required = Object.keys(properties).filter((name) => !optionals.has(properties[name] as object));
  return { type: 'object', properties, additionalProperties: false, ...(required.length > 0 ? { required } : {}) };
}

/** An object that may carry more than is named here. Only `customData` is one (OCPP 2.0.1 part 2, 2.1.5). */
export function openObject<P extends Shape>(properties: P): Schema<InferShape<P> & { readonly [name: string]: unknown }> {
  const { additionalProperties: _, ...open } = object(properties);
  return open;
}

/** A text of at most so many Unicode code points. */
export const text = (maxLength?: number): Schema<string> => ({ type: 'string', ...(maxLength === undefined ? {} : { maxLength }) });

/** One of a closed set of words. */
export const oneOf = <const V extends readonly string[]>(...values: V): Schema<V[number]> => ({ type: 'string', enum: values });

/** A list, of any length unless bounds are given. */
export const list = <T>(items: Schema<T>, bounds: { minItems?: number; maxItems?: number } = {}): Schema<readonly T[]> => ({
  type: 'array',
  items,
  ...bounds,
});

interface Bounds {
  minimum?: number;
  maximum?: number;
}

/** A whole number, within bounds where given. */
export const integer = (bounds: Bounds = {}): Schema<number> => ({ type: 'integer', ...bounds });

/** A whole number from 0 on. */
export const natural = integer({ minimum: 0 });

/** Any number, within bounds where given. */
export const number = (bounds: Bounds = {}): Schema<number> => ({ type: 'number', ...bounds });

/** A number of at most one decimal place, 8.1 as well as 8. */
export const tenths: Schema<number> = { type: 'number', multipleOf: 0.1 };

export const boolean: Schema<boolean> = { type: 'boolean' };

/** A moment in the form of RFC 3339, always with its offset; what we send ends in Z. */
export const dateTime: Schema<string> = { type: 'string', format: 'date-time' };

/** A URI with a scheme, of at most so many code points. */
export const uri = (maxLength?: number): Schema<string> => ({ ...text(maxLength), format: 'uri' });

/** Any JSON value. */
export const anything: Schema<unknown> = {};

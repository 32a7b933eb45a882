import { type Field, FieldError } from './field.js';

/** The fields of a layout in the order of the wire. */
export type Shape = Readonly<Record<string, Field<unknown>>>;

/** The object that a shape reads and writes; reserved bytes are no property of it. */
export type InferShape<S extends Shape> = {
  -readonly [K in keyof S as S[K] extends Field<infer T> ? ([T] extends [undefined] ? never : K) : never]: S[K] extends Field<infer T>
    ? T
    : never;
};

/** A byte layout as a value: encoder, decoder, type and documentation in one. */
export interface Struct<T> {
  readonly shape: Readonly<Record<string, Field<unknown>>>;
  /** Bytes of the fixed part: the whole, where `isOpen` is false. */
  readonly size: number;
  /** Whether the last field is of variable length. */
  readonly isOpen: boolean;
  sizeOf(value: T): number;
  /** Reads `at` to `end`; the caller has compared the length. Throws FieldError with the field's name. */
  read(bytes: Uint8Array, at: number, end: number): T;
  write(bytes: Uint8Array, at: number, value: T): void;
  /** The object with scaled numbers as decimal texts, for JSON and people. */
  print(value: T): Record<string, unknown>;
  /** What `print` gave, or a plain object, as a value that `write` then checks. */
  parse(printed: Readonly<Record<string, unknown>>): T;
  /** The same as `read` and `write`, field by field: slower, needs no code generation, and says which field is at fault. */
  readonly slow: Codec<T>;
}

/** The two directions alone. */
export type Codec<T> = Pick<Struct<T>, 'read' | 'write'>;

/** The type of a struct's value. */
export type Infer<S> = S extends Struct<infer T> ? T : never;

/** Lays fields one after the other; `filler` is what bits that no field owns are sent as. */
export function fields<S extends Shape>(shape: S, { filler = 0 }: { filler?: 0 | 0xff } = {}): Struct<InferShape<S>> {
  const places = lay(shape);
  const size = places.reduce((sum, { field }) => sum + field.size, 0);
  const last = places.at(-1);
  const lastName = last?.name ?? '';
  const open = last?.field.sizeOf;
  const slow = slowly(places, size, filler) as Codec<InferShape<S>>;
  let quick: Codec<InferShape<S>> | undefined;
  const compiled = (): Codec<InferShape<S>> => {
    quick ??= compile(places, size, filler) ?? slow;
    return quick;
  };
  const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
  const struct: Struct<InferShape<S>> = {
    shape,
    size,
    isOpen: open !== undefined,
    sizeOf: open === undefined ? () => size : (value) => size + open(recordOf(value)[lastName]),
    slow,
    read: (bytes, at, end) => {
      try {
        return compiled().read(bytes, at, end);
      } catch (error) {
        if (error instanceof FieldError) slow.read(bytes, at, end);
        throw error;
      }
    },
    write: (bytes, at, value) => {
      try {
        compiled().write(bytes, at, value);
      } catch {
        slow.write(bytes, at, value);
      }
    },
    print: (value) => {
      const record = recordOf(value);
      return Object.fromEntries(
        Object.keys(record).map((name) => [name, shape[name]?.print ? shape[name].print(record[name]) : record[name]]),
      );
    },
    parse: (printed) =>
      Object.fromEntries(
        Object.keys(printed).map((name) => [name, shape[name]?.parse ? shape[name].parse(printed[name]) : printed[name]]),
      ) as InferShape<S>,
  };
  return struct;
}

/** A struct as one field of another, or as the entry of a list. */
export function nested<T>(struct: Struct<T>): Field<T> {
  return {
    size: struct.size,
    says: Object.entries(struct.shape)
      .map(([name, { says }]) => `${name} ${says}`)
      .join(', '),
    read: struct.read,
    write: struct.write,
    print: struct.print,
    parse: (printed) => (typeof printed === 'object' && printed !== null ? struct.parse({ ...printed }) : printed),
  };
}

interface Place {
  readonly name: string;
  readonly field: Field<unknown>;
  readonly at: number;
  /** A reserved field: written, never read. */
  readonly isSilent: boolean;
}

function lay(shape: Readonly<Record<string, Field<unknown>>>): readonly Place[] {
  let at = 0;
  const names = Object.keys(shape);
  return names.map((name, index) => {
    const field = shape[name]!;
    if (field.sizeOf && index < names.length - 1) throw new TypeError(`${name}: only the last field may be of variable length`);
    const place = { name, field, at, isSilent: field.isSilent === true };
    at += field.size;
    return place;
  });
}

function slowly(places: readonly Place[], size: number, filler: number): Codec<unknown> {
  const named = <R>(name: string, run: () => R): R => {
    try {
      return run();
    } catch (error) {
      if (error instanceof FieldError) throw new FieldError(error.reason, error.field === '' ? name : `${name}.${error.field}`);
      throw error;
    }
  };
  return {
    read: (bytes, at, end) =>
      Object.fromEntries(
        places
          .filter((place) => !place.isSilent)
          .map(({ name, field, at: offset }) => [name, named(name, () => field.read(bytes, at + offset, end))]),
      ),
    write: (bytes, at, value) => {
      if (typeof value !== 'object' || value === null) throw new FieldError(`${String(value)} is not an object`);
      bytes.fill(filler, at, at + size);
      const record = value as Readonly<Record<string, unknown>>;
      for (const { name, field, at: offset, isSilent } of places) {
        if (!isSilent && record[name] === undefined) throw new FieldError('is missing', name);
        named(name, () => field.write(bytes, at + offset, record[name]));
      }
    },
  };
}

/**
 * Writes one object literal of calls for the whole layout and lets the engine compile it. Why not closures composed in a loop: an object
 * built by `result[name] = ...` is a megamorphic store, measured at 0.6 of hand-written code for a 60-byte frame, this at 1.2 (bench/).
 * The text holds only offsets and our own field names, quoted; nothing that came over a wire. Gives undefined where the process
 * forbids code from strings (--disallow-code-generation-from-strings); the slow way then serves.
 */
function compile(places: readonly Place[], size: number, filler: number): Codec<never> | undefined {
  const spoken = places.filter((place) => !place.isSilent);
  const reads = spoken.map(({ name, at }, i) => `${JSON.stringify(name)}: f${i}(bytes, at + ${at}, end)`);
  const writes = places.map(({ name, at }, i) => `g${i}(bytes, at + ${at}, value[${JSON.stringify(name)}]);`);
  const isShared = places.some(({ field }) => field.size === 0);
  const body = `return { read: (bytes, at, end) => ({ ${reads.join(', ')} }), write: (bytes, at, value) => { ${
    isShared ? `bytes.fill(${filler}, at, at + ${size});` : ''
  } ${writes.join(' ')} } };`;
  try {
    const make = new Function(...spoken.map((_, i) => `f${i}`), ...places.map((_, i) => `g${i}`), body);
    return make(...spoken.map(({ field }) => field.read), ...places.map(({ field }) => field.write));
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

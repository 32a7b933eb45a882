/** The versions that can be bridged. */
export type BridgeVersion = '2.1.1' | '2.2' | '2.2.1' | '2.3.0';

/**
 * What a bridge could not carry as it was: `dropped` is gone, `shortened` is cut to a shorter field, `replaced` is told by the nearest
 * word there is, `invented` was not said by the sender, `impossible` is why there is no result.
 */
export interface Loss {
  readonly kind: 'dropped' | 'shortened' | 'replaced' | 'invented' | 'impossible';
  /** The version whose field names the pointer uses: for what was invented, and what did not fit, that is the version bridged to. */
  readonly version: BridgeVersion;
  readonly pointer: string;
  readonly message: string;
}

/** The object in the other version, and what it could not carry. Without a result there is an `impossible` loss that says why. */
export interface Bridged<T> {
  readonly result: T | undefined;
  readonly losses: readonly Loss[];
}

/** Fields of an object on its way from one version to another. */
export type Fields = Readonly<Record<string, unknown>>;

/** Collects losses at a place of the object. */
export interface Notes {
  at(name: string | number): Notes;
  dropped(name: string, message: string): void;
  replaced(name: string, message: string): void;
  invented(name: string, message: string): void;
  impossible(name: string, message: string): void;
}

/** Notes of a step from one version to another that write to a list; what is invented is told in the names of the other. */
export function notes(from: BridgeVersion, to: BridgeVersion, losses: Loss[], pointer = ''): Notes {
  const note = (kind: Loss['kind']) => (name: string, message: string) => {
    losses.push({ kind, version: kind === 'invented' ? to : from, pointer: name === '' ? pointer : `${pointer}/${name}`, message });
  };
  return {
    at: (name) => notes(from, to, losses, `${pointer}/${name}`),
    dropped: note('dropped'),
    replaced: note('replaced'),
    invented: note('invented'),
    impossible: note('impossible'),
  };
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object with one field made anew, where it has it; the others stay. */
export function change(fields: Fields, name: string, make: (value: unknown) => unknown): Fields {
  return fields[name] === undefined ? fields : { ...fields, [name]: make(fields[name]) };
}

/** The object with a field under another name, at its end. */
export function rename(fields: Fields, from: string, to: string, make: (value: unknown) => unknown = (value) => value): Fields {
  if (fields[from] === undefined) return fields;
  const { [from]: value, ...rest } = fields;
  return { ...rest, [to]: make(value) };
}

/** The object without some fields. */
export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Each object of a list made anew; what is no list or no object stays, for the check at the end to refuse. */
export function each(value: unknown, n: Notes, make: (fields: Fields, n: Notes) => unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown, i) => (isFields(item) ? make(item, n.at(i)) : item)).filter((item) => item !== undefined);
}

/** The object made anew, if it is one. */
export function within(value: unknown, n: Notes, make: (fields: Fields, n: Notes) => unknown): unknown {
  return isFields(value) ? make(value, n) : value;
}

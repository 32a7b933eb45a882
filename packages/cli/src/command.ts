import { failure } from './errors.js';
import type { ExitCode } from './exit.js';
import type { Io } from './io.js';
import type { Text } from './language.js';

/** An option of a command; `T` is what the command gets. */
export interface Option<T> {
  /** `<what>` where the option takes a value. */
  readonly value?: string;
  readonly short?: string;
  readonly about: Text;
  readonly choices?: readonly string[];
  /** Shown in the help. */
  readonly shownDefault?: string;
  /** What the command gets from the texts given, in order; none when the option was not given. */
  read(name: string, given: readonly string[] | undefined): T;
}

/** `--name`: true when given. */
export const flag = (about: Text, short?: string): Option<boolean> => ({
  about,
  ...(short === undefined ? {} : { short }),
  read: (_name, given) => given !== undefined,
});

/** `--name <value>`: the last one given. */
export const text = (value: string, about: Text, short?: string): Option<string | undefined> => ({
  value,
  about,
  ...(short === undefined ? {} : { short }),
  read: (_name, given) => given?.at(-1),
});

/** `--name <value>`, with a value of its own when it is not given. */
export const textOr = (value: string, fallback: string, about: Text): Option<string> => ({
  value,
  about,
  shownDefault: fallback,
  read: (_name, given) => given?.at(-1) ?? fallback,
});

/** `--name <value>` that must be given. */
export const needed = (value: string, about: Text): Option<string> => ({
  value,
  about,
  read: (name, given) => {
    const last = given?.at(-1);
    if (last === undefined) throw failure('missing-option', { name: `--${name}` });
    return last;
  },
});

/** `--name <value>`, given as often as wanted. */
export const list = (value: string, about: Text): Option<readonly string[]> => ({ value, about, read: (_name, given) => given ?? [] });

/** `--name <value>`: one of a few words; the first one when it is not given. */
export const choice = <const C extends readonly [string, ...string[]]>(choices: C, about: Text, short?: string): Option<C[number]> => ({
  value: choices.join('|'),
  choices,
  about,
  shownDefault: choices[0],
  ...(short === undefined ? {} : { short }),
  read: (name, given) => {
    const last = given?.at(-1);
    const found = last === undefined ? choices[0] : choices.find((each) => each === last);
    if (found === undefined) throw failure('bad-value', { name: `--${name}`, value: last ?? '', why: choices.join(', ') });
    return found;
  },
});

/** `--name <n>`: a whole number within its limits. */
export const integer = (value: string, { or, min, max }: { or: number; min: number; max: number }, about: Text): Option<number> => ({
  value,
  about,
  shownDefault: String(or),
  read: (name, given) => {
    const last = given?.at(-1);
    if (last === undefined) return or;
    const number = /^\d{1,15}$/.test(last) ? Number(last) : Number.NaN;
    if (!(number >= min && number <= max)) throw failure('bad-value', { name: `--${name}`, value: last, why: `${min}..${max}` });
    return number;
  },
});

export type Options = Readonly<Record<string, Option<unknown>>>;
export type OptionValues<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** `'<version> [action] [files...]'` gives `{ version: string; action: string | undefined; files: readonly string[] }`. */
export type Arguments<S extends string> = S extends `${infer Head} ${infer Rest}` ? Arguments<Head> & Arguments<Rest> : One<S>;
type One<S extends string> = S extends `[${infer N}...]` | `<${infer N}...>`
  ? { readonly [K in N]: readonly string[] }
  : S extends `[${infer N}]`
    ? { readonly [K in N]: string | undefined }
    : S extends `<${infer N}>`
      ? { readonly [K in N]: string }
      : unknown;

export interface Call<A extends string, O extends Options> {
  readonly args: Arguments<A>;
  readonly options: OptionValues<O>;
  readonly io: Io;
}

/** Shown at the end of the help; a test runs each through the parser. */
export interface Example {
  readonly run: string;
  readonly about: Text;
}

/** A command that does something. */
export interface Leaf {
  readonly about: Text;
  readonly args: string;
  readonly options: Options;
  readonly examples: readonly [Example, Example, ...Example[]];
  run(call: { args: Readonly<Record<string, unknown>>; options: Readonly<Record<string, unknown>>; io: Io }): Promise<ExitCode>;
}

/** A word with commands below it. */
export interface Branch {
  readonly about: Text;
  readonly commands: Readonly<Record<string, Command>>;
}

export type Command = Leaf | Branch;
export const isBranch = (command: Command): command is Branch => 'commands' in command;

/** Defines a command: the types of what `run` gets follow from its arguments and options. */
export function defineCommand<const A extends string, const O extends Options>(definition: {
  readonly about: Text;
  readonly args: A;
  readonly options: O;
  readonly examples: readonly [Example, Example, ...Example[]];
  run(call: Call<A, O>): Promise<ExitCode>;
}): Leaf {
  // The program fills `args` and `options` from the same definition, so the types are kept by construction.
  return definition as unknown as Leaf;
}

// What the commands of an operator have in common: the hub in use, lists that page themselves, and actions on money that say why.
import { randomUUID } from 'node:crypto';
import { type Admin, type Method, openAdmin } from '../admin.js';
import { defineCommand, type Example, flag, type Leaf, needed, text } from '../command.js';
import { findContext } from '../contexts.js';
import { failure } from '../errors.js';
import { EXIT, type ExitCode } from '../exit.js';
import type { Io } from '../io.js';
import type { Text } from '../language.js';
import { readJson } from '../lines.js';
import { isRecord } from '../output/path.js';
import { type Column, outputOptions, type Row, showList, showRecord } from '../output/show.js';

/** The options of every command that talks to a hub. */
export const hubOptions = {
  context: text('name', { en: 'the hub to use; see evroam context list', zh: '使用的平台；见 evroam context list' }),
  traceHttp: flag({ en: 'tell each request, without secrets', zh: '显示每个请求（不含密钥）' }),
};

/** Runs with the hub in use. */
export async function withHub<T>(
  io: Io,
  { context, traceHttp }: { context: string | undefined; traceHttp: boolean },
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { url, apiKey } = await findContext(io.environment, context);
  const admin = await openAdmin({
    url,
    ...(apiKey === undefined ? {} : { apiKey }),
    signal: io.signal,
    ...(traceHttp ? { trace: io.talk } : {}),
  });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

interface ListOf {
  readonly about: Text;
  readonly path: string;
  readonly columns: readonly Column[];
  readonly examples: readonly [Example, Example];
  /** Query parameters, by option. */
  readonly filters?: Readonly<Record<string, Text>>;
  /** The answer holds all items at once. */
  readonly whole?: boolean;
}

/** A list that pages itself. */
export function listOf({ about, path, columns, examples, filters = {}, whole = false }: ListOf): Leaf {
  const filterOptions = Object.fromEntries(Object.entries(filters).map(([name, told]) => [name, text(name, told)]));
  return defineCommand({
    about,
    args: '',
    options: { ...hubOptions, ...outputOptions, ...filterOptions },
    examples,
    run: ({ options, io }) =>
      withHub(io, options, async (admin) => {
        const given: Readonly<Record<string, unknown>> = options;
        const query = Object.fromEntries(
          Object.keys(filters).flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])),
        );
        if (!whole) return showList(io, options, admin.list(path, query), columns);
        return showList(io, options, itemsOf(await admin.ask('GET', path, { query })), columns);
      }),
  });
}

export const itemsOf = (value: unknown): Row[] =>
  (Array.isArray(value) ? value : isRecord(value) && Array.isArray(value.items) ? value.items : []).filter(isRecord);

interface GetOf<A extends string> {
  readonly about: Text;
  readonly args: A;
  readonly path: (args: Readonly<Record<string, string>>) => string;
  readonly examples: readonly [Example, Example];
}

/** One thing, by what names it. */
export function getOf<const A extends string>({ about, args, path, examples }: GetOf<A>): Leaf {
  return defineCommand({
    about,
    args: args as string,
    options: { ...hubOptions, ...outputOptions },
    examples,
    run: ({ args: given, options, io }) =>
      withHub(io, options, async (admin) => {
        const value = await admin.ask('GET', path(encoded(given)));
        if (Array.isArray(value)) return showList(io, options, itemsOf(value), []);
        return showRecord(io, options, isRecord(value) ? value : { value });
      }),
  });
}

function encoded(given: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(isRecord(given) ? given : {}).map(([name, value]) => [name, encodeURIComponent(String(value))]));
}

interface AskOf<A extends string> {
  readonly about: Text;
  readonly args: A;
  readonly method: Exclude<Method, 'GET'>;
  readonly path: (args: Readonly<Record<string, string>>) => string;
  readonly examples: readonly [Example, Example];
  /** The body, in a file named by the last argument or on standard input. */
  readonly takesBody?: true;
  /** Cannot be taken back: it wants a yes. */
  readonly wantsYes?: true;
}

/** A request that changes something; what the hub answers is shown. */
export function askOf<const A extends string>({ about, args, method, path, examples, takesBody, wantsYes }: AskOf<A>): Leaf {
  return defineCommand({
    about,
    args: (takesBody ? `${args} [file]` : args) as string,
    options: {
      ...(wantsYes ? { yes: flag({ en: 'do it without being asked', zh: '不再确认' }) } : {}),
      ...hubOptions,
      ...outputOptions,
    },
    examples,
    run: async ({ args: given, options, io }) => {
      const words: Readonly<Record<string, unknown>> = isRecord(given) ? given : {};
      if (wantsYes && !('yes' in options && options.yes)) throw failure('missing-option', { name: '--yes' });
      const body = takesBody ? { body: await readJson(io, typeof words.file === 'string' ? words.file : undefined) } : {};
      return withHub(io, options, async (admin) => {
        const answer = await admin.ask(method, path(encoded(given)), body);
        return answer === undefined ? EXIT.done : showRecord(io, options, isRecord(answer) ? answer : { answer });
      });
    },
  });
}

/** The options of an action on money: it says why, and a repeat of it does nothing. */
export const moneyOptions = {
  reason: needed('why', { en: 'why; it stays in the audit trail', zh: '原因；记入审计' }),
  idempotencyKey: text('key', { en: 'the same key again does nothing; made and told if absent', zh: '相同键重复无效；缺省时自动生成' }),
  dryRun: flag({ en: 'tell what would be done, and do nothing', zh: '只说明将做什么，不执行' }),
};

interface ActOf<A extends string> {
  readonly about: Text;
  readonly args: A;
  readonly path: (args: Readonly<Record<string, string>>) => string;
  readonly examples: readonly [Example, Example];
  /** A reason code of a closed list, where the action takes one. */
  readonly code?: Text;
}

/** An action on money. */
export function actOf<const A extends string>({ about, args, path, examples, code }: ActOf<A>): Leaf {
  return defineCommand({
    about,
    args: args as string,
    options: { ...moneyOptions, ...(code === undefined ? {} : { code: text('code', code) }), ...hubOptions, ...outputOptions },
    examples,
    run: ({ args: given, options, io }) =>
      withHub(io, options, async (admin): Promise<ExitCode> => {
        const key = options.idempotencyKey ?? randomUUID();
        const all: Readonly<Record<string, unknown>> = options;
        if (code !== undefined && typeof all.code !== 'string') throw failure('missing-option', { name: '--code' });
        const answer = await admin.ask('POST', path(encoded(given)), {
          key,
          body: {
            reason: options.reason,
            ...(typeof all.code === 'string' ? { code: all.code } : {}),
            ...(options.dryRun ? { dryRun: true } : {}),
          },
        });
        if (options.idempotencyKey === undefined && !options.quiet) io.talk(`idempotency key: ${key}`);
        await showRecord(io, options, isRecord(answer) ? answer : { answer });
        // A second person has to agree first.
        return isRecord(answer) && answer.accepted === false ? EXIT.partly : EXIT.done;
      }),
  });
}

/** Columns of a list by their paths; `~` behind one shows it only in `wide`. */
export const columns = (...paths: readonly string[]): readonly Column[] =>
  paths.map((path) => (path.endsWith('~') ? { path: path.slice(0, -1), wide: true } : { path }));

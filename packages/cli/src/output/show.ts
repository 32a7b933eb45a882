import { flag, type Option, text } from '../command.js';
import { failure } from '../errors.js';
import type { ExitCode } from '../exit.js';
import { EXIT } from '../exit.js';
import type { Io } from '../io.js';
import { at, isRecord, parsePath } from './path.js';
import { safe, safeJson } from './safe.js';
import { toTable } from './table.js';
import { cell, toCsv, toYaml } from './text.js';

export const FORMATS = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export type Row = Readonly<Record<string, unknown>>;

/** A column of a list: a path into the row, and whether only `wide` shows it. */
export interface Column {
  readonly path: string;
  readonly title?: string;
  readonly wide?: boolean;
}

const format: Option<Format | undefined> = {
  value: FORMATS.join('|'),
  short: 'o',
  about: { en: 'how to show the result', zh: '结果格式' },
  choices: FORMATS,
  read: (name, given) => {
    const last = given?.at(-1);
    return last === undefined ? undefined : toFormat(`--${name}`, last);
  },
};

function toFormat(name: string, value: string): Format {
  const found = FORMATS.find((each) => each === value);
  if (found === undefined) throw failure('bad-value', { name, value, why: FORMATS.join(', ') });
  return found;
}

/** The options of every command that shows a result. */
export const outputOptions = {
  output: format,
  fields: text('a,b', { en: 'only these fields', zh: '只显示这些字段' }),
  query: text('path', { en: 'only the value at this path, such as [0].id', zh: '只取该路径的值，例如 [0].id' }),
  sort: text('field', { en: 'sort by this field; -field turns it round', zh: '按该字段排序；-字段 为倒序' }),
  quiet: flag({ en: 'data only, no talk', zh: '只输出数据' }, 'q'),
};

export interface OutputChoice {
  readonly output: Format | undefined;
  readonly fields: string | undefined;
  readonly query: string | undefined;
  readonly sort: string | undefined;
  readonly quiet: boolean;
}

export const formatOf = (io: Io, { output }: OutputChoice): Format =>
  output ?? (io.environment.output === undefined ? 'table' : toFormat('EVROAM_OUTPUT', io.environment.output));

/** Shows a list; ndjson goes out row by row as pages come in, every other format waits for the last one. */
export async function showList(
  io: Io,
  options: OutputChoice,
  rows: Iterable<Row> | AsyncIterable<Row>,
  columns: readonly Column[],
): Promise<ExitCode> {
  const chosen = formatOf(io, options);
  const picked = options.fields?.split(',').map((field) => ({ path: field.trim() })) ?? columns;
  if (chosen === 'ndjson' && options.query === undefined && options.sort === undefined) {
    for await (const row of rows) await io.out(`${safeJson(options.fields === undefined ? row : pick(row, picked))}\n`);
    return EXIT.done;
  }
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  if (options.sort !== undefined) sortBy(all, options.sort);
  if (options.query !== undefined) return showQuery(io, chosen, all, options.query);
  const shown = columns.length === 0 && options.fields === undefined ? columnsOf(all) : picked;
  switch (chosen) {
    case 'json':
      await io.out(`${safeJson(options.fields === undefined ? all : all.map((row) => pick(row, picked)), 2)}\n`);
      break;
    case 'ndjson':
      await io.out(all.map((row) => `${safeJson(options.fields === undefined ? row : pick(row, picked))}\n`).join(''));
      break;
    case 'yaml':
      await io.out(toYaml(options.fields === undefined ? all : all.map((row) => pick(row, picked))));
      break;
    case 'csv':
      await io.out(
        toCsv(
          all.map((row) => pick(row, shown)),
          shown.map(({ path }) => path),
        ),
      );
      break;
    default: {
      if (all.length === 0) {
        if (!options.quiet) io.talk(io.say('none'));
        break;
      }
      const visible = shown.filter((column) => chosen === 'wide' || !('wide' in column && column.wide === true));
      const cells = all.map((row) => visible.map(({ path }) => safe(cell(valueAt(row, path)))));
      await io.out(
        toTable(
          visible.map((column) => ('title' in column && column.title !== undefined ? column.title : column.path.toUpperCase())),
          cells,
          io.outIsTerminal ? io.width() : undefined,
        ),
      );
    }
  }
  return EXIT.done;
}

/** Shows one thing; as a table it is a list of its fields. */
export async function showRecord(io: Io, options: OutputChoice, record: Row): Promise<ExitCode> {
  const chosen = formatOf(io, options);
  if (options.query !== undefined) return showQuery(io, chosen, record, options.query);
  const value =
    options.fields === undefined
      ? record
      : pick(
          record,
          options.fields.split(',').map((path) => ({ path: path.trim() })),
        );
  switch (chosen) {
    case 'json':
      await io.out(`${safeJson(value, 2)}\n`);
      break;
    case 'ndjson':
      await io.out(`${safeJson(value)}\n`);
      break;
    case 'yaml':
      await io.out(toYaml(value));
      break;
    case 'csv':
      await io.out(toCsv([value], Object.keys(value)));
      break;
    default: {
      const entries = flatten(value);
      const width = Math.max(0, ...entries.map(([name]) => name.length));
      await io.out(entries.map(([name, part]) => `${safe(name).padEnd(width)}  ${safe(cell(part))}\n`).join(''));
    }
  }
  return EXIT.done;
}

async function showQuery(io: Io, chosen: Format, value: unknown, query: string): Promise<ExitCode> {
  const steps = parsePath(query);
  if (!steps) throw failure('bad-value', { name: '--query', value: query, why: 'items[0].id, [].id' });
  const found = at(value, steps);
  if (found === undefined) throw failure('no-such-path', { path: query });
  if (chosen === 'yaml') await io.out(toYaml(found));
  else if (chosen === 'json' || chosen === 'ndjson') await io.out(`${safeJson(found, chosen === 'json' ? 2 : undefined)}\n`);
  else await io.out(`${(Array.isArray(found) ? found : [found]).map((part) => safe(cell(part))).join('\n')}\n`);
  return EXIT.done;
}

function pick(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ path }) => [path, valueAt(row, path)]).filter(([, value]) => value !== undefined));
}

function valueAt(row: Row, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path];
  const steps = parsePath(path);
  if (!steps) throw failure('no-such-path', { path });
  return at(row, steps);
}

function sortBy(rows: Row[], field: string): void {
  const down = field.startsWith('-');
  const path = down ? field.slice(1) : field;
  rows.sort((a, b) => compare(valueAt(a, path), valueAt(b, path)) * (down ? -1 : 1));
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1;
  if (b === undefined || b === null) return 1;
  const [left, right] = [Number(a), Number(b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

const columnsOf = (rows: readonly Row[]): readonly Column[] =>
  [...new Set(rows.flatMap((row) => Object.keys(row)))].map((path) => ({ path }));

function flatten(value: Row, above = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, part]): [string, unknown][] =>
    isRecord(part) && !(part instanceof Date) ? flatten(part, `${above}${name}.`) : [[above + name, part]],
  );
}

import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './config.js';
import { failure } from './errors.js';
import { isRecord } from './output/path.js';

/** A hub that the user works with. */
export interface Context {
  readonly url: string;
  readonly apiKey?: string;
}

export interface Contexts {
  readonly current: string | undefined;
  readonly contexts: Readonly<Record<string, Context>>;
}

const fileOf = (environment: Environment): string => join(environment.configFolder, 'contexts.json');

/** The contexts file; it holds keys, so one that others can read is refused. */
export async function readContexts(environment: Environment): Promise<Contexts> {
  const file = fileOf(environment);
  let text: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw failure('config-exposed', { file });
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { current: undefined, contexts: {} };
    throw error;
  }
  return parse(text, file);
}

function parse(text: string, file: string): Contexts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure('bad-input', { why: `${file} is not JSON` }, { cause: error });
  }
  if (!isRecord(value) || !isRecord(value.contexts)) throw failure('bad-input', { why: `${file} does not hold contexts` });
  const contexts: Record<string, Context> = {};
  for (const [name, each] of Object.entries(value.contexts)) {
    if (!isRecord(each) || typeof each.url !== 'string') throw failure('bad-input', { why: `the context ${name} in ${file} has no url` });
    contexts[name] = { url: each.url, ...(typeof each.apiKey === 'string' ? { apiKey: each.apiKey } : {}) };
  }
  return { current: typeof value.current === 'string' ? value.current : undefined, contexts };
}

/** Replaces the file whole: a reader sees the old one or the new one. */
export async function writeContexts(environment: Environment, contexts: Contexts): Promise<void> {
  await mkdir(environment.configFolder, { recursive: true, mode: 0o700 });
  const file = fileOf(environment);
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

/** The hub to talk to: what the environment says, else the context asked for, else the current one. */
export async function findContext(environment: Environment, wanted?: string): Promise<Context & { name: string }> {
  if (environment.url !== undefined && wanted === undefined) {
    return { name: 'EVROAM_URL', url: environment.url, ...(environment.apiKey === undefined ? {} : { apiKey: environment.apiKey }) };
  }
  const { current, contexts } = await readContexts(environment);
  const name = wanted ?? environment.context ?? current;
  if (name === undefined) throw failure('not-logged-in', {});
  const context = contexts[name];
  if (!context) throw failure('not-found', { what: `context ${name}`, list: 'evroam context list' });
  return { name, url: context.url, ...withKey(environment.apiKey ?? context.apiKey) };
}

const withKey = (apiKey: string | undefined): { apiKey?: string } => (apiKey === undefined ? {} : { apiKey });

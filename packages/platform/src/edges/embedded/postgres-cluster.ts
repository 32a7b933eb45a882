import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './process-identity.js';
import type { RunUser } from './run-user.js';

export const DATABASE = 'evroam';
export const ROLE = 'evroam';

export interface Cluster {
  /** PGDATA. */
  dir: string;
  password: string;
}

interface Making {
  place: string;
  native: string;
  user: RunUser | undefined;
  throwaway: boolean;
  /** Called with each program that is started, so that it can be ended if we are. */
  started(child: ChildProcess): void;
}

/**
 * The cluster in `place`, made if there is none. It is made under another name and renamed when it is whole and on disk:
 * a kill at any moment leaves either no cluster or a good one, and an initdb that outlives its parent disturbs nobody.
 */
export async function clusterIn(making: Making): Promise<Cluster> {
  const { place, native } = making;
  const dir = join(place, 'cluster');
  removeHalfMade(place);
  if (!existsSync(dir)) await make(dir, making);
  const had = readFileSync(join(dir, 'PG_VERSION'), 'utf8').trim();
  const has = /PostgreSQL\) (\d+)/.exec(await run(join(native, 'bin', 'postgres'), ['--version'], making))?.[1];
  if (had !== has) {
    throw new Error(
      `The data in ${dir} was written by PostgreSQL ${had}, and this evroam brings PostgreSQL ${has}. ` +
        'Use the evroam version that wrote it to make a backup, and restore that into a new data folder.',
    );
  }
  return { dir, password: readFileSync(join(dir, 'evroam.password'), 'utf8') };
}

async function make(dir: string, making: Making): Promise<void> {
  const { place, native, user, throwaway } = making;
  const draft = join(place, `cluster.${randomBytes(4).toString('hex')}.making`);
  const secret = `${draft}.password.making`;
  const password = randomBytes(24).toString('hex');
  writeFileSync(secret, password, { mode: 0o600 });
  if (user) chownSync(secret, user.uid, user.gid);
  // biome-ignore format: options in pairs
  await run(join(native, 'bin', 'initdb'), [
    '-D', draft, '-U', ROLE, '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--locale=C',
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(throwaway ? ['--no-sync'] : []),
  ], making);
  await run(join(native, 'bin', 'postgres'), ['--single', '-D', draft, 'template1'], making, `CREATE DATABASE ${DATABASE};\n`);
  renameSync(secret, join(draft, 'evroam.password'));
  renameSync(draft, dir);
  syncFolder(place);
}

/** An initdb that outlived its parent may still be writing there; then the next start removes it. */
function removeHalfMade(place: string): void {
  for (const name of readdirSync(place)) {
    if (!name.endsWith('.making')) continue;
    try {
      rmSync(join(place, name), { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Runs a program to its end as the PostgreSQL user, and gives what it printed. */
function run(program: string, args: string[], { user, started }: Making, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...asUser(user), stdio: 'pipe', env: { LC_ALL: 'C', TZ: 'UTC' } });
    started(child);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${program} ended with code ${code}: ${output.trim().slice(-1000)}`)),
    );
    // A program that ends without reading is told by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The folder where a dropped user may not be is no place to start a program in. */
export function asUser(user: RunUser | undefined): { cwd: string; uid?: number; gid?: number } {
  return user ? { cwd: '/', uid: user.uid, gid: user.gid } : { cwd: process.platform === 'win32' ? process.cwd() : '/' };
}

/**
 * Ends a server that an earlier supervisor left in this cluster: it gets a moment to end by itself, since its own keeper
 * may be about to stop it, then it is asked, then told.
 */
export async function reclaim(dir: string): Promise<void> {
  const pid = Number(readPidFile(dir)[0]);
  if (!(pid > 0)) return;
  if (!isPostmasterOf(pid, dir)) {
    // The id belongs to somebody else by now; PostgreSQL would take that process for its own predecessor and refuse to start.
    if (!isAlive(pid) || process.platform === 'linux') rmSync(join(dir, 'postmaster.pid'), { force: true });
    return;
  }
  for (const [signal, patienceMs] of [
    [0, 1000],
    ['SIGINT', 10_000],
    ['SIGQUIT', 3000],
    ['SIGKILL', 3000],
  ] as const) {
    signalIfAlive(pid, signal);
    for (const end = Date.now() + patienceMs; Date.now() < end; await delay(20)) if (!isPostmasterOf(pid, dir)) return;
  }
  throw new Error(`A PostgreSQL (process ${pid}) runs in ${dir} and cannot be stopped. End it by hand and start again.`);
}

export function signalIfAlive(pid: number, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isPostmasterOf(pid: number, dir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    // A postmaster works in its cluster's folder. A zombie has no folder, and is none.
    return readlinkSync(`/proc/${pid}/cwd`) === dir;
  } catch {
    return false;
  }
}

/** The lines of postmaster.pid; the first is the process id, the eighth its state. */
export function readPidFile(dir: string): string[] {
  try {
    return readFileSync(join(dir, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

// The keeper of PostgreSQL: a process of its own between the supervisor and the server. When the supervisor goes, however it
// goes, the channel to it closes and the keeper stops the server; a server that ends takes the keeper along, and the supervisor
// starts both again.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import type { ServiceNews, ServiceOrder } from './messages.js';
import { postgresBinaries } from './postgres-binaries.js';
import { asUser, type Cluster, clusterIn, DATABASE, ROLE, readPidFile, reclaim, signalIfAlive } from './postgres-cluster.js';
import { postgresPlace } from './postgres-place.js';
import { type RunUser, runUser } from './run-user.js';

/** A larger log is put aside at the next start, and the one before it goes. */
const LOG_LIMIT_BYTES = 1024 * 1024;
const START_PATIENCE_MS = 60_000;
const TRIES = 20;

let tool: ChildProcess | undefined;
let server: ChildProcess | undefined;
let stopping = false;

// Without a supervisor there is nobody to tell, and a failed send would end this process before it stopped the server.
const tell = (news: ServiceNews) => {
  if (process.connected) process.send?.(news);
};

async function keep(order: ServiceOrder): Promise<void> {
  const user = runUser();
  const place = postgresPlace(order.dataDir, user);
  const native = postgresBinaries(place, user);
  const isNew = !existsSync(join(place, 'cluster'));
  if (isNew) tell({ kind: 'step', text: 'making the database cluster (once, about a second)' });
  const started = (child: ChildProcess) => {
    tool = child;
  };
  const cluster = await clusterIn({ place, native, user, throwaway: order.throwaway, started });
  await reclaim(cluster.dir);
  const logPath = join(place, 'postgres.log');
  if (existsSync(logPath) && statSync(logPath).size > LOG_LIMIT_BYTES) renameSync(logPath, `${logPath}.1`);

  for (let attempt = 1; ; attempt += 1) {
    const port = order.known?.port ?? (await freePort());
    const exit = await launch({ native, cluster, port, user, logPath, throwaway: order.throwaway });
    if (exit === undefined) {
      const { password } = cluster;
      tell({ kind: 'ready', port, password, url: `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}` });
      return;
    }
    // Backends of a killed postmaster need a moment to notice; a port may have been taken in between.
    if (attempt >= TRIES || !/shared memory|lock file|could not bind|in use/i.test(exit)) throw new Error(exit);
    await delay(250);
  }
}

interface Launch {
  native: string;
  cluster: Cluster;
  port: number;
  user: RunUser | undefined;
  logPath: string;
  throwaway: boolean;
}

/** Starts the server; undefined when it is ready, what its log says when it ended instead. */
async function launch({ native, cluster, port, user, logPath, throwaway }: Launch): Promise<string | undefined> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    // What fails is told to the client, which knows what to do; statements may hold personal data and stay out of the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    dynamic_shared_memory_type: roomyShm() ? 'posix' : 'mmap',
    ...(throwaway ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(logPath, 'a', 0o600);
  const logStart = statSync(logPath).size;
  const child = spawn(join(native, 'bin', 'postgres'), ['-D', cluster.dir, '-p', String(port), ...options], {
    ...asUser(user),
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(log);
  server = child;
  let ended: string | undefined;
  const tail = () => readFileSync(logPath).subarray(logStart).toString('utf8').trim().slice(-1500);
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `PostgreSQL ended (code ${code}, signal ${signal}): ${tail()}`;
    if (stopping) process.exit(0);
  });
  const deadline = Date.now() + START_PATIENCE_MS;
  while (readPidFile(cluster.dir)[7]?.trim() !== 'ready' || Number(readPidFile(cluster.dir)[0]) !== child.pid) {
    if (ended !== undefined) return ended;
    if (Date.now() > deadline) throw new Error(`PostgreSQL was not ready after ${START_PATIENCE_MS / 1000} s: ${tail()}`);
    await delay(20);
  }
  child.once('exit', () => setImmediate(() => process.exit(stopping ? 0 : 1)));
  if (ended !== undefined) return ended;
  return undefined;
}

/** Containers often give 64 MB to /dev/shm, which a parallel query outgrows. */
function roomyShm(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= 256 * 1024 * 1024;
  } catch {
    return false;
  }
}

/** Fast shutdown: transactions are rolled back, the clients' connections end, a checkpoint is written. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  tool?.kill('SIGKILL');
  const pid = server?.pid;
  if (pid === undefined || server?.exitCode !== null || server.signalCode !== null) process.exit(0);
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 3000],
    ['SIGKILL', 3000],
  ] as const) {
    signalIfAlive(pid, signal);
    await delay(patienceMs);
  }
  process.exit(1);
}

process.once('disconnect', () => void stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
process.once('message', (order: ServiceOrder) => {
  keep(order).catch((error: Error) => {
    if (stopping) return;
    tell({ kind: 'fault', reason: error.message });
    void stop();
  });
});

// Keeps the embedded servers running, each restarted alone. It lives as long as the channel to the hub does: when the hub goes,
// however it goes, the channel closes and the servers are stopped.
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Known, Plan, ServiceName, ServiceNews, ServiceOrder, SupervisorNews } from './messages.js';

const PROGRAMS = {
  postgres: new URL('./postgres-process.js', import.meta.url),
  valkey: new URL('./valkey-process.js', import.meta.url),
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** A service that ran this long starts again without a pause. */
const STEADY_MS = 10_000;
/** Above the keeper's own patience with PostgreSQL. */
const STOP_PATIENCE_MS = 20_000;

const tell = (news: SupervisorNews) => {
  if (process.connected) process.send?.(news);
};

class Service {
  readonly #name: ServiceName;
  readonly #plan: Plan;
  #known: Known | undefined;
  #child: ChildProcess | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #stopping = false;

  constructor(name: ServiceName, plan: Plan) {
    this.#name = name;
    this.#plan = plan;
    this.#known = plan.known[name];
    this.#start();
  }

  #start(): void {
    const since = Date.now();
    const execArgv = this.#name === 'valkey' ? ['--disable-warning=ExperimentalWarning'] : [];
    const child = fork(fileURLToPath(PROGRAMS[this.#name]), [], {
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'json',
    });
    this.#child = child;
    let reason = '';
    child.on('error', (error) => {
      reason = error.message;
    });
    child.on('message', (news: ServiceNews) => {
      if (news.kind === 'ready') this.#known = { port: news.port, password: news.password };
      if (news.kind === 'fault') reason = news.reason;
      tell({ kind: 'news', service: this.#name, news });
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#stopping) return;
      tell({ kind: 'down', service: this.#name, pid: child.pid, reason: reason || `ended with ${signal ?? `code ${code}`}` });
      if (Date.now() - since > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      setTimeout(() => {
        if (!this.#stopping) this.#start();
      }, this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    });
    const order: ServiceOrder = { dataDir: this.#plan.dataDir, throwaway: this.#plan.throwaway };
    child.send(this.#known ? { ...order, known: this.#known } : order);
    tell({ kind: 'up', service: this.#name, pid: child.pid });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(killer);
  }
}

let services: Service[] = [];
let plan: Plan | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all(services.map((service) => service.stop()));
  if (plan?.throwaway) await removeFolder(plan.dataDir);
  process.exit(0);
}

/** A backend of PostgreSQL may write its last file while the folder is being removed. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch {
      await delay(100);
    }
  }
}

process.once('disconnect', () => void stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
process.once('message', (message: Plan) => {
  plan = message;
  services = message.services.map((name) => new Service(name, message));
});

import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeEndpoints, writeEndpoints } from './endpoints.js';
import { lockFolder } from './folder-lock.js';
import type { Known, Plan, ServiceName, SupervisorNews } from './messages.js';

/** What happens with the embedded servers, for a person at a terminal or for the log. */
export type EmbeddedEvent =
  | { kind: 'step'; service: ServiceName; text: string }
  | { kind: 'ready'; service: ServiceName; port: number }
  /** The server ended by itself and is being started again. */
  | { kind: 'down'; service: ServiceName; reason: string }
  | { kind: 'supervisor-down'; reason: string };

export interface EmbeddedOptions {
  /** Made if missing. One hub at a time: a second one gets FolderInUse. */
  dataDir: string;
  postgres: boolean;
  valkey: boolean;
  onEvent?: (event: EmbeddedEvent) => void;
  /** For tests: nothing is synced, and the folder is removed with the servers. */
  throwaway?: boolean;
}

export interface Embedded {
  databaseUrl?: string;
  redisUrl?: string;
  /** Process ids of the supervisor and of the two services' processes, for drills and `doctor`. */
  pids(): { supervisor: number | undefined; services: Partial<Record<ServiceName, number>> };
  /** Stops the servers and lets the folder go; resolves when their processes are gone. */
  stop(): Promise<void>;
}

/** How often in a row a supervisor that does not get its servers up is started again. */
const SUPERVISOR_TRIES = 5;

/**
 * Starts the servers that were asked for, and resolves when they answer. They stop with `stop()`, and by themselves when this process ends
 * in any way. A server that dies comes back at the same address.
 *
 *     const embedded = await startEmbedded({ dataDir: './.data', postgres: true, valkey: true });
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  // PostgreSQL names its folder as the system sees it: with links resolved.
  const dataDir = realpathSync(resolve(options.dataDir));
  const unlock = lockFolder(dataDir);
  const services: ServiceName[] = [...(options.postgres ? (['postgres'] as const) : []), ...(options.valkey ? (['valkey'] as const) : [])];
  const servers = new Servers(
    { dataDir, services, known: {}, throwaway: options.throwaway ?? false },
    options.onEvent ?? (() => undefined),
  );
  const stop = async () => {
    await servers.stop();
    if (existsSync(dataDir)) removeEndpoints(dataDir);
    unlock();
  };
  try {
    const urls = await servers.start();
    const addresses = {
      ...(urls.postgres ? { databaseUrl: urls.postgres } : {}),
      ...(urls.valkey ? { redisUrl: urls.valkey } : {}),
    };
    if (services.length > 0) writeEndpoints(dataDir, addresses);
    return { ...addresses, pids: () => servers.pids(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

class Servers {
  readonly #plan: Plan;
  readonly #onEvent: (event: EmbeddedEvent) => void;
  readonly #urls: Partial<Record<ServiceName, string>> = {};
  readonly #pids: Partial<Record<ServiceName, number>> = {};
  #supervisor: ChildProcess | undefined;
  #tries = 0;
  #stopping = false;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(plan: Plan, onEvent: (event: EmbeddedEvent) => void) {
    this.#plan = plan;
    this.#onEvent = onEvent;
  }

  async start(): Promise<Partial<Record<ServiceName, string>>> {
    if (this.#plan.services.length === 0) return {};
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#launch();
    });
    // From here on the servers do not keep this process alive.
    this.#supervisor?.unref();
    this.#supervisor?.channel?.unref();
    return this.#urls;
  }

  #launch(): void {
    this.#tries += 1;
    const log = openSync(join(this.#plan.dataDir, 'supervisor.log'), 'a', 0o600);
    // A session of its own: Ctrl-C in the terminal reaches the hub alone, which then stops its servers in order.
    const child = fork(fileURLToPath(new URL('./supervisor.js', import.meta.url)), [], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', log, 'ipc'],
    });
    closeSync(log);
    this.#supervisor = child;
    child.on('message', (news: SupervisorNews) => this.#hear(news));
    child.on('error', (error) => this.#settle?.reject(error));
    child.once('exit', (code, signal) => this.#supervisorEnded(`ended with ${signal ?? `code ${code}`}`));
    child.send(this.#plan);
  }

  #hear(message: SupervisorNews): void {
    const { service } = message;
    if (message.kind === 'up') {
      if (message.pid !== undefined) this.#pids[service] = message.pid;
    } else if (message.kind === 'down') {
      delete this.#pids[service];
      this.#onEvent({ kind: 'down', service, reason: message.reason });
    } else if (message.news.kind === 'step') {
      this.#onEvent({ kind: 'step', service, text: message.news.text });
    } else if (message.news.kind === 'fault') {
      // Before the first success a fault is the answer; after it, a reason to try again.
      this.#settle?.reject(new Error(message.news.reason));
    } else {
      const { port, password, url } = message.news;
      this.#plan.known[service] = { port, password } satisfies Known;
      this.#urls[service] = url;
      this.#onEvent({ kind: 'ready', service, port });
      if (this.#plan.services.every((name) => this.#urls[name] !== undefined)) {
        this.#tries = 0;
        this.#settle?.resolve();
        this.#settle = undefined;
      }
    }
  }

  #supervisorEnded(reason: string): void {
    if (this.#stopping) return;
    this.#onEvent({ kind: 'supervisor-down', reason });
    if (this.#tries < SUPERVISOR_TRIES) {
      this.#launch();
      if (!this.#settle) {
        this.#supervisor?.unref();
        this.#supervisor?.channel?.unref();
      }
    } else
      this.#settle?.reject(
        new Error(`The supervisor of the embedded servers ${reason}; see ${join(this.#plan.dataDir, 'supervisor.log')}`),
      );
  }

  pids(): { supervisor: number | undefined; services: Partial<Record<ServiceName, number>> } {
    return { supervisor: this.#supervisor?.pid, services: { ...this.#pids } };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#supervisor;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const ended = new Promise((done) => child.once('exit', done));
    if (child.connected) child.disconnect();
    await ended;
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Json } from './own-stations-fixture.js';

interface Where {
  addresses: { admin: string; ocpp: string; ykc: string };
  adminKey: string;
}

/** A hub in its own process, on ports and data that outlive it. */
export class KillableHub {
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  where: Where | undefined;

  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  async start(): Promise<void> {
    const child = fork(fileURLToPath(new URL('./own-stations-hub.js', import.meta.url)), [], {
      env: { ...process.env, ...this.#environment },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const [news] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (typeof news !== 'object') throw new Error(`the hub ended with ${news}`);
    this.where = news as Where;
  }

  async kill(): Promise<void> {
    const child = this.#child!;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.send('stop');
    await gone;
  }

  /** As `api`, for somebody who does not mind that the hub is down: then, and where it says no, there is no answer. */
  async reach(method: string, path: string, body?: unknown): Promise<Json> {
    try {
      const answer = await this.api(method, path, body);
      return answer.status < 300 ? answer.body : undefined;
    } catch (error) {
      // What fetch says of a connection that fails.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  api = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> => {
    const { addresses, adminKey } = this.where!;
    const response = await fetch(addresses.admin + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

import type { AnyAction, Registry } from '@evroam/ocpp-core';
import { type ReplayStore, replayInMemory, tableOf } from '@evroam/ocpp-core';
import { type AnyConnection, type OcppServer, serveOcpp, speak } from '@evroam/ocpp-core/websocket';

type Payload = Record<string, unknown>;
interface Untyped {
  handle(action: AnyAction, handler: (request: Payload) => Promise<unknown>): void;
  call(action: AnyAction, request: unknown): Promise<Payload>;
}

/** A central system for tests: it remembers what it heard, answers what it is told to, and wakes whoever waits for a message. */
export class Csms {
  readonly heard: { action: string; request: Payload }[] = [];
  readonly #actions: Registry;
  readonly #answers: Readonly<Record<string, (request: Payload) => unknown>>;
  readonly #waiting: (() => void)[] = [];
  readonly #replay: ReplayStore = replayInMemory();
  #connection: AnyConnection<'csms'> | undefined;
  server: OcppServer | undefined;

  constructor(actions: Registry, answers: Readonly<Record<string, (request: Payload) => unknown>>) {
    this.#actions = actions;
    this.#answers = answers;
  }

  async open(): Promise<string> {
    this.server = await serveOcpp({
      host: '127.0.0.1',
      authenticate: async ({ password }) => ({ accepted: password?.toString() === 'secret' }),
      versions: [speak(this.#actions, (connection) => this.#answer(connection), { replay: this.#replay })],
    });
    return `ws://127.0.0.1:${this.server.port}`;
  }

  /** Sends a command over the newest connection. */
  call(action: string, request: unknown): Promise<Payload> {
    const found = tableOf(this.#actions).get(action);
    if (!found || !this.#connection) throw new Error(`${action} cannot be sent`);
    return (this.#connection.endpoint as unknown as Untyped).call(found, request);
  }

  /** Resolves with the nth message of an action that fits. */
  async wait(action: string, count = 1, where: (request: Payload) => boolean = () => true): Promise<Payload> {
    for (;;) {
      const found = this.heard.filter((heard) => heard.action === action && where(heard.request))[count - 1];
      if (found) return found.request;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** All requests of an action so far. */
  all(action: string): Payload[] {
    return this.heard.filter((heard) => heard.action === action).map(({ request }) => request);
  }

  #answer(connection: AnyConnection<'csms'>): void {
    this.#connection = connection;
    const endpoint = connection.endpoint as unknown as Untyped;
    for (const action of tableOf(this.#actions).values()) {
      if (action.from === 'csms') continue;
      endpoint.handle(action, async (request) => {
        this.heard.push({ action: action.name, request });
        for (const wake of this.#waiting.splice(0)) wake();
        return this.#answers[action.name]?.(request) ?? {};
      });
    }
  }
}

import type { AnyAction, RequestOf, ResponseOf } from '../action.js';
import type { Endpoint } from '../endpoint.js';
import { OcppError } from '../errors.js';
import type { Fault } from '../handlers.js';

type Call = (action: AnyAction, request: unknown) => Promise<unknown>;

interface Queued {
  readonly action: AnyAction;
  readonly request: unknown;
  resolve(answer: unknown): void;
  reject(error: OcppError): void;
}

/** So many messages are kept; beyond, the newest is refused, since the oldest are the start of what follows. */
const MAX_QUEUED = 10_000;

/** Messages that must reach the central system in order, over as many connections as it takes. Held in memory. */
export class OfflineQueue<Actions> {
  readonly #most: number;
  readonly #queue: Queued[] = [];
  #call: Call | undefined;
  #sending = false;

  constructor(most = MAX_QUEUED) {
    this.#most = most;
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Queues a message. Rejects with the peer's refusal, or TooManyCalls; a lost connection or a missing answer only delays it. */
  send<A extends AnyAction>(
    action: A,
    request: [Fault<A, Actions, 'station'>] extends [never] ? RequestOf<A> : Fault<A, Actions, 'station'>,
  ): Promise<ResponseOf<A>> {
    if (this.#queue.length >= this.#most) return Promise.reject(new OcppError('TooManyCalls', `${this.#most} messages wait already`));
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#queue.push({ action, request, resolve, reject });
    });
    void this.#flush();
    // The endpoint checked the answer against this action's schema.
    return answer as Promise<ResponseOf<A>>;
  }

  /** A connection stands: what waits is sent over it. */
  connected(endpoint: Endpoint<'station', Actions>): void {
    // What `send` let in fits the endpoint; the compiler cannot know it of a message that waited in a list.
    const untyped = endpoint as unknown as { call: Call };
    const call: Call = (action, request) => untyped.call(action, request);
    this.#call = call;
    void endpoint.closed.then(() => {
      if (this.#call === call) this.#call = undefined;
    });
    void this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let first = this.#queue[0]; first && this.#call; first = this.#queue[0]) {
      const call = this.#call;
      try {
        const answer = await call(first.action, first.request);
        this.#queue.shift();
        first.resolve(answer);
      } catch (error) {
        const known = error instanceof OcppError ? error : new OcppError('InternalError', 'the call failed', { cause: error });
        if (known.code === 'ConnectionClosed') {
          if (this.#call === call) this.#call = undefined;
        } else if (known.code !== 'TimedOut') {
          this.#queue.shift();
          first.reject(known);
        }
      }
    }
    this.#sending = false;
  }
}

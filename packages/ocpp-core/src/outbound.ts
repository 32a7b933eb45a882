import { randomUUID } from 'node:crypto';
import type { AnyAction } from './action.js';
import { OcppError } from './errors.js';
import { CALL, writeCall } from './frame.js';

/** What one call may be told. */
export interface CallOptions {
  /** How long to wait for the answer once sent, ms of wall time. */
  readonly timeoutMs?: number;
  /** Gives up waiting; a call that was sent already keeps its turn until answered or timed out. */
  readonly signal?: AbortSignal;
  /** The message id; only a repeat of an earlier message wants one. */
  readonly messageId?: string;
}

interface Outgoing {
  readonly id: string;
  readonly action: AnyAction;
  readonly text: string;
  readonly timeoutMs: number;
  settle(error: OcppError | undefined, answer?: unknown): void;
  timer?: NodeJS.Timeout;
}

/** Our CALLs: one is on the way, the others wait their turn (OCPP-J 1.6, 4.1.1; 2.x part 4, 4.1.1). */
export class Outbound {
  readonly #say: (text: string) => void;
  readonly #most: number;
  #current: Outgoing | undefined;
  #queue: Outgoing[] | undefined;
  #closed: OcppError | undefined;

  constructor(say: (text: string) => void, most: number) {
    this.#say = say;
    this.#most = most;
  }

  /** Calls that wait or are on the way. */
  get size(): number {
    return (this.#queue?.length ?? 0) + (this.#current ? 1 : 0);
  }

  call(action: AnyAction, payload: unknown, timeoutMs: number, options: CallOptions): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (options.signal?.aborted) return Promise.reject(new OcppError('Cancelled', `${action.name} was cancelled`));
    if (this.#current && (this.#queue?.length ?? 0) >= this.#most)
      return Promise.reject(new OcppError('TooManyCalls', `${this.#most} calls wait already`));
    return new Promise((resolve, reject) => {
      const cancel = () => this.#cancel(outgoing);
      const id = options.messageId ?? randomUUID();
      const outgoing: Outgoing = {
        id,
        action,
        // Written at once: what JSON cannot hold fails here, not when its turn comes.
        text: writeCall(CALL, id, action.name, payload),
        timeoutMs,
        settle: (error, answer) => {
          options.signal?.removeEventListener('abort', cancel);
          if (error) reject(error);
          else resolve(answer);
        },
      };
      options.signal?.addEventListener('abort', cancel, { once: true });
      if (this.#current) {
        this.#queue ??= [];
        this.#queue.push(outgoing);
      } else this.#send(outgoing);
    });
  }

  /** The call with this id, if it is the one on the way; it is on the way no longer. */
  take(id: string): Outgoing | undefined {
    const current = this.#current;
    if (current?.id !== id) return undefined;
    clearTimeout(current.timer);
    this.#current = undefined;
    return current;
  }

  /** Sends the next one; to be called when the taken one has been dealt with. */
  next(): void {
    if (this.#current || this.#closed) return;
    const next = this.#queue?.shift();
    if (next) this.#send(next);
  }

  close(error: OcppError): void {
    this.#closed = error;
    const current = this.#current;
    const left = this.#queue ?? [];
    clearTimeout(current?.timer);
    this.#current = undefined;
    this.#queue = undefined;
    current?.settle(error);
    for (const outgoing of left) outgoing.settle(error);
  }

  #send(outgoing: Outgoing): void {
    this.#current = outgoing;
    outgoing.timer = setTimeout(() => this.#timeOut(outgoing), outgoing.timeoutMs);
    this.#say(outgoing.text);
  }

  #timeOut(outgoing: Outgoing): void {
    if (this.take(outgoing.id) !== outgoing) return;
    outgoing.settle(new OcppError('TimedOut', `${outgoing.action.name} was not answered within ${outgoing.timeoutMs} ms`));
    this.next();
  }

  #cancel(outgoing: Outgoing): void {
    const at = this.#queue?.indexOf(outgoing) ?? -1;
    if (at >= 0) this.#queue?.splice(at, 1);
    outgoing.settle(new OcppError('Cancelled', `${outgoing.action.name} was cancelled`));
  }
}

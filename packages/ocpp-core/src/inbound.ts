import { type Due, unwatch, watch } from './overdue.js';

/** Whoever does the work of an `Inbound`. */
export interface InboundOwner<Message> {
  /** Does the work of one message; never rejects. */
  work(message: Message): Promise<void>;
  /** A message was not done in time, and is given up. */
  late(message: Message): void;
  /** Nothing is left: the owner may forget the queue. An idle connection, of which there are many, then holds none. */
  idle(): void;
}

/** Work of the peer's that is done one after the other, so that answers go out in arrival order. */
export class Inbound<Message> implements Due {
  readonly #owner: InboundOwner<Message>;
  readonly #timeoutMs: number;
  readonly #queue: Message[] = [];
  #current: Message | undefined;
  dueAt = 0;

  constructor(owner: InboundOwner<Message>, timeoutMs: number) {
    this.#owner = owner;
    this.#timeoutMs = timeoutMs;
  }

  /** Messages that wait or are being answered. */
  get size(): number {
    return this.#queue.length + (this.#current === undefined ? 0 : 1);
  }

  /** True while this message is the one being answered and not given up. */
  isCurrent(message: Message): boolean {
    return this.#current === message;
  }

  add(message: Message): void {
    if (this.#current === undefined) this.#start(message);
    else this.#queue.push(message);
  }

  /** Forgets what waits; what is being answered ends by itself. */
  close(): void {
    this.#queue.length = 0;
    unwatch(this);
  }

  overdue(): void {
    const late = this.#current;
    if (late === undefined) return;
    this.#owner.late(late);
    this.#next();
  }

  #start(message: Message): void {
    this.#current = message;
    this.dueAt = performance.now() + this.#timeoutMs;
    watch(this);
    void this.#owner.work(message).then(() => {
      if (this.#current === message) this.#next();
    });
  }

  #next(): void {
    this.#current = undefined;
    const next = this.#queue.shift();
    if (next !== undefined) this.#start(next);
    else {
      unwatch(this);
      this.#owner.idle();
    }
  }
}

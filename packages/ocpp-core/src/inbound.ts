import { type Due, unwatch, watch } from './overdue.js';

/** Whoever does the work of an `Inbound`. */
export interface InboundOwner<Message> {
  /** Begins the work of one message; `done` is to be called when it is over. Never throws. */
  work(message: Message): void;
  /** A message was not done in time, and is given up. */
  late(message: Message): void;
}

/** Work of the peer's that is done one after the other, so that answers go out in arrival order. */
export class Inbound<Message> implements Due {
  readonly #owner: InboundOwner<Message>;
  readonly timeoutMs: number;
  #queue: Message[] | undefined;
  #current: Message | undefined;
  dueAt = 0;

  constructor(owner: InboundOwner<Message>, timeoutMs: number) {
    this.#owner = owner;
    this.timeoutMs = timeoutMs;
  }

  /** Messages that wait or are being answered. */
  get size(): number {
    return (this.#queue?.length ?? 0) + (this.#current === undefined ? 0 : 1);
  }

  /** True while this message is the one being answered and not given up. */
  isCurrent(message: Message): boolean {
    return this.#current === message;
  }

  add(message: Message): void {
    if (this.#current === undefined) this.#start(message);
    else {
      this.#queue ??= [];
      this.#queue.push(message);
    }
  }

  /** A message is answered, or needs no answer; the next one begins. */
  done(message: Message): void {
    if (this.#current === message) this.#next();
  }

  /** Forgets what waits; what is being answered ends by itself. */
  close(): void {
    this.#queue = undefined;
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
    watch(this);
    this.#owner.work(message);
  }

  #next(): void {
    this.#current = undefined;
    const next = this.#queue?.shift();
    if (next !== undefined) this.#start(next);
    else {
      this.#queue = undefined;
      unwatch(this);
    }
  }
}

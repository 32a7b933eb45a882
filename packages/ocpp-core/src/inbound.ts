import { type Due, unwatch, watch } from './overdue.js';

/** Work of the peer's that is done one after the other, so that answers go out in arrival order. */
export class Inbound<Message> implements Due {
  readonly #work: (message: Message) => Promise<void>;
  readonly #late: (message: Message) => void;
  readonly #timeoutMs: number;
  #current: Message | undefined;
  #queue: Message[] | undefined;
  #turn = 0;
  dueAt = 0;

  constructor(work: (message: Message) => Promise<void>, late: (message: Message) => void, timeoutMs: number) {
    this.#work = work;
    this.#late = late;
    this.#timeoutMs = timeoutMs;
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

  /** Forgets what waits; what is being answered ends by itself. */
  close(): void {
    this.#queue = undefined;
    unwatch(this);
  }

  overdue(): void {
    const late = this.#current;
    if (late === undefined) return;
    this.#late(late);
    this.#next();
  }

  #start(message: Message): void {
    this.#current = message;
    this.#turn += 1;
    const turn = this.#turn;
    this.dueAt = performance.now() + this.#timeoutMs;
    watch(this);
    void this.#work(message).then(() => {
      if (this.#turn === turn && this.#current !== undefined) this.#next();
    });
  }

  #next(): void {
    this.#current = undefined;
    const next = this.#queue?.shift();
    if (next === undefined) unwatch(this);
    else this.#start(next);
  }
}

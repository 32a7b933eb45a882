/** When it is, and what happens later: all that a simulated pile knows of time. */
export interface SimTime {
  now(): Date;
  /** Runs once after so many milliseconds of this time; gives what cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Time that runs at a rate: ten hours in a minute are `rate: 600`. Its timers do not keep a process alive. */
export function timeFrom({ now, rate }: { now(): Date; readonly rate: number }): SimTime {
  return {
    now,
    after: (ms, run) => {
      const timer = setTimeout(run, ms / rate);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

export const wallTime: SimTime = timeFrom({ now: () => new Date(), rate: 1 });

/** Time that stands still until a test moves it. */
export class ManualTime implements SimTime {
  #nowMs: number;
  #next = 0;
  readonly #due = new Map<number, { at: number; run: () => void }>();

  constructor(start: Date) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  after(ms: number, run: () => void): () => void {
    const id = this.#next;
    this.#next += 1;
    this.#due.set(id, { at: this.#nowMs + ms, run });
    return () => void this.#due.delete(id);
  }

  /** Moves on, running what falls due in its order, each at its own moment. */
  advance(ms: number): void {
    const until = this.#nowMs + ms;
    for (;;) {
      const first = [...this.#due].filter(([, { at }]) => at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!first) break;
      this.#due.delete(first[0]);
      this.#nowMs = Math.max(this.#nowMs, first[1].at);
      first[1].run();
    }
    this.#nowMs = until;
  }
}

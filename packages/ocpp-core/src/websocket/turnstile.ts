/** Lets a bounded number through at once; the others wait in a bounded line. */
export class Turnstile {
  readonly #atOnce: number;
  readonly #most: number;
  readonly #line: (() => void)[] = [];
  #inside = 0;

  constructor(atOnce: number, most: number) {
    this.#atOnce = atOnce;
    this.#most = most;
  }

  /** Does the work when its turn comes; undefined when the line is full. */
  async pass<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#inside >= this.#atOnce) {
      if (this.#line.length >= this.#most) return undefined;
      await new Promise<void>((resolve) => this.#line.push(resolve));
    } else this.#inside += 1;
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      // The place is handed on, so that nobody slips in between.
      if (next) next();
      else this.#inside -= 1;
    }
  }
}

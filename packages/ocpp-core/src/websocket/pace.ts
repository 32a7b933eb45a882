/** Lets so many through in each turn of the event loop, so that what else is due gets its turn between. */
export class Pace {
  readonly #perTurn: number;
  readonly #line: (() => void)[] = [];
  #left: number;
  #scheduled = false;

  constructor(perTurn: number) {
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** Resolves when its turn has come. */
  turn(): Promise<void> {
    this.#schedule();
    if (this.#left > 0) {
      this.#left -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#line.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const next = this.#line.splice(0, this.#perTurn);
      this.#left = this.#perTurn - next.length;
      for (const go of next) go();
      if (this.#line.length > 0) this.#schedule();
    });
  }
}

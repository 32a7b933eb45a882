/** Counts what each name did lately, in bounded memory. */
export class Rate {
  readonly #perMinute: number;
  readonly #most: number;
  /** For each name, the moment at which all that it took is given back (the generic cell rate algorithm). */
  readonly #paidAtMs = new Map<string, number>();

  /** So many a minute for each name, at once or spread; the names longest unseen are forgotten beyond so many. */
  constructor(perMinute: number, most: number) {
    this.#perMinute = perMinute;
    this.#most = most;
  }

  /** Takes one, if there is one left. `nowMs` is any clock that does not go back. */
  take(name: string, nowMs: number): boolean {
    const paidAtMs = Math.max(this.#paidAtMs.get(name) ?? nowMs, nowMs) + 60_000 / this.#perMinute;
    // A little more, for what sums of fractions lose.
    if (paidAtMs - nowMs > 60_000.001) return false;
    this.#paidAtMs.delete(name);
    this.#paidAtMs.set(name, Math.round(paidAtMs * 1_000) / 1_000);
    if (this.#paidAtMs.size > this.#most) for (const oldest of this.#paidAtMs.keys()) return this.#paidAtMs.delete(oldest);
    return true;
  }
}

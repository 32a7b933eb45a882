/** Counts what each name did lately, in bounded memory. */
export class Rate {
  readonly #perMinute: number;
  readonly #most: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  /** So many a minute for each name, at once or spread; the names longest unseen are forgotten beyond so many. */
  constructor(perMinute: number, most: number) {
    this.#perMinute = perMinute;
    this.#most = most;
  }

  /** Takes one, if there is one left. `nowMs` is any clock that does not go back. */
  take(name: string, nowMs: number): boolean {
    const before = this.#buckets.get(name) ?? { tokens: this.#perMinute, atMs: nowMs };
    const tokens = Math.min(this.#perMinute, before.tokens + ((nowMs - before.atMs) * this.#perMinute) / 60_000);
    const allowed = tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#most) break;
      this.#buckets.delete(oldest);
    }
    return allowed;
  }
}

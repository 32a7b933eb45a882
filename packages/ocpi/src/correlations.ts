// Where rewritten URLs lead: a hub hands out URLs of its own and remembers what stands behind each.
import { randomBytes } from 'node:crypto';

/** What a rewritten URL stands for: a response_url, a next page, or a stored object such as a CDR. */
export type CorrelationKind = 'callback' | 'page' | 'object';

/** A rewritten URL. `opener` alone may call it; the call goes on to `url` at `target`. */
export interface Correlation {
  readonly id: string;
  readonly kind: CorrelationKind;
  readonly url: string;
  /** The partner that may call, and the partner that is called, by id. */
  readonly opener: string;
  readonly target: string;
  /** Forgotten on its first use. */
  readonly once: boolean;
  readonly expires: Date;
  readonly correlationId: string;
}

/** A store of correlations; a hub of several nodes keeps it in its database. `take` removes what is to be used once, whoever is first. */
export interface Correlations {
  put(correlation: Correlation): Promise<void> | void;
  /** What stands behind an id; undefined when it is unknown, expired, or not the opener's. */
  take(id: string, opener: string, now: Date): Promise<Correlation | undefined> | Correlation | undefined;
}

/** An id that cannot be guessed. */
export const newCorrelationId = (): string => randomBytes(18).toString('base64url');

const LIMIT = 100_000;

/** Correlations in memory, at most `limit` of them; the oldest falls first. */
export function memoryCorrelations(limit = LIMIT): Correlations & { readonly size: number } {
  const kept = new Map<string, Correlation>();
  return {
    get size() {
      return kept.size;
    },
    put(correlation) {
      if (kept.size >= limit) kept.delete(kept.keys().next().value ?? '');
      kept.set(correlation.id, correlation);
    },
    take(id, opener, now) {
      const found = kept.get(id);
      if (!found || found.opener !== opener) return undefined;
      const isOver = found.expires.getTime() <= now.getTime();
      if (isOver || found.once) kept.delete(id);
      return isOver ? undefined : found;
    },
  };
}

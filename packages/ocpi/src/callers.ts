// Whose token it is: asked once, and remembered for a short time.
import { OcpiError } from './envelope.js';
import { authorization, type TokenCoding, tokenReadings } from './headers.js';

/** Looks up the partner that a token belongs to. Called with each reading of the header, decoded first. */
export type Authenticate<P> = (token: string, coding: TokenCoding) => Promise<P | undefined> | P | undefined;

const REMEMBERED = 10_000;

/** A caller that was recognised. */
export interface Known<P> {
  readonly partner: P;
  readonly token: string;
  readonly until: number;
}

/** A map from header to partner stands before the look-up: a few entries, for a short time, and emptied when tokens change. */
export function remembering<P>(authenticate: Authenticate<P>, forMs: number) {
  const entries = new Map<string, Known<P>>();
  return {
    known(value: string | undefined): Known<P> | undefined {
      const hit = value === undefined ? undefined : entries.get(value);
      return hit && hit.until > performance.now() ? hit : undefined;
    },
    async ask(value: string | undefined): Promise<Known<P>> {
      for (const { token, coding } of tokenReadings(value)) {
        const partner = await authenticate(token, coding);
        if (partner === undefined) continue;
        const entry = { partner, token, until: performance.now() + forMs };
        if (entries.size >= REMEMBERED) entries.clear();
        if (forMs > 0) entries.set(value ?? authorization(token, coding), entry);
        return entry;
      }
      throw new OcpiError('unauthorized');
    },
    forget: () => entries.clear(),
  };
}

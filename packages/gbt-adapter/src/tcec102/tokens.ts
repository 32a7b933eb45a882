import { createHash, randomBytes } from 'node:crypto';

/** Gives and knows tokens. One that all nodes share belongs into a database; it stores digests, never tokens. */
export interface Tokens {
  issue(operatorId: string, now: Date): Issued | Promise<Issued>;
  isValid(operatorId: string, token: string, now: Date): boolean | Promise<boolean>;
}
export interface Issued {
  readonly token: string;
  readonly seconds: number;
}

/** Two hours, as most give. */
const SECONDS = 7200;
/** The token before stays good while a partner's nodes change over; more at once are a partner that loops. */
const KEPT = 4;
const digest = (token: string): string => createHash('sha256').update(token).digest('base64');

/** Tokens for one process. */
export function memoryTokens({ seconds = SECONDS }: { seconds?: number } = {}): Tokens {
  const given = new Map<string, readonly { hash: string; until: number }[]>();
  return {
    issue: (operatorId, now) => {
      const token = randomBytes(32).toString('base64url');
      const kept = (given.get(operatorId) ?? []).filter(({ until }) => until > now.getTime()).slice(1 - KEPT);
      given.set(operatorId, [...kept, { hash: digest(token), until: now.getTime() + seconds * 1000 }]);
      return { token, seconds };
    },
    isValid: (operatorId, token, now) => {
      const hash = digest(token);
      return (given.get(operatorId) ?? []).some((one) => one.hash === hash && one.until > now.getTime());
    },
  };
}

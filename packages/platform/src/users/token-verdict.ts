import type { Token } from '../model/token.js';

/** `ask`: the issuer wants to be asked before what stands here counts. */
export type TokenVerdict =
  | { allowed: true; token: Token; ask?: true }
  | { allowed: false; token?: Token; reason: 'unknown' | 'blocked' | 'expired'; ask?: true };

/**
 * May this card charge, by what we hold? `never` has to be asked about; `allowedOffline` counts only when the issuer cannot be reached.
 * Several issuers may have given out one uid: one that is allowed from here wins. OCPI 2.2.1, 12.4.5
 */
export function tokenVerdict(tokens: readonly Token[]): TokenVerdict {
  const valid = tokens.filter((token) => token.valid);
  const here = valid.find(({ whitelist }) => whitelist === 'always' || whitelist === 'allowed');
  if (here) return { allowed: true, token: here };
  const offline = valid.find(({ whitelist }) => whitelist === 'allowedOffline');
  if (offline) return { allowed: true, token: offline, ask: true };
  const asking = valid.find(({ whitelist }) => whitelist === 'never');
  if (asking) return { allowed: false, token: asking, reason: 'unknown', ask: true };
  const blocked = tokens.find((token) => !token.valid);
  return blocked ? { allowed: false, token: blocked, reason: 'blocked' } : { allowed: false, reason: 'unknown' };
}

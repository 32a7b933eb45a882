import type { Token } from '../model/token.js';

export type TokenVerdict = { allowed: true; token: Token } | { allowed: false; token?: Token; reason: 'unknown' | 'blocked' | 'expired' };

/**
 * May this card charge, by what we hold? A token that its issuer wants to be asked about (whitelist `never`) is not allowed from here.
 * Several issuers may have given out one uid: a valid one wins. OCPI 2.2.1, 12.4.5
 */
export function tokenVerdict(tokens: readonly Token[]): TokenVerdict {
  const usable = tokens.find(({ valid, whitelist }) => valid && whitelist !== 'never');
  if (usable) return { allowed: true, token: usable };
  const blocked = tokens.find(({ valid }) => !valid);
  return blocked ? { allowed: false, token: blocked, reason: 'blocked' } : { allowed: false, reason: 'unknown' };
}

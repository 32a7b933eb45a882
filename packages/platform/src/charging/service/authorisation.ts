import type { OperatorId } from '../../kernel/ids.js';
import type { TokenKind } from '../../model/heard.js';
import type { AskedPlace, TokenVerdict } from '../ports.js';
import type { ChargingNeeds } from './needs.js';

/** A driver stands at the station: an issuer that has not answered by then counts as away. Wall time. */
const ISSUER_MS = 5_000;

export interface Authorised {
  verdict: TokenVerdict;
  /** What the issuer calls this permission. */
  authorizationReference?: string;
}

export interface Wish {
  uid: string;
  kind?: TokenKind;
  place?: AskedPlace;
  /** Whether its issuer has just asked for a start with it itself: then it is not asked back. OCPI 2.2.1, 13.3.9 */
  wasAskedFor?: () => Promise<boolean>;
}

/**
 * May this token charge? What stands here counts, unless its issuer wants to be asked. One that cannot be reached lets a token charge
 * that may be used offline, and no other. OCPI 2.2.1, 12.4.5
 */
export function createAuthorisation({ tokens, issuers }: Pick<ChargingNeeds, 'tokens' | 'issuers'>) {
  return async function authorise(operatorId: OperatorId, { uid, kind, place, wasAskedFor }: Wish): Promise<Authorised> {
    const verdict = await tokens.verdict(operatorId, uid, kind);
    const { token, ask } = verdict;
    if (!ask || !token || !issuers) return { verdict };
    if (await wasAskedFor?.()) return { verdict: { allowed: true, token } };
    const reply = await issuers.ask(operatorId, token, place, AbortSignal.timeout(ISSUER_MS));
    switch (reply.answer) {
      case 'allowed': {
        const { authorizationReference } = reply;
        return { verdict: { allowed: true, token }, ...(authorizationReference === undefined ? {} : { authorizationReference }) };
      }
      case 'unreachable':
        return { verdict };
      default:
        return { verdict: { allowed: false, token, reason: reply.answer } };
    }
  };
}

export type Authorise = ReturnType<typeof createAuthorisation>;

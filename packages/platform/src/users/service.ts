import type { OperatorId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Token } from '../model/token.js';
import type { UsersStore } from './store.js';
import { type TokenVerdict, tokenVerdict } from './token-verdict.js';

export type UsersService = ReturnType<typeof createService>;

export function createService({ store }: { store: UsersStore }) {
  const save = async (operatorId: OperatorId, token: Token, isOwn: boolean): Promise<Accepted | Refused<'olderOrForeign'>> =>
    (await store.saveToken(operatorId, token, isOwn))
      ? { accepted: true }
      : refuse('olderOrForeign', `token ${token.uid} of ${token.issuer} is newer here, or belongs to the other side`);

  return {
    putToken: (operatorId: OperatorId, token: Token) => save(operatorId, token, true),
    recordPartnerToken: (operatorId: OperatorId, token: Token) => save(operatorId, token, false),
    async verdict(operatorId: OperatorId, uid: string): Promise<TokenVerdict> {
      return tokenVerdict(await store.tokensByUid(operatorId, uid));
    },
    token: store.token,
    tokenByContract: store.tokenByContract,
    tokens: store.tokens,
  };
}

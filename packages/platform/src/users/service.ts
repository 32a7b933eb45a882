import type { OperatorId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { TokenKind } from '../model/heard.js';
import type { PartyId } from '../model/party.js';
import type { Token } from '../model/token.js';
import { contractName, isVehicle, vehicleName } from './contract-id.js';
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
    /** By card or app; by the contract in a vehicle; or by the vehicle itself (autocharge). */
    async verdict(operatorId: OperatorId, uid: string, kind: TokenKind = 'token'): Promise<TokenVerdict> {
      const byUid = await store.tokensByUid(operatorId, uid);
      if (byUid.length > 0) return tokenVerdict(byUid);
      if (kind === 'vehicle' || isVehicle(uid)) return tokenVerdict(await store.tokensByVehicle(operatorId, vehicleName(uid)));
      return kind === 'contract' ? tokenVerdict(await store.tokensByContract(operatorId, contractName(uid))) : tokenVerdict([]);
    },
    /** The vehicle charges for this token from now on. */
    async bindVehicle(
      operatorId: OperatorId,
      vehicle: string,
      issuer: PartyId,
      uid: string,
    ): Promise<Accepted<{ name: string }> | Refused<'unknownToken'>> {
      const name = vehicleName(vehicle);
      return (await store.saveVehicle(operatorId, name, issuer, uid))
        ? { accepted: true, name }
        : refuse('unknownToken', `there is no token ${uid} of ${issuer}`);
    },
    unbindVehicle: (operatorId: OperatorId, vehicle: string) => store.removeVehicle(operatorId, vehicleName(vehicle)),
    token: store.token,
    tokensByUid: store.tokensByUid,
    tokenByContract: store.tokenByContract,
    tokens: store.tokens,
  };
}

import type { Emit } from '../kernel/events.js';
import type { OperatorId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Transact } from '../kernel/transact.js';
import type { TokenKind } from '../model/heard.js';
import type { PartyId } from '../model/party.js';
import type { Token } from '../model/token.js';
import { contractName, isVehicle, vehicleName } from './contract-id.js';
import { consumers } from './events.js';
import type { UsersStore } from './store.js';
import { type TokenVerdict, tokenVerdict } from './token-verdict.js';

export type UsersService = ReturnType<typeof createService>;

export interface UsersNeeds {
  store: UsersStore;
  transact: Transact;
  emit: Emit;
}

export function createService({ store, transact, emit }: UsersNeeds) {
  const save = async (operatorId: OperatorId, token: Token, isOwn: boolean): Promise<Accepted | Refused<'olderOrForeign'>> =>
    (await (isRemembered(token) ? store.saveToken(undefined, operatorId, token, isOwn) : revoke(operatorId, token, isOwn)))
      ? { accepted: true }
      : refuse('olderOrForeign', `token ${token.uid} of ${token.issuer} is newer here, or belongs to the other side`);

  /** Stations let in what they remember: they are told when a card that they may remember is not to charge by itself any more. */
  const revoke = (operatorId: OperatorId, token: Token, isOwn: boolean): Promise<boolean> =>
    transact(async (tx) => {
      const before = await store.lockToken(tx, operatorId, token);
      const saved = await store.saveToken(tx, operatorId, token, isOwn);
      if (saved && before && isRemembered(before)) {
        const { issuer, uid } = token;
        await emit(tx, operatorId, [{ consumer: consumers.tokenRevoked, key: `${issuer}/${uid.toUpperCase()}`, body: { uid } }]);
      }
      return saved;
    });

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

/** Whether a station may let the card in by what it remembers. */
const isRemembered = ({ valid, whitelist }: Token): boolean => valid && whitelist !== 'never';

import type { KeyObject } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import type { NewId, OperatorId } from '../kernel/ids.js';
import { hashSecret, newSecret, seal, unseal } from '../kernel/secret.js';
import type { Transact } from '../kernel/transact.js';
import type { PartyId } from '../model/party.js';
import type { Role } from './role.js';
import { createApprovals } from './service/approvals.js';
import { newSigningKey, publicKeyOf, readPrivateKey } from './signing.js';
import type { ApiKey, AuthStore } from './store.js';

export type AuthService = ReturnType<typeof createService>;

/** Makes a key recognisable in a log or a leaked file. */
const KEY_PREFIX = 'evr_';

export interface AuthNeeds {
  store: AuthStore;
  transact: Transact;
  clock: Clock;
  newId: NewId;
  serverKey: Buffer;
}

export function createService({ store, transact, clock, newId, serverKey }: AuthNeeds) {
  const insert = (operatorId: OperatorId, name: string, role: Role, key: string, expiresAt: Date | null) =>
    store.insertKey({ operatorId, id: newId(), name, role, createdAt: clock.now(), expiresAt }, hashSecret(serverKey, key));

  const signingKeys = new Map<string, KeyObject>();

  /** The key with which a party of ours signs; made at first use, and the same for ever. */
  async function signingKey(operatorId: OperatorId, party: PartyId): Promise<KeyObject> {
    const name = `${operatorId}/${party}`;
    const known = signingKeys.get(name);
    if (known) return known;
    const sealed = await store.signingKey(operatorId, party, seal(serverKey, newSigningKey().privateKey));
    const key = readPrivateKey(unseal(serverKey, sealed));
    signingKeys.set(name, key);
    return key;
  }

  return {
    signingKey,
    approvals: createApprovals({ store, transact, clock, newId }),
    verifyingKey: async (operatorId: OperatorId, party: PartyId) => publicKeyOf(await signingKey(operatorId, party)),

    addOperator: store.putOperator,
    operators: store.operators,

    /** A new key, shown once. */
    async createKey(operatorId: OperatorId, name: string, role: Role, expiresAt: Date | null = null): Promise<string> {
      const key = KEY_PREFIX + newSecret();
      await insert(operatorId, name, role, key, expiresAt);
      return key;
    },

    /** Makes a key that is kept outside (the operator's first one) known here; again and again is harmless. */
    async adoptKey(operatorId: OperatorId, name: string, role: Role, key: string): Promise<void> {
      await insert(operatorId, name, role, key, null);
    },

    /** Who presents this `Authorization: Bearer` header; undefined if nobody we know. */
    async whoIs(authorization: string | undefined): Promise<ApiKey | undefined> {
      const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (key === undefined) return undefined;
      const now = clock.now();
      const found = await store.useKey(hashSecret(serverKey, key), now);
      return found && (found.expiresAt === null || found.expiresAt > now) ? found : undefined;
    },

    keys: store.keys,
    removeKey: store.removeKey,
  };
}

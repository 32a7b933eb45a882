import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { NewId, OperatorId, PartnerId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import { hashSecret, newSecret, seal } from '../../kernel/secret.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import type { PartyId, Role } from '../../model/party.js';
import { consumers } from '../events.js';
import { type Connection, nextStatus, type Partner } from '../partner.js';
import type { RoamingStore } from '../store.js';

export interface PartnersNeeds {
  transact: Transact;
  emit: Emit;
  store: RoamingStore;
  clock: Clock;
  newId: NewId;
  serverKey: Buffer;
}

/** A partner to be made; its parties are what it may speak for. */
export interface NewPartner {
  id: PartnerId;
  name: string;
  parties: readonly { party: PartyId; role: Role; name?: string }[];
}

/** What a registration at or by a partner has brought. */
export interface Registered {
  connection: Omit<Connection, 'sealedToken'>;
  /** What we present to it. */
  token: string;
  /** What it will present to us from now on. */
  issued: string;
}

export function createPartners({ transact: inTransaction, emit, store, clock, newId, serverKey }: PartnersNeeds) {
  /** What is remembered of partners ends when their change is there for all to see. */
  const transact: Transact = async (work) => {
    try {
      return await inTransaction(work);
    } finally {
      store.forget();
    }
  };

  async function addHostedParty(operatorId: OperatorId, party: PartyId, role: Role, name: string): Promise<void> {
    await store.insertParty(undefined, { operatorId, party, role, name });
  }

  /** A partner and its parties, for whichever protocol. Throws Taken where a party is somebody's already: nothing of it stays then. */
  async function addPartner(tx: Tx, operatorId: OperatorId, { id, name, parties }: NewPartner): Promise<void> {
    await store.insertPartner(tx, { operatorId, id, name, status: 'invited', parties, updatedAt: clock.now() });
    for (const { party, role, name: own } of parties) {
      if (!(await store.insertParty(tx, { operatorId, party, role, name: own ?? name, partnerId: id })))
        throw new Taken('partyTaken', `${party} as ${role.toUpperCase()} belongs to somebody else here`);
    }
  }

  /** Makes a partner and the token A with which it may register, once. The list of parties is what it may speak for. */
  async function invite(
    operatorId: OperatorId,
    wish: { name: string; parties: readonly { party: PartyId; role: Role; name?: string }[] },
  ): Promise<Accepted<{ partnerId: PartnerId; token: string }> | Refused<'partyTaken' | 'noParties'>> {
    if (wish.parties.length === 0) return refuse('noParties', 'a partner speaks for at least one party');
    const partnerId = newId() as PartnerId;
    const token = newSecret();
    const now = clock.now();
    return transact(async (tx) => {
      await addPartner(tx, operatorId, { id: partnerId, ...wish });
      await store.insertToken(tx, operatorId, partnerId, hashSecret(serverKey, token), 'invitation', now);
      return { accepted: true as const, partnerId, token };
    }).catch((error: unknown) => {
      if (error instanceof Taken && error.reason === 'partyTaken') return refuse('partyTaken', error.message);
      throw error;
    });
  }

  /** A new token A for a partner that has lost its credentials or never used the first; what it has in use stays until it registers. */
  async function inviteAgain(
    operatorId: OperatorId,
    partnerId: PartnerId,
  ): Promise<Accepted<{ token: string }> | Refused<'unknownPartner' | 'notPossible'>> {
    const token = newSecret();
    return transact(async (tx) => {
      const partner = await store.lockPartner(tx, operatorId, partnerId);
      if (!partner) return refuse('unknownPartner', `no partner ${partnerId}`);
      if (partner.status === 'revoked' || partner.status === 'suspended') return refuse('notPossible', `the partner is ${partner.status}`);
      await store.retireInvitations(tx, operatorId, partnerId);
      await store.insertToken(tx, operatorId, partnerId, hashSecret(serverKey, token), 'invitation', clock.now());
      return { accepted: true, token };
    });
  }

  async function byToken(token: string): Promise<{ partner: Partner; registering: boolean } | undefined> {
    const known = await store.partnerByToken(hashSecret(serverKey, token), clock.now());
    if (!known || known.partner.status === 'revoked' || known.partner.status === 'suspended') return undefined;
    return { partner: known.partner, registering: known.kind === 'invitation' };
  }

  /** Everything that a handshake changes, or nothing: token A dies, the new token lives, the partner can be called. */
  async function saveRegistration(operatorId: OperatorId, partnerId: PartnerId, { connection, token, issued }: Registered): Promise<void> {
    await transact(async (tx) => {
      const partner = await store.lockPartner(tx, operatorId, partnerId);
      const status = partner && nextStatus(partner.status, 'register');
      if (!partner || !status) throw new Error(`partner ${partnerId} cannot register while it is ${partner?.status ?? 'unknown'}`);
      const now = clock.now();
      await store.savePartner(tx, {
        ...partner,
        status,
        connection: { ...connection, sealedToken: seal(serverKey, token) },
        updatedAt: now,
      });
      await store.retireInvitations(tx, operatorId, partnerId);
      await store.insertToken(tx, operatorId, partnerId, hashSecret(serverKey, issued), 'access', now);
      await emit(tx, operatorId, [{ consumer: consumers.partnerSync, key: partnerId, body: { partnerId } }]);
    });
  }

  /** A partner at which we register may come with this token from now on: when it is the first one, to read our versions only. */
  async function expectToken(operatorId: OperatorId, partnerId: PartnerId, token: string, how: 'register' | 'update'): Promise<void> {
    const kind = how === 'register' ? 'invitation' : 'expected';
    await transact((tx) => store.insertToken(tx, operatorId, partnerId, hashSecret(serverKey, token), kind, clock.now()));
  }

  async function changeStatus(
    operatorId: OperatorId,
    partnerId: PartnerId,
    event: 'suspend' | 'resume' | 'revoke',
  ): Promise<Accepted<{ status: Partner['status'] }> | Refused<'unknownPartner' | 'notPossible'>> {
    return transact(async (tx) => {
      const partner = await store.lockPartner(tx, operatorId, partnerId);
      if (!partner) return refuse('unknownPartner', `no partner ${partnerId}`);
      const status = nextStatus(partner.status, event);
      if (!status) return refuse('notPossible', `a partner that is ${partner.status} cannot be ${event}d`);
      await store.savePartner(tx, { ...partner, status, updatedAt: clock.now() });
      if (status === 'revoked') await store.removeTokens(tx, operatorId, partnerId);
      return { accepted: true, status };
    });
  }

  return { addHostedParty, addPartner, invite, inviteAgain, byToken, expectToken, saveRegistration, changeStatus };
}

/** Thrown inside a transaction, so that nothing of what it wrote stays. */
export class Taken extends Error {
  override name = 'Taken';
  readonly reason: 'partyTaken' | 'operatorIdTaken';

  constructor(reason: Taken['reason'], detail: string) {
    super(detail);
    this.reason = reason;
  }
}

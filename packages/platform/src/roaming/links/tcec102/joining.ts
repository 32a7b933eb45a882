import { randomBytes } from 'node:crypto';
import { checkKeys, DIALECTS, type Keys, TcecError } from '@evroam/gbt-adapter/tcec102';
import type { Clock } from '../../../kernel/clock.js';
import type { Emit } from '../../../kernel/events.js';
import type { NewId, OperatorId, PartnerId } from '../../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../../kernel/refusal.js';
import { newSecret, seal } from '../../../kernel/secret.js';
import type { Transact, Tx } from '../../../kernel/transact.js';
import { consumers } from '../../events.js';
import { nextStatus } from '../../partner.js';
import { type NewPartner, Taken } from '../../service/partners.js';
import type { RoamingStore } from '../../store.js';
import type { TcecPeer } from '../../tcec.js';
import { isJoined, type Wire } from './wire.js';

export interface JoiningNeeds {
  store: RoamingStore;
  transact: Transact;
  emit: Emit;
  wire: Wire;
  serverKey: Buffer;
  clock: Clock;
  newId: NewId;
  /** Makes the partner and its parties, both or none; throws where one is somebody's already. */
  addPartner(tx: Tx, operatorId: OperatorId, partner: NewPartner): Promise<void>;
}

/** The secrets of one direction without who calls. */
export type Secrets = Omit<Keys, 'operatorId'>;

export interface TcecInvitation extends Omit<NewPartner, 'id'> {
  theirId: string;
  ourId: string;
  dialect?: string;
}

export type Joining = ReturnType<typeof createJoining>;

/** An AES-128 key is 16 ASCII characters here: 96 random bits are as many as they hold in this alphabet. T/CEC 102.4-2016, 6 */
const newDataSecret = (): string => randomBytes(12).toString('base64url');

/** The standard has no handshake: keys are exchanged by people, each side makes those for being called. */
export function createJoining({ store, transact: inTransaction, emit, wire, serverKey, clock, newId, addPartner }: JoiningNeeds) {
  /** What is remembered of partners ends when their change is there for all to see. */
  const transact: Transact = async (work) => {
    try {
      return await inTransaction(work);
    } finally {
      store.forget();
    }
  };

  const newKeys = (operatorId: string): Keys => ({
    ...{ operatorId, operatorSecret: newSecret(), sigSecret: newSecret(), dataSecret: newDataSecret(), dataSecretIV: newDataSecret() },
  });

  /** Makes a partner, and the keys with which it may call us: shown once. */
  async function invite(
    operatorId: OperatorId,
    { theirId, ourId, dialect = 'standard', ...partner }: TcecInvitation,
  ): Promise<Accepted<{ partnerId: PartnerId; keys: Keys }> | Refused<'partyTaken' | 'noParties' | 'operatorIdTaken' | 'badKeys'>> {
    const keys = newKeys(theirId);
    const fault = faultOf(keys) ?? faultOf({ ...keys, operatorId: ourId });
    if (fault !== undefined) return refuse('badKeys', fault);
    if (!DIALECTS.some(({ name }) => name === dialect)) return refuse('badKeys', `there is no dialect ${dialect}`);
    if (partner.parties.length === 0) return refuse('noParties', 'a partner speaks for at least one party');
    const partnerId = newId() as PartnerId;
    const now = clock.now();
    const peer: TcecPeer = {
      operatorId,
      partnerId,
      theirId,
      ourId,
      dialect,
      sealedIssued: seal(serverKey, JSON.stringify(keys)),
      updatedAt: now,
    };
    return transact(async (tx) => {
      await addPartner(tx, operatorId, { id: partnerId, ...partner });
      if (!(await store.tcec.insertPeer(tx, peer))) throw new Taken('operatorIdTaken', `operator id ${theirId} is another partner's`);
      return { accepted: true as const, partnerId, keys };
    }).catch((error: unknown) => {
      if (error instanceof Taken) return refuse(error.reason, error.message);
      throw error;
    });
  }

  /** Takes the keys that the partner gave us and tries them: it is connected once it has given us a token. */
  async function join(
    operatorId: OperatorId,
    partnerId: PartnerId,
    { url, ...secrets }: Secrets & { url: string },
  ): Promise<Accepted<{ status: 'registered' }> | Refused<'unknownPartner' | 'notPossible' | 'badKeys' | 'partnerFailed'>> {
    const peer = await store.tcec.peer(operatorId, partnerId);
    const partner = await store.partnerNow(operatorId, partnerId);
    if (!peer || !partner) return refuse('unknownPartner', `no T/CEC partner ${partnerId}`);
    if (!nextStatus(partner.status, 'register')) return refuse('notPossible', `the partner is ${partner.status}`);
    const keys: Keys = { operatorId: peer.ourId, ...secrets };
    const fault = faultOf(keys);
    if (fault !== undefined) return refuse('badKeys', fault);
    const joined = { ...peer, url, sealedGiven: seal(serverKey, JSON.stringify(keys)), updatedAt: clock.now() };
    try {
      await wire.prove(joined);
    } catch (error) {
      if (!(error instanceof TcecError)) throw error;
      return refuse('partnerFailed', `${error.code}: ${error.message}`);
    }
    return transact(async (tx) => {
      const locked = await store.lockPartner(tx, operatorId, partnerId);
      const status = locked && nextStatus(locked.status, 'register');
      if (!locked || status !== 'registered') return refuse('notPossible', `the partner is ${locked?.status ?? 'gone'}`);
      await store.savePartner(tx, { ...locked, status, updatedAt: clock.now() });
      await store.tcec.savePeer(tx, joined);
      await emit(tx, operatorId, [{ consumer: consumers.partnerSync, key: partnerId, body: { partnerId } }]);
      return { accepted: true as const, status };
    });
  }

  /** New keys for a partner to call us: from now on the old ones and their tokens open nothing. */
  async function rotate(
    operatorId: OperatorId,
    partnerId: PartnerId,
  ): Promise<Accepted<{ keys: Keys }> | Refused<'unknownPartner' | 'notPossible'>> {
    return transact(async (tx) => {
      const partner = await store.lockPartner(tx, operatorId, partnerId);
      const peer = await store.tcec.peer(operatorId, partnerId);
      if (!partner || !peer) return refuse('unknownPartner', `no T/CEC partner ${partnerId}`);
      if (partner.status === 'revoked') return refuse('notPossible', 'the partner is revoked');
      const keys = newKeys(peer.theirId);
      await store.tcec.savePeer(tx, { ...peer, sealedIssued: seal(serverKey, JSON.stringify(keys)), updatedAt: clock.now() });
      await store.tcec.removeTokens(tx, peer.theirId);
      return { accepted: true as const, keys };
    });
  }

  /** Whether a partner gives a sign of life: it gives a token to whoever asks with the right keys. */
  async function ping(operatorId: OperatorId, partnerId: PartnerId): Promise<boolean> {
    const peer = await store.tcec.peer(operatorId, partnerId);
    if (!peer || !isJoined(peer)) return false;
    try {
      await wire.prove(peer);
      return true;
    } catch (error) {
      if (error instanceof TcecError) return false;
      throw error;
    }
  }

  return { invite, join, rotate, ping };
}

function faultOf(keys: Keys): string | undefined {
  try {
    checkKeys(keys);
    return undefined;
  } catch (error) {
    if (error instanceof TcecError) return error.message;
    throw error;
  }
}

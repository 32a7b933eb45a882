import type { Clock } from '../../kernel/clock.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import type { Message } from '../message.js';
import type { RoamingStore } from '../store.js';
import type { Receiver } from './fan-out.js';

export type Everybody = ReturnType<typeof createEverybody>;

/** Who hears of what is for everybody, and from whom. OCPI 2.2.1, 4.2.2 */
export function createEverybody({ store, clock }: { store: RoamingStore; clock: Clock }) {
  /** The eMSPs behind partners that hear of what a CPO has: of ours all, of a partner's those that have an agreement with it. */
  async function audience(operatorId: OperatorId, owner: PartyId): Promise<Receiver[]> {
    const emsps = (await store.parties(operatorId)).filter(({ role, status }) => role === 'emsp' && status === 'registered');
    if ((await store.homeOf(operatorId, owner)) === 'hosted') return emsps;
    const agreed = await store.agreedWith(operatorId, [owner], 'buyer', clock.now());
    return emsps.filter(({ party }) => agreed.includes(party));
  }

  /** The CPOs whose objects an eMSP hears of. */
  async function ownersFor(operatorId: OperatorId, to: PartyId): Promise<PartyId[]> {
    const ours = (await store.hostedParties(operatorId)).filter(({ role }) => role === 'cpo').map(({ party }) => party);
    return [...new Set([...ours, ...(await store.agreedWith(operatorId, [to], 'seller', clock.now()))])];
  }

  /** Our own parties speak for themselves; what a partner sent to the hub is said by the hub. */
  async function speaker(operatorId: OperatorId, owner: PartyId): Promise<Pick<Message, 'saidBy'>> {
    if ((await store.homeOf(operatorId, owner)) === 'hosted') return {};
    const hub = (await store.hostedParties(operatorId)).find(({ role }) => role === 'hub');
    return hub ? { saidBy: hub.party } : {};
  }

  return { audience, ownersFor, speaker };
}

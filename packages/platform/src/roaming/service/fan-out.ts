import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import type { Message, Reply } from '../message.js';
import type { RoamingStore } from '../store.js';

export interface FanOutNeeds {
  store: Pick<RoamingStore, 'markMissed'>;
  route(message: Message): Promise<Reply>;
  /** A partner did not take something because it was away. */
  missed(operatorId: OperatorId, party: PartyId, module: 'locations', changedAt: Date): Promise<void>;
  /** What nobody foresaw, of a message for which nobody waits any more. */
  failed(error: unknown): void;
  /** How long all wait for the slowest, wall time; a second if not said. */
  patienceMs?: number;
}

/** A party that is to be told, behind which partner, and whether that one is thought to be there. */
export interface Receiver {
  party: PartyId;
  partnerId: PartnerId | null;
  offlineSince: Date | null;
}

const PATIENCE_MS = 1000;

/**
 * Tells many parties the same at once. Nobody waits for one that is away, and only so long for one that is slow: what it is marked to
 * have missed is durable before the others are done with.
 */
export function createFanOut({ store, route, missed, failed, patienceMs = PATIENCE_MS }: FanOutNeeds) {
  /** Partners that have not answered in time: they are not told more until they have. */
  const slow = new Set<PartnerId>();

  /** Gives the parties that did not take it, with the reason. */
  async function tellAll(
    receivers: readonly Receiver[],
    { operatorId, changedAt }: { operatorId: OperatorId; changedAt: Date },
    messageTo: (party: PartyId) => Message<'location'>,
  ): Promise<{ party: PartyId; reason: string }[]> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patienceMs);
    });

    async function tell({ party, partnerId, offlineSince }: Receiver): Promise<string | undefined> {
      if (partnerId !== null && (offlineSince !== null || slow.has(partnerId))) {
        await store.markMissed(operatorId, partnerId, 'locations', changedAt);
        return 'notConnected';
      }
      const sent = route(messageTo(party) as unknown as Message);
      const reply = await Promise.race([sent, overdue]);
      if (reply) return taken(party, reply);
      if (partnerId === null) return taken(party, await sent);
      slow.add(partnerId);
      sent
        .then((late) => taken(party, late))
        .catch(failed)
        .finally(() => slow.delete(partnerId));
      await store.markMissed(operatorId, partnerId, 'locations', changedAt);
      return 'timeout';
    }

    async function taken(party: PartyId, reply: Reply): Promise<string | undefined> {
      if (reply.accepted) return undefined;
      if (reply.reason === 'notConnected' || reply.reason === 'timeout') await missed(operatorId, party, 'locations', changedAt);
      return reply.reason;
    }

    try {
      const reasons = await Promise.all(receivers.map(tell));
      return receivers.flatMap(({ party }, i) => (reasons[i] === undefined ? [] : [{ party, reason: reasons[i] }]));
    } finally {
      clearTimeout(timer);
    }
  }

  return { tellAll };
}

import { createGather } from '../gather.js';
import type { Delivery, OutboxNote } from './delivery.js';
import type { Claimed, OutboxStore } from './store.js';

export interface SendingParts {
  name: string;
  store: Pick<OutboxStore, 'leaseHeads' | 'endLeases'>;
  leaseMs: number;
  /** Keys that are on their way at once, at most. */
  atOnce: number;
  /** Sends one event, and says how that ended; true if its lease is to end as handled. It must not reject. */
  carry(claimed: Claimed): Promise<boolean>;
  /** Somebody should look. */
  again(): void;
  /** Whoever stops waits for what is on its way. */
  onItsWay(work: Promise<void>): void;
  note: (note: OutboxNote) => void;
}

/**
 * Sends the first events of many keys side by side: leased in one statement, each sent for itself, so that a slow receiver holds up
 * nobody but its own place, and those that are done removed in one statement. Looks until nothing is due; what is on its way goes on.
 */
export function createSending({ name, store, leaseMs, atOnce, carry, again, onItsWay, note }: SendingParts): () => Promise<boolean> {
  let sending = 0;
  let looking = false;
  let ended = false;
  let roomAgain: (() => void) | undefined;

  const end = createGather<Delivery, void>({
    key: ({ key }) => key,
    run: async (deliveries) => {
      await store.endLeases(name, deliveries);
      note({ kind: 'handled', consumer: name, count: deliveries.length });
      return deliveries.map(() => undefined);
    },
  });

  async function start(claimed: Claimed): Promise<void> {
    sending += 1;
    try {
      if (await carry(claimed)) await end(claimed.delivery);
    } catch (error) {
      // The lease runs out by itself, and the event comes again.
      note({
        kind: 'interrupted',
        consumer: name,
        key: claimed.delivery.key,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
    sending -= 1;
    ended = true;
    if (sending <= atOnce / 2) roomAgain?.();
    // What waited behind it is due now; who looks at this moment may have looked too early.
    if (!looking) again();
  }

  return async () => {
    looking = true;
    try {
      // Half of the places at a time: one statement for each that becomes free would be one for each event.
      if (sending > atOnce / 2)
        await new Promise<void>((resolve) => {
          roomAgain = resolve;
        });
      ended = false;
      const claimed = await store.leaseHeads(name, atOnce - sending, leaseMs);
      for (const one of claimed) onItsWay(start(one));
      return claimed.length > 0 || ended;
    } finally {
      looking = false;
    }
  };
}

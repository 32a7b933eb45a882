import type { QueryResult } from 'pg';
import type { Database } from '../../edges/database.js';
import { createGroupCommit, type GroupCommitPlan, type Outcome } from '../../edges/group-commit.js';
import type { Outbox } from '../../edges/outbox.js';
import type { OutboxEvent } from '../../kernel/events.js';
import { conflictStatement, digestsStatement, insertStatement, type NewExchange } from './cdrs.js';

/** A CDR that has come in, and who hears of it if it is new. */
export interface Arrival extends NewExchange {
  events: readonly OutboxEvent[];
}

/** `same` when these very bytes are known, `other` when the id is known with other content. */
export type Known = 'new' | 'same' | 'other';

interface Key {
  operator: string;
  owner: string;
  id: string;
  party: string;
}

const keyOf = ({ operator, owner, id, party }: Key): string => `${operator} ${owner} ${party} ${id}`;
const keyOfArrival = ({ operatorId, exchange: { owner, id, party } }: NewExchange): string =>
  keyOf({ operator: operatorId, owner, id: id.toUpperCase(), party });

/** Takes CDRs of many senders into few commits: each is durable, with what others have to do about it, before its sender hears so. */
export function createTaking({ database, outbox }: { database: Database; outbox: Pick<Outbox, 'statement' | 'wake'> }) {
  let toWake: OutboxEvent[] = [];

  const plan: GroupCommitPlan<Arrival, Known> = {
    key: keyOfArrival,
    read: (arrivals) => [insertStatement(arrivals), digestsStatement(arrivals)],
    fold: (arrivals, [inserted, known]) => {
      const fresh = new Set((inserted as QueryResult<Key>).rows.map(keyOf));
      const digests = new Map((known as QueryResult<Key & { digest: string }>).rows.map((row) => [keyOf(row), row.digest]));
      const conflicts: Arrival[] = [];
      const events: (OutboxEvent & { operatorId: string })[] = [];
      const outcomes = arrivals.map((arrival): Outcome<Known> => {
        const key = keyOfArrival(arrival);
        // Of two under one id in one batch the first is the new one.
        if (fresh.delete(key)) {
          for (const event of arrival.events) events.push({ ...event, operatorId: arrival.operatorId });
          return { answer: 'new' };
        }
        if (digests.get(key) === arrival.exchange.digest) return { answer: 'same' };
        conflicts.push(arrival);
        return { answer: 'other' };
      });
      toWake.push(...events);
      return {
        writes: [
          ...(events.length === 0 ? [] : [outbox.statement(events)]),
          ...(conflicts.length === 0 ? [] : [conflictStatement(conflicts)]),
        ],
        outcomes,
      };
    },
  };

  const commit = createGroupCommit({
    database,
    plan,
    onBatch: () => {
      // What was saved is looked at soon; a hint too many costs an empty look.
      const events = toWake;
      toWake = [];
      if (events.length > 0) outbox.wake(events);
    },
  });

  return {
    /** Resolves when the CDR is durable, or was before. */
    takeCdr: (arrival: Arrival): Promise<Known> => commit.submit(arrival),
    /** Waits for those that are on their way. */
    stopTaking: () => commit.stop(),
  };
}

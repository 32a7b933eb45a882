import type { Tx } from '../../kernel/transact.js';

/** An event on its way to its consumer. It may come twice: what it causes is keyed by `id`. */
export interface Delivery<Body = unknown> {
  /** Unique in the database, and rising within a key. */
  id: string;
  operatorId: string;
  consumer: string;
  key: string;
  body: Body;
  /** 1 the first time. */
  attempt: number;
  /** Wall time. */
  createdAt: Date;
}

interface ConsumerOptions {
  /** Keys that one node works on at once; 4 if not said, 1 where events are handled together. */
  concurrency?: number;
  /** Failures after which an event is parked, and its key with it, until somebody looks; 10 if not said. */
  parkAfter?: number;
  /** The pause after the first failure, doubled with each further one up to 5 minutes; 1 s if not said. */
  backoffMs?: number;
}

/**
 * `inTransaction`: the effect is in the database. It is saved in the transaction that removes the event, so it happens exactly once.
 * `together`: the same for the first events of many keys in one transaction, so that what each would cost alone is paid once. When it
 * fails, each is tried alone, so that a bad one fails alone.
 * `leased`: the effect is on the wire. The event is leased, sent outside any transaction, then removed: at least once.
 */
export type Consumer<Body = unknown> = ConsumerOptions &
  (
    | { inTransaction: (tx: Tx, delivery: Delivery<Body>) => Promise<void> }
    | { together: (tx: Tx, deliveries: readonly Delivery<Body>[]) => Promise<void> }
    | {
        leased: (delivery: Delivery<Body>, signal: AbortSignal) => Promise<void>;
        /** How long a send may take; then `signal` aborts and the event goes to another worker. 30 s if not said. */
        leaseMs?: number;
        /** Keys whose first events are leased, and removed, together: for consumers of very many keys. Each is sent for itself all the same. */
        atOnce?: number;
      }
  );

/** Thrown by a consumer: not now, and not a failure, as when a partner is known to be away. */
export class Postponed extends Error {
  override name = 'Postponed';
  readonly afterMs: number;

  constructor(afterMs: number, reason: string) {
    super(reason);
    this.afterMs = afterMs;
  }
}

/** Thrown by a consumer: trying again is useless, a person has to look. */
export class Unhandleable extends Error {
  override name = 'Unhandleable';
}

export interface ParkedEvent extends Delivery {
  reason: string;
  /** Events of the same key that wait behind it. */
  behind: number;
}

/** What is owed to one consumer. */
export interface Lag {
  consumer: string;
  /** Keys with an event that could be handled now. */
  dueKeys: number;
  parkedKeys: number;
  /** Age of the oldest event that is due; 0 if none. */
  oldestDueMs: number;
}

/** What an outbox has to say, for log and metrics. */
export type OutboxNote =
  | { kind: 'handled'; consumer: string; count: number }
  | { kind: 'failed' | 'parked' | 'postponed'; consumer: string; key: string; id: string; error: Error }
  /** The database was away or a worker broke; the sweep comes back to the key. */
  | { kind: 'interrupted'; consumer: string; key: string; error: Error }
  | { kind: 'sweep-failed'; error: Error };

import type { Transact } from '../../kernel/transact.js';
import { isConflict, isOutage } from '../sql-state.js';
import { savepoint } from '../transact.js';
import { type Consumer, type Delivery, type OutboxNote, Postponed, Unhandleable } from './delivery.js';
import { createSending } from './sending.js';
import type { Claimed, OutboxStore } from './store.js';

/** Events of one key in one transaction. */
const BATCH = 50;
/** Keys whose first events are handled in one transaction. */
const TOGETHER = 200;
/** What a hint says that is for whatever is due, and no single key. */
export const ANY_KEY = '';
const PARK_AFTER = 10;
const BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 5 * 60_000;
const LEASE_MS = 30_000;
const LONGEST_REASON = 1000;

export interface WorkerParts {
  name: string;
  consumer: Consumer;
  store: OutboxStore;
  transact: Transact;
  /** Shared by all consumers: what holds a connection must leave some to others. */
  slots: <T>(work: () => Promise<T>) => Promise<T>;
  note: (note: OutboxNote) => void;
  /** Gives a hint to look at whatever is due. */
  again(): void;
  /** Whoever stops waits for this as well. */
  onItsWay(work: Promise<void>): void;
}

/** Looks once at a key; true if there was something due, so that the caller looks again. */
export type Look = (key: string) => Promise<boolean>;

/** How one consumer works on a key. */
export function createLook(parts: WorkerParts): Look {
  const { consumer } = parts;
  if ('inTransaction' in consumer) {
    const attempt = (key: string, careful: boolean) =>
      parts
        .slots(() => lookInTransaction(parts, consumer.inTransaction, key, careful))
        .catch((error: unknown) => {
          if (error instanceof Overtaken) return true;
          throw error;
        });
    return async (key) => {
      try {
        return await attempt(key, false);
      } catch (error) {
        if (isOutage(error) || isConflict(error)) throw error;
        // Savepoints cost two round trips an event, so they come only where something failed: then the batch runs again with them.
        return await attempt(key, true);
      }
    };
  }
  if ('together' in consumer) return lookTogether(parts, consumer.together);
  const { leased, leaseMs = LEASE_MS, atOnce } = consumer;
  if (atOnce === undefined) return (key) => lookLeased(parts, leased, leaseMs, key);
  return createSending({ ...parts, leaseMs, atOnce, carry: (claimed) => carry(parts, leased, leaseMs, claimed) });
}

/**
 * Who emits without holding the lock of what the key names can have a smaller id appear before one that is at work. Then another worker
 * takes the smaller one, and the rest of its batch again: it must not save what it did.
 */
class Overtaken extends Error {}

type InTransaction = Extract<Consumer, { inTransaction: unknown }>['inTransaction'];
type Leased = Extract<Consumer, { leased: unknown }>['leased'];

async function lookInTransaction(parts: WorkerParts, handle: InTransaction, key: string, careful: boolean): Promise<boolean> {
  const { name, store, transact, note } = parts;
  const outcome = await transact(async (tx) => {
    if (!(await store.lock(tx, name, key))) return undefined;
    const batch = await store.batch(tx, name, key, BATCH);
    const handled: string[] = [];
    let failed: { claimed: Claimed; error: Error; verdict: Verdict } | undefined;
    for (const claimed of batch) {
      const { delivery } = claimed;
      try {
        await (careful ? savepoint(tx, () => handle(tx, delivery)) : handle(tx, delivery));
        handled.push(delivery.id);
      } catch (error) {
        if (!careful || isOutage(error) || isConflict(error)) throw error;
        const counted = { delivery, failures: claimed.failures + 1 };
        failed = { claimed: counted, error: asError(error), verdict: judge(parts.consumer, counted, error) };
        break;
      }
    }
    if (handled.length > 0 && !(await store.remove(tx, name, key, handled))) throw new Overtaken();
    if (failed) await store.setBack(tx, failed.claimed.delivery, failed.verdict.failures, failed.verdict.pauseMs, reasonOf(failed.error));
    return { count: handled.length, failed };
  });
  if (!outcome) return false;
  if (outcome.count > 0) note({ kind: 'handled', consumer: name, count: outcome.count });
  if (outcome.failed) note(fault(outcome.failed.claimed.delivery, outcome.failed.verdict, outcome.failed.error));
  return true;
}

type Together = Extract<Consumer, { together: unknown }>['together'];

function lookTogether(parts: WorkerParts, handle: Together): Look {
  const { name, store, transact, slots, note } = parts;
  const alone = createLook({ ...parts, consumer: { ...parts.consumer, inTransaction: (tx, delivery) => handle(tx, [delivery]) } });
  return async () => {
    let heads: readonly Claimed[] = [];
    try {
      await slots(() =>
        transact(async (tx) => {
          heads = await store.heads(tx, name, TOGETHER);
          if (heads.length === 0) return;
          const deliveries = heads.map(({ delivery }) => delivery);
          await handle(tx, deliveries);
          await store.removeHeads(tx, name, deliveries);
        }),
      );
      if (heads.length > 0) note({ kind: 'handled', consumer: name, count: heads.length });
    } catch (error) {
      if (isOutage(error) || isConflict(error) || heads.length === 0) throw error;
      for (const { delivery } of heads) await alone(delivery.key);
    }
    return heads.length > 0;
  };
}

async function lookLeased(parts: WorkerParts, send: Leased, leaseMs: number, key: string): Promise<boolean> {
  const { name, store, note } = parts;
  const claimed = await store.lease(name, key, leaseMs);
  if (!claimed) return false;
  if (await carry(parts, send, leaseMs, claimed)) {
    await store.endLease(claimed.delivery);
    note({ kind: 'handled', consumer: name, count: 1 });
  }
  return true;
}

/** Sends an event that is leased; false if it has been given back. */
async function carry({ consumer, store, note }: WorkerParts, send: Leased, leaseMs: number, claimed: Claimed): Promise<boolean> {
  const { delivery, failures } = claimed;
  try {
    if (failures > (consumer.parkAfter ?? PARK_AFTER)) throw new Unhandleable(`no worker came back from it, ${failures - 1} times`);
    await send(delivery, AbortSignal.timeout(leaseMs * 0.9));
  } catch (error) {
    const verdict = judge(consumer, claimed, error);
    await store.giveBack(delivery, verdict.failures, verdict.pauseMs, reasonOf(asError(error)));
    note(fault(delivery, verdict, asError(error)));
    return false;
  }
  return true;
}

interface Verdict {
  kind: 'failed' | 'parked' | 'postponed';
  failures: number;
  pauseMs: number;
}

/** `failures` counts this one. */
function judge({ parkAfter = PARK_AFTER, backoffMs = BACKOFF_MS }: Consumer, { failures }: Claimed, error: unknown): Verdict {
  if (error instanceof Postponed) return { kind: 'postponed', failures: failures - 1, pauseMs: error.afterMs };
  if (error instanceof Unhandleable || failures >= parkAfter) return { kind: 'parked', failures, pauseMs: Number.POSITIVE_INFINITY };
  const pauseMs = Math.min(backoffMs * 2 ** (failures - 1), LONGEST_BACKOFF_MS) * (0.8 + Math.random() * 0.4);
  return { kind: 'failed', failures, pauseMs };
}

function fault({ consumer, key, id }: Delivery, { kind }: Verdict, error: Error): OutboxNote {
  return { kind, consumer, key, id, error };
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/** PostgreSQL keeps no U+0000 in a text. */
const reasonOf = ({ name, message }: Error) => `${name}: ${message}`.replaceAll('\0', '').slice(0, LONGEST_REASON);

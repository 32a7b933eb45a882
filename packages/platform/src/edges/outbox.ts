import type { Emit, OutboxEvent } from '../kernel/events.js';
import { toJson } from '../kernel/json.js';
import type { Tx } from '../kernel/transact.js';
import type { Database } from './database.js';
import type { Statement } from './group-commit.js';
import type { Consumer, Lag, OutboxNote, ParkedEvent } from './outbox/delivery.js';
import { createSlots } from './outbox/slots.js';
import { createOutboxStore, type NewRow } from './outbox/store.js';
import { ANY_KEY, createLook, type Look } from './outbox/worker.js';
import { createQueue, type JobQueue } from './queue.js';
import type { Redis } from './redis.js';
import { afterCommit } from './transact.js';

export type { Consumer, Delivery, Lag, OutboxNote, ParkedEvent } from './outbox/delivery.js';
export { Postponed, /** @public for consumers that know that a repeat is useless */ Unhandleable } from './outbox/delivery.js';
export { outboxMigrations } from './outbox/store.js';

/**
 * Events to consumers, each handled in the order of its key, none lost by a kill or an emptied Redis.
 *
 *     outbox.consume('settlement.record', { inTransaction: (tx, { body }) => settlement.record(tx, body) });
 *     outbox.consume('partner.push', { leased: (delivery, signal) => link.push(delivery, signal) });
 *     await outbox.start();
 *     await transact(async (tx) => { ...; await outbox.emit(tx, operatorId, [{ consumer: 'partner.push', key: sessionId, body }]); });
 */
export interface Outbox {
  /** Only who holds the row lock of what the key names may emit under that key: ids are not given in the order of commits. */
  emit: Emit;
  /** For a group commit: the statement that saves these events beside its own writes. Call `wake` once it is committed. */
  statement(events: readonly (OutboxEvent & { operatorId: string })[]): Statement;
  wake(events: readonly OutboxEvent[]): void;
  /** Before `start`, on every node, also on those that do not work: events to an unknown consumer are refused. */
  consume<Body>(name: string, consumer: Consumer<Body>): void;
  /** Begins to work on this node. */
  start(): Promise<void>;
  /** Takes no further event and waits for those at work. */
  stop(): Promise<void>;
  parked(query?: { consumer?: string; limit?: number }): Promise<ParkedEvent[]>;
  /** Tries a parked key again at once; false if nothing is parked there. */
  unpark(consumer: string, key: string): Promise<boolean>;
  /** Drops a parked event for good, in the transaction that says why; what waits behind it flows on. */
  discard(tx: Tx, consumer: string, key: string, id: string): Promise<boolean>;
  lag(): Promise<Lag[]>;
}

export interface OutboxOptions {
  database: Database;
  redis: Redis;
  /** Of the queues' keys in Redis. */
  prefix?: string;
  /** The mean pause between two sweeps; 3 s if not said. */
  sweepMs?: number;
  note?: (note: OutboxNote) => void;
}

const SWEEP_MS = 3000;
const CONCURRENCY = 4;
/** More waiting hints than this say nothing new. */
const HINTS_WAITING = 1000;
const LONGEST_KEY = 512;
const LONGEST_BODY = 1024 * 1024;
/** How long events that are handled together gather before somebody looks. */
const GATHER_MS = 20;
/** Looks at one key at a stretch, before others get their turn. */
const LOOKS = 200;

interface Hint {
  key: string;
}

interface Lane {
  look: Look;
  queue: JobQueue<Hint>;
  concurrency: number;
  /** One hint is for whatever is due. */
  isTogether: boolean;
  gathering?: NodeJS.Timeout | undefined;
  /** Keys to look at without Redis. */
  local: Set<string>;
  atWork: Set<Promise<void>>;
  /** What is on its way, of consumers that send many at once. */
  sending: Set<Promise<void>>;
}

export function createOutbox({ database, redis, prefix, sweepMs = SWEEP_MS, note = () => undefined }: OutboxOptions): Outbox {
  const store = createOutboxStore(database.sql);
  const lanes = new Map<string, Lane>();
  // A handler may need a second connection, and requests need some too.
  const slots = createSlots(Math.max(1, Math.floor(database.poolSize / 2)));
  const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
  let state: 'idle' | 'running' | 'stopping' = 'idle';
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  async function work(name: string, { look }: Lane, key: string): Promise<void> {
    try {
      for (let looks = 0; state === 'running'; looks += 1) {
        if (!(await look(key))) return;
        if (looks >= LOOKS) return hint(name, [key]);
      }
    } catch (error) {
      note({ kind: 'interrupted', consumer: name, key, error: asError(error) });
    }
  }

  /** A hint that gets lost costs time until the next sweep, and nothing else: nobody waits for it. */
  function hint(name: string, keys: readonly string[]): void {
    const lane = lanes.get(name);
    if (!lane) return;
    if (lane.isTogether) {
      // What is committed until the hint goes out is found by it.
      lane.gathering ??= setTimeout(() => {
        lane.gathering = undefined;
        send(name, lane, [ANY_KEY]);
      }, GATHER_MS);
    } else send(name, lane, keys);
  }

  function send(name: string, lane: Lane, keys: readonly string[]): void {
    if (redis.isReady()) add(lane, keys).catch((error) => note({ kind: 'sweep-failed', error: asError(error) }));
    else if (state === 'running') {
      for (const key of keys) if (lane.local.size < HINTS_WAITING) lane.local.add(key);
      workLocally(name, lane);
    }
  }

  async function add({ queue, isTogether }: Lane, keys: readonly string[]): Promise<void> {
    // Whoever takes one that waits looks later than now, and at whatever is due: another would say nothing new.
    if (isTogether && (await queue.waiting()) > 0) return;
    await queue.add(keys.map((key) => ({ key })));
  }

  function workLocally(name: string, lane: Lane): void {
    for (const key of lane.local) {
      if (lane.atWork.size >= lane.concurrency || state !== 'running') return;
      lane.local.delete(key);
      const job: Promise<void> = work(name, lane, key).finally(() => {
        lane.atWork.delete(job);
        workLocally(name, lane);
      });
      lane.atWork.add(job);
    }
  }

  async function sweep(): Promise<void> {
    try {
      const found = new Map<string, string[]>();
      for (const { consumer, key } of await store.due([...lanes.keys()], HINTS_WAITING)) {
        found.set(consumer, [...(found.get(consumer) ?? []), key]);
      }
      for (const [name, keys] of found) {
        const room = HINTS_WAITING - (redis.isReady() ? await lanes.get(name)!.queue.waiting() : 0);
        if (room > 0) hint(name, keys.slice(0, room));
      }
    } catch (error) {
      note({ kind: 'sweep-failed', error: asError(error) });
    }
  }

  /** Nodes that were started together must not sweep together, and a sweep over very many keys not follow at once on the last. */
  function planSweep(pauseMs: number): void {
    timer = setTimeout(() => {
      const started = Date.now();
      sweeping = sweep().finally(() => {
        if (state === 'running') planSweep(Math.max(sweepMs, 10 * (Date.now() - started)) * (0.5 + Math.random()));
      });
    }, pauseMs);
  }

  return {
    emit: async (tx, operatorId, events) => {
      if (events.length === 0) return;
      for (const { consumer } of events) if (!lanes.has(consumer)) throw new Error(`no consumer "${consumer}": is it plugged in?`);
      await store.insert(tx, operatorId, events.map(toRow));
      afterCommit(tx, () => {
        for (const [name, keys] of byConsumer(events)) hint(name, keys);
      });
    },
    statement: (events) => store.insertStatement(events.map((event) => ({ ...toRow(event), operatorId: event.operatorId }))),
    wake: (events) => {
      for (const [name, keys] of byConsumer(events)) hint(name, keys);
    },
    consume: (name, consumer) => {
      if (lanes.has(name)) throw new Error(`the outbox has a consumer "${name}" already`);
      if (state !== 'idle') throw new Error(`the consumer "${name}" comes after the outbox was started`);
      const queue = createQueue<Hint>(`outbox.${name}`, {
        redis,
        ...(prefix ? { prefix } : {}),
        onError: (_, error) => note({ kind: 'interrupted', consumer: name, key: '', error }),
      });
      const sending = new Set<Promise<void>>();
      const look = createLook({
        ...{ slots, name, consumer: consumer as Consumer, store, transact: database.transact, note },
        again: () => state === 'running' && hint(name, [ANY_KEY]),
        onItsWay: (work) => {
          const sent = work.finally(() => sending.delete(sent));
          sending.add(sent);
        },
      });
      const sendsMany = 'leased' in consumer && consumer.atOnce !== undefined;
      const isTogether = 'together' in consumer || sendsMany;
      const concurrency = sendsMany ? 1 : (consumer.concurrency ?? (isTogether ? 1 : CONCURRENCY));
      lanes.set(name, { look, queue, concurrency, isTogether, local: new Set(), atWork: new Set(), sending });
    },
    start: async () => {
      state = 'running';
      for (const [name, lane] of lanes) lane.queue.process(lane.concurrency, ({ key }) => work(name, lane, key));
      planSweep(0);
    },
    stop: async () => {
      state = 'stopping';
      clearTimeout(timer);
      for (const { gathering } of lanes.values()) clearTimeout(gathering);
      await sweeping;
      await Promise.all([...lanes.values()].map(async ({ queue, atWork }) => Promise.all([queue.close(), ...atWork])));
      await Promise.all([...lanes.values()].flatMap(({ sending }) => [...sending]));
    },
    parked: ({ consumer, limit = 100 } = {}) => store.parked(consumer, limit),
    unpark: async (consumer, key) => {
      const found = await store.unpark(consumer, key);
      if (found) hint(consumer, [key]);
      return found;
    },
    discard: async (tx, consumer, key, id) => {
      const found = await store.discard(tx, consumer, key, id);
      if (found) afterCommit(tx, () => hint(consumer, [key]));
      return found;
    },
    lag: () => store.lag(),
  };
}

function toRow({ consumer, key, body }: OutboxEvent): NewRow {
  if (key.length === 0 || key.length > LONGEST_KEY) throw new Error(`an outbox key has 1 to ${LONGEST_KEY} characters; got ${key.length}`);
  const text = toJson(body);
  if (text.length > LONGEST_BODY)
    throw new Error(`an event for "${consumer}" has ${text.length} characters, ${LONGEST_BODY} at most: put ids in it, not objects`);
  return { consumer, key, body: text };
}

function byConsumer(events: readonly OutboxEvent[]): Map<string, string[]> {
  const keys = new Map<string, Set<string>>();
  for (const { consumer, key } of events) keys.set(consumer, (keys.get(consumer) ?? new Set()).add(key));
  return new Map([...keys].map(([consumer, set]) => [consumer, [...set]]));
}

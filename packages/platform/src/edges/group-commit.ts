import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, QueryResult } from 'pg';
import { corked, spoil, withConnection } from './connection.js';
import type { Database } from './database.js';
import { isConflict, isLockTimeout, isOutage } from './sql-state.js';

/** A statement that stays prepared on its connection under its name. */
export interface Statement {
  name: string;
  text: string;
  values: readonly unknown[];
}

export type Outcome<Answer> = { answer: Answer } | { error: Error };

/** How events of one kind become rows. Both functions are pure, and may run again for the same events after a failure. */
export interface GroupCommitPlan<Event, Answer> {
  /** What must hear its events in order, such as a session. */
  key(event: Event): string;
  /** First flight: lock and read the state of all keys, in one order; insert natural keys ON CONFLICT DO NOTHING RETURNING. */
  read(events: readonly Event[]): readonly Statement[];
  /**
   * Second flight: what to write, and the outcome of each event, at its index. `results` answer `read`, in its order. An event whose
   * natural key did not come back is a repeat: answer it, do not apply it. An event that cannot be applied gets an error and writes nothing.
   */
  fold(events: readonly Event[], results: readonly QueryResult[]): { writes: readonly Statement[]; outcomes: readonly Outcome<Answer>[] };
}

export interface GroupCommitOptions<Event, Answer> {
  database: Database;
  plan: GroupCommitPlan<Event, Answer>;
  /** How long a batch is tried again while PostgreSQL is away, in milliseconds; 15 s if not said. */
  patienceMs?: number;
  /** Events that may wait; 20,000 if not said. */
  queueLimit?: number;
  onBatch?: (events: number, milliseconds: number) => void;
  /** Called each time a batch, or a part of one, has to be tried again or divided. */
  onRetry?: (error: Error) => void;
}

export interface GroupCommit<Event, Answer> {
  /** Resolves when the event is on disk, or was before. Rejects when it is not, as far as is known: then the sender repeats it. */
  submit(event: Event): Promise<Answer>;
  /** Events that wait for their batch. */
  waiting(): number;
  /** Takes no further event, and waits for those that it has. */
  stop(): Promise<void>;
}

/** More events wait than can be worth waiting for. */
export class Overloaded extends Error {
  override name = 'Overloaded';
}

const BATCH = 500;
/** After this, a key that somebody else had locked is tried again. */
const LOCKED_PAUSE_MS = 200;
const BATCHES_AT_ONCE = 2;
/** Keys that are worth a second batch beside the one that runs: each batch costs the same few statements and a sync of the disk. */
const WORTH_A_SECOND = 100;
/** Fewer wait for the batch that runs, but no longer than this: somebody else's lock may hold it. */
const SECOND_AFTER_MS = 50;
const QUEUE_LIMIT = 20_000;
const PATIENCE_MS = 15_000;
const CONFLICT_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** A foreign lock must not hold a whole batch for long. */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = '500ms'`;

interface Waiting<Event, Answer> {
  event: Event;
  key: string;
  /** When to give up, in wall milliseconds; set when it is first tried. */
  deadline?: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * Commits events of many senders together: while one commit runs, the next batch gathers, so there is no timer and a lone sender waits
 * for nobody. A key is in one batch at a time, so that it hears its events in order. An answer is given after the commit.
 */
export function createGroupCommit<Event, Answer>(options: GroupCommitOptions<Event, Answer>): GroupCommit<Event, Answer> {
  type Item = Waiting<Event, Answer>;
  const { database, plan, patienceMs = PATIENCE_MS, queueLimit = QUEUE_LIMIT, onBatch, onRetry } = options;
  const pending = new Map<string, Item[]>();
  /** Keys that have events and are in no batch, the longest waiting first. */
  const ready = new Set<string>();
  const busy = new Set<string>();
  let waiting = 0;
  let running = 0;
  let scheduled = false;
  let late: NodeJS.Timeout | undefined;
  let stopped: (() => void) | undefined;
  let stopping = false;

  function schedule(isLate = false): void {
    if (scheduled || running >= BATCHES_AT_ONCE || ready.size === 0) return;
    if (running > 0 && ready.size < WORTH_A_SECOND && !isLate) {
      late ??= setTimeout(() => {
        late = undefined;
        schedule(true);
      }, SECOND_AFTER_MS);
      return;
    }
    clearTimeout(late);
    late = undefined;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (running >= BATCHES_AT_ONCE || ready.size === 0) return;
      void runBatch(take());
      schedule();
    });
  }

  function take(): Item[] {
    const batch: Item[] = [];
    for (const key of ready) {
      const items = pending.get(key)!;
      const room = BATCH - batch.length;
      if (room === 0) break;
      ready.delete(key);
      busy.add(key);
      batch.push(...items.splice(0, room));
      if (items.length === 0) pending.delete(key);
    }
    waiting -= batch.length;
    return batch.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  async function runBatch(batch: Item[]): Promise<void> {
    running += 1;
    const started = performance.now();
    for (const item of batch) item.deadline ??= Date.now() + patienceMs;
    const locked = await settle(batch);
    onBatch?.(batch.length - locked.length, performance.now() - started);
    running -= 1;
    // A key that somebody else holds gives its place in the batch to others.
    if (locked.length > 0) setTimeout(() => putBack(locked), LOCKED_PAUSE_MS);
    const resting = new Set(locked.map(({ key }) => key));
    release(batch.map(({ key }) => key).filter((key) => !resting.has(key)));
  }

  function putBack(items: readonly Item[]): void {
    for (const item of items.toReversed()) pending.set(item.key, [item, ...(pending.get(item.key) ?? [])]);
    waiting += items.length;
    release(items.map(({ key }) => key));
  }

  function release(keys: readonly string[]): void {
    for (const key of keys) {
      busy.delete(key);
      if (pending.has(key)) ready.add(key);
    }
    if (busy.size === 0 && ready.size === 0) stopped?.();
    schedule();
  }

  /** Brings the items of a batch to their end, and gives those that could not be had because somebody else locked them. Never rejects. */
  async function settle(items: readonly Item[]): Promise<Item[]> {
    let conflicts = 0;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const outcomes = await commit(items.map(({ event }) => event));
        for (const [index, item] of items.entries()) answer(item, outcomes[index]);
        return [];
      } catch (error) {
        onRetry?.(asError(error));
        if (isConflict(error) && ++conflicts < CONFLICT_ATTEMPTS) continue;
        const inTime = Date.now() + pauseMs < Math.max(...items.map(({ deadline = 0 }) => deadline));
        // Whether the COMMIT arrived is not known: the same batch again, and natural keys tell what was saved.
        if (isOutage(error) && inTime) {
          await delay(pauseMs);
          continue;
        }
        const oneKey = items.every(({ key }) => key === items[0]!.key);
        if (isLockTimeout(error) && oneKey && inTime) return [...items];
        if (isOutage(error) || isConflict(error) || (oneKey && isLockTimeout(error)) || items.length === 1) {
          for (const { reject } of items) reject(asError(error));
          return [];
        }
        // Bad data, or a key that somebody else locked: the others need not suffer from it.
        const [first, second] = halves(items);
        return [...(await settle(first)), ...(await settle(second))];
      }
    }
  }

  function commit(events: readonly Event[]): Promise<readonly Outcome<Answer>[]> {
    return withConnection(database.sequelize, async (client) => {
      try {
        const [, ...results] = await flight(client, [BEGIN, ...plan.read(events)]);
        const { writes, outcomes } = plan.fold(events, results);
        const answers = await flight(client, [...writes, 'COMMIT']);
        // After a failed statement PostgreSQL answers COMMIT with ROLLBACK, and no error.
        if (answers.at(-1)?.command !== 'COMMIT') throw new Error('nothing was saved: PostgreSQL rolled back at COMMIT');
        return outcomes;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => spoil(client));
        throw error;
      }
    });
  }

  return {
    submit: (event) =>
      new Promise<Answer>((resolve, reject) => {
        if (stopping) return reject(new Overloaded('this node is stopping'));
        if (waiting >= queueLimit) return reject(new Overloaded(`${waiting} events wait to be saved`));
        const key = plan.key(event);
        const items = pending.get(key);
        if (items) items.push({ event, key, resolve, reject });
        else pending.set(key, [{ event, key, resolve, reject }]);
        if (!busy.has(key)) ready.add(key);
        waiting += 1;
        schedule();
      }),
    waiting: () => waiting,
    stop: async () => {
      stopping = true;
      if (busy.size === 0 && ready.size === 0) return;
      await new Promise<void>((resolve) => {
        stopped = resolve;
      });
    },
  };
}

/** Sends all statements at once and waits for all answers, so that none is left on the wire when one fails. */
async function flight(client: ClientBase, statements: readonly (Statement | string)[]): Promise<QueryResult[]> {
  const sent = corked(client, () =>
    statements.map((statement) =>
      client.query(typeof statement === 'string' ? { text: statement } : { ...statement, values: [...statement.values] }),
    ),
  );
  const answers = await Promise.allSettled(sent);
  for (const each of answers) if (each.status === 'rejected') throw each.reason;
  return answers.map((each) => (each as PromiseFulfilledResult<QueryResult>).value);
}

/** A key's events stay together as long as there are others; then they run one after the other, so that a bad one fails alone. */
function halves<Item extends { key: string }>(items: readonly Item[]): [Item[], Item[]] {
  const keyAtHalf = items[items.length >> 1]!.key;
  let cut = items.findIndex(({ key }) => key === keyAtHalf);
  if (cut === 0) cut = items.findIndex(({ key }) => key !== keyAtHalf);
  if (cut === -1) cut = 1;
  return [items.slice(0, cut), items.slice(cut)];
}

function answer<Answer>(
  { resolve, reject }: Pick<Waiting<unknown, Answer>, 'resolve' | 'reject'>,
  outcome: Outcome<Answer> | undefined,
): void {
  if (outcome === undefined) reject(new Error('fold gave no outcome for this event'));
  else if ('error' in outcome) reject(outcome.error);
  else resolve(outcome.answer);
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

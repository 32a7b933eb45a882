import { setTimeout as delay } from 'node:timers/promises';
import Bull from 'bull';
import type { Redis } from './redis.js';

/** A queue of hints: a job may come twice, late or never, so it only says where to look. */
export interface JobQueue<Data> {
  add(jobs: readonly Data[]): Promise<void>;
  /** Jobs that nobody took yet. */
  waiting(): Promise<number>;
  /** Works on jobs, `concurrency` at once. Call it once. */
  process(concurrency: number, work: (data: Data) => Promise<void>): void;
  /** Takes no further job and waits for those at work. */
  close(): Promise<void>;
}

export interface QueueOptions {
  redis: Redis;
  /** Stands before every key; queues of the same prefix and name are one. */
  prefix?: string;
  onError?: (queue: string, error: Error) => void;
}

/** Bull's own farewell to a Redis that answers takes less. */
const CLOSE_PATIENCE_MS = 1000;

/** A Bull queue without memory: finished and failed jobs go at once, and nothing is tried again, since the outbox does that. */
export function createQueue<Data>(name: string, { redis, prefix = 'evroam', onError }: QueueOptions): JobQueue<Data> {
  const own: ReturnType<Redis['connect']>[] = [];
  const atWork = new Set<Promise<void>>();
  const queue = new Bull<Data>(name, {
    prefix,
    createClient: (type) => {
      if (type === 'client') return redis.client;
      const client = redis.connect();
      own.push(client);
      return client;
    },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    settings: {
      // An emptied Redis lets every job at work fail to finish; Bull would then rest for 5 s each time.
      retryProcessDelay: 200,
      // The job of a killed worker is only a hint, and the sweep has added it again by then: it does no harm as often as it stalls.
      maxStalledCount: 1_000_000,
    },
  });
  queue.on('error', (error) => onError?.(name, error));
  const track = (work: Promise<void>): Promise<void> => {
    const job = work.finally(() => atWork.delete(job));
    atWork.add(job);
    return job;
  };
  return {
    add: async (jobs) => {
      await queue.addBulk(jobs.map((data) => ({ data })));
    },
    waiting: () => queue.getWaitingCount(),
    process: (concurrency, work) => {
      // Bull reports a stopped queue here as well; its errors go through the listener above.
      queue.process(concurrency, ({ data }) => track(work(data))).catch((error: Error) => onError?.(name, error));
    },
    close: async () => {
      // Bull waits for Redis here, which may be away for good; whoever stops waits for the work, not for Bull.
      const closed = queue.close(true);
      for (const client of own) client.disconnect();
      await Promise.all(atWork);
      await Promise.race([closed, delay(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
      for (const client of own) client.disconnect();
    },
  };
}

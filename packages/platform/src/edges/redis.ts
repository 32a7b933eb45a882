import { setTimeout as delay } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { describeUrl } from './database.js';

/** Connections to one Redis. Nothing that must survive is kept there: it may be emptied, or be away, at any moment. */
export interface Redis {
  /** Shared by everything that does not block. Commands wait while Redis is away: ask `isReady` first where that would hurt. */
  client: Client;
  isReady(): boolean;
  /** A connection of its own, for subscribing and for commands that block. Closed with the others. */
  connect(): Client;
  /** Rejects unless Redis answers within `timeoutMs` (2 s if not said). */
  ping(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://[:password@]host:port[/database]` */
  url: string;
  /** How long to wait for the first answer; 30 s if not said. */
  patienceMs?: number;
  /** Lost and found connections, once each time. */
  onState?: (state: 'up' | 'down', reason: string) => void;
}

/** The pause between two tries to connect again; with `maxRetriesPerRequest: null` a blocked client goes on where it was. */
const LONGEST_PAUSE_MS = 1000;

/** Connects to Redis or Valkey, waiting for it if need be. Throws a message for the operator when it cannot be used. */
export async function openRedis({ url, patienceMs = 30_000, onState }: RedisOptions): Promise<Redis> {
  const clients = new Set<Client>();
  let lastError = 'no answer';
  const connect = () => {
    const client = new Client(url, {
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE_MS),
      connectTimeout: 10_000,
    });
    // Many queues listen on one connection.
    client.setMaxListeners(0);
    client.on('error', (error) => {
      lastError = error.message;
    });
    client.on('end', () => clients.delete(client));
    clients.add(client);
    return client;
  };
  const client = connect();
  let up = false;
  client.on('ready', () => {
    if (!up) onState?.('up', '');
    up = true;
  });
  client.on('close', () => {
    if (up) onState?.('down', lastError);
    up = false;
  });
  const ping = async (timeoutMs = 2000) => {
    const stop = new AbortController();
    const late = delay(timeoutMs, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const);
    const answer = client.ping();
    answer.catch(() => undefined);
    const first = await Promise.race([answer, late]);
    stop.abort();
    if (first === 'late') throw new Error(`Redis did not answer within ${timeoutMs} ms: ${lastError}`);
  };
  const close = async () => {
    for (const each of clients) each.disconnect();
  };
  try {
    await ping(patienceMs);
  } catch (error) {
    await close();
    throw new Error(`Redis at ${describeUrl(url)} cannot be used: ${(error as Error).message}. Check REDIS_URL and that the server runs.`);
  }
  return { client, isReady: () => client.status === 'ready', connect, ping, close };
}

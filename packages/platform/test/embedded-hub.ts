// A hub that does nothing but keep its embedded servers, for the drills to kill. Tells its parent what happens.
import { type EmbeddedEvent, startEmbedded } from '#edges/embedded/start.js';

export type HubNews =
  | { kind: 'event'; event: EmbeddedEvent }
  | { kind: 'up'; databaseUrl: string; redisUrl: string; supervisor: number; postgres: number; valkey: number }
  | { kind: 'failed'; message: string };

const tell = (news: HubNews) => process.send?.(news);
const dataDir = process.argv[2]!;

try {
  const embedded = await startEmbedded({ dataDir, postgres: true, valkey: true, onEvent: (event) => tell({ kind: 'event', event }) });
  process.on('message', async (message) => {
    if (message === 'pids') up();
    if (message === 'stop') {
      await embedded.stop();
      process.exit(0);
    }
  });
  const up = () => {
    const { supervisor, services } = embedded.pids();
    tell({
      kind: 'up',
      databaseUrl: embedded.databaseUrl!,
      redisUrl: embedded.redisUrl!,
      supervisor: supervisor ?? 0,
      postgres: services.postgres ?? 0,
      valkey: services.valkey ?? 0,
    });
  };
  up();
} catch (error) {
  tell({ kind: 'failed', message: (error as Error).message });
  process.exitCode = 1;
  process.disconnect?.();
}

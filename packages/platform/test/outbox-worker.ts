// A node that only works off the outbox, for the drill to kill.
import { openDatabase } from '#edges/database.js';
import { createOutbox } from '#edges/outbox.js';
import { openRedis } from '#edges/redis.js';

const [databaseUrl = '', redisUrl = '', prefix = ''] = process.argv.slice(2);
const database = await openDatabase({ url: databaseUrl, poolSize: 8 });
const redis = await openRedis({ url: redisUrl });
const outbox = createOutbox({ database, redis, prefix, sweepMs: 500 });
outbox.consume<number>('count', {
  concurrency: 4,
  inTransaction: async (tx, { key, body }) => {
    const [row] = await database.sql<{ n: number }>(
      tx,
      'INSERT INTO counted VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET n = counted.n + 1 RETURNING n',
      [key],
    );
    if (row?.n !== body) await database.sql(tx, 'INSERT INTO disorder VALUES ($1, $2, $3)', [key, row?.n, body]);
  },
});
outbox.consume<number>('wire', {
  concurrency: 8,
  leaseMs: 1000,
  leased: async ({ key, body }) => void (await database.sql(undefined, 'INSERT INTO sent (key, n) VALUES ($1, $2)', [key, body])),
});
outbox.consume<number>('side', {
  atOnce: 32,
  leaseMs: 1000,
  leased: async ({ key, body }) => void (await database.sql(undefined, 'INSERT INTO sent (key, n) VALUES ($1, $2)', [`side ${key}`, body])),
});
outbox.consume<number>('poison', {
  parkAfter: 3,
  backoffMs: 20,
  leased: async ({ key, body }) => {
    const cured = await database.sql(undefined, 'SELECT 1 FROM cure');
    if (body === 1 && cured.length === 0) throw new Error('the partner said 400');
    await database.sql(undefined, 'INSERT INTO sent (key, n) VALUES ($1, $2)', [key, body]);
  },
});
await outbox.start();
process.send?.('working');
process.on('disconnect', () => process.exit(0));

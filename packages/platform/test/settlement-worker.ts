// A settlement process for the drill: it hands over a month of messages, closes the month, and tells what it has acknowledged.
//   node settlement-worker.js <database url> <seed> <stories>
import fc from 'fast-check';
import { openDatabase } from '#edges/database.js';
import { OPERATOR, OURS } from '#settlement/fixture.test.js';
import { messagesOf, newWorld, stories } from '#settlement/history/stories.test.js';
import { createSettlement } from '#settlement/index.js';

const [url = '', seed = '1', count = '20'] = process.argv.slice(2);
const database = await openDatabase({ url, poolSize: 6 });
const world = newWorld();
const messages = fc.sample(stories, { seed: Number(seed), numRuns: Number(count) }).flatMap((story, n) => messagesOf(story, n, world));
for (const message of messages) if (message.kind === 'session') world.know(message.cdr);
const clock = { now: () => new Date('2026-11-20T00:00:00Z'), rate: 1 };
const settlement = createSettlement({ ports: world, transact: database.transact, clock }, { sql: database.sql });
process.send?.({ ready: true });

const AT_ONCE = 4;
for (let i = 0; i < messages.length; i += AT_ONCE) {
  const some = messages
    .slice(i, i + AT_ONCE)
    .flatMap(({ kind, cdr }) =>
      kind === 'session' ? [] : [{ cdr, source: cdr.owner === OURS ? ('own' as const) : ('partner' as const) }],
    );
  // In turn each for itself, four at a time, and four in one transaction.
  if (i % (2 * AT_ONCE) === 0) {
    for (const { key } of await settlement.recordAll(OPERATOR, some)) process.send?.({ acknowledged: key });
  } else {
    await Promise.all(
      some.map(async ({ cdr, source }) => process.send?.({ acknowledged: (await settlement.record(OPERATOR, cdr, source)).key })),
    );
  }
  if (i % 16 === 0) await settlement.seal();
}
process.send?.({ closing: true });
await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'drill', reason: 'month end' });
const digest = await settlement.canonicalStateDigest(OPERATOR);
const { faults } = await settlement.audit(OPERATOR);
await new Promise<void>((resolve) => process.send?.({ done: digest, faults }, () => resolve()));
await database.close();
process.disconnect?.();

// The embedded Valkey: a process of its own, so that a long script stops neither the hub nor PostgreSQL's keeper. It keeps nothing:
// PostgreSQL is the truth, and the outbox fills the queues again.
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import type { ServiceNews, ServiceOrder } from './messages.js';
import { bootValkey } from './valkey-bridge.js';

const TRIES = 60;

async function serve({ known }: ServiceOrder): Promise<Extract<ServiceNews, { kind: 'ready' }>> {
  const password = known?.password ?? randomBytes(24).toString('hex');
  const admit = await bootValkey();
  const [inside, tester] = duplexPair();
  admit(inside);
  await selfTest(tester, password);
  tester.end();
  for (let attempt = 1; ; attempt += 1) {
    const port = known?.port ?? (await freePort());
    try {
      await listen(port, admit);
      return { kind: 'ready', port, password, url: `redis://:${password}@127.0.0.1:${port}` };
    } catch (error) {
      // The predecessor on this port may need a moment to go.
      if (attempt >= TRIES || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await delay(250);
    }
  }
}

function listen(port: number, admit: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, admit);
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, resolve);
  });
}

/** What Bull lives on works: scripts and lists. Done before anybody else is let in, and at its end there is a password. */
async function selfTest(tester: Duplex, password: string): Promise<void> {
  await expect(tester, 'CONFIG SET save ""\r\nPING\r\n', '+OK\r\n+PONG\r\n');
  await expect(tester, 'EVAL "return redis.call(\'LPUSH\', KEYS[1], ARGV[1])" 1 evroam:self-test:a x\r\n', ':1\r\n');
  await expect(tester, 'BRPOPLPUSH evroam:self-test:a evroam:self-test:b 5\r\n', '$1\r\nx\r\n');
  await expect(tester, `FLUSHALL\r\nCONFIG SET requirepass ${password}\r\n`, '+OK\r\n+OK\r\n');
}

const ANSWER_LIMIT_MS = 10_000;

function expect(tester: Duplex, command: string, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const late = setTimeout(() => reject(new Error(`Valkey does not work: it answered ${JSON.stringify(answer)}`)), ANSWER_LIMIT_MS);
    const hear = (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (answer.length < wanted.length) return;
      clearTimeout(late);
      tester.off('data', hear);
      if (answer === wanted) resolve();
      else reject(new Error(`Valkey does not work: it answered ${JSON.stringify(answer)} and not ${JSON.stringify(wanted)}`));
    };
    tester.on('data', hear);
    tester.write(command);
  });
}

process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
process.once('message', (order: ServiceOrder) => {
  serve(order).then(
    (ready) => {
      if (process.connected) process.send?.(ready satisfies ServiceNews);
    },
    (error: Error) => {
      if (!process.connected) process.exit(1);
      process.send?.({ kind: 'fault', reason: error.message } satisfies ServiceNews, () => process.exit(1));
    },
  );
});

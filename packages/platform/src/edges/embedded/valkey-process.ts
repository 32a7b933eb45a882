// The embedded Valkey: a process of its own, so that a long script stops neither the hub nor PostgreSQL's keeper. It keeps nothing:
// PostgreSQL is the truth, and the outbox fills the queues again.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import type { ServiceNews, ServiceOrder } from './messages.js';
import { startValkey } from './valkey-bridge.js';

const TRIES = 40;

async function serve({ known }: ServiceOrder): Promise<Extract<ServiceNews, { kind: 'ready' }>> {
  const password = known?.password ?? randomBytes(24).toString('hex');
  for (let attempt = 1; ; attempt += 1) {
    const port = known?.port ?? (await freePort());
    try {
      await startValkey(port);
      await selfTest(port, password);
      return { kind: 'ready', port, password, url: `redis://:${password}@127.0.0.1:${port}` };
    } catch (error) {
      // The predecessor on this port may need a moment to go.
      if (attempt >= TRIES || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await delay(250);
    }
  }
}

/** What Bull lives on works: a script, and a blocked client that is woken. The password is set on the way. */
async function selfTest(port: number, password: string): Promise<void> {
  await expect(port, 'CONFIG SET requirepass "" save ""\r\nPING\r\n', /^\+OK\r\n\+PONG\r\n$/);
  await expect(port, 'EVAL "return redis.call(\'LPUSH\', KEYS[1], ARGV[1])" 1 evroam:self-test:a x\r\n', /^:1\r\n$/);
  await expect(port, 'BRPOPLPUSH evroam:self-test:a evroam:self-test:b 5\r\n', /^\$1\r\nx\r\n$/);
  await expect(port, `FLUSHALL\r\nCONFIG SET requirepass ${password}\r\n`, /^\+OK\r\n\+OK\r\n$/);
}

function expect(port: number, command: string, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(command));
    let answer = '';
    const fail = () => reject(new Error(`Valkey does not work: to ${JSON.stringify(command)} it answered ${JSON.stringify(answer)}`));
    socket.setTimeout(10_000, () => socket.destroy(new Error('time-out')));
    socket.on('error', () => undefined);
    socket.on('close', fail);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!pattern.test(answer)) return;
      socket.off('close', fail);
      socket.end();
      resolve();
    });
  });
}

process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
process.once('message', (order: ServiceOrder) => {
  serve(order).then(
    (ready) => process.send?.(ready satisfies ServiceNews),
    (error: Error) => {
      process.send?.({ kind: 'fault', reason: error.message } satisfies ServiceNews, () => process.exit(1));
    },
  );
});

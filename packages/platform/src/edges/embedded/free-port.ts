import { createServer } from 'node:net';

/** A TCP port of the loopback address that was free a moment ago. Another program may take it first: whoever listens tries again. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('the probe has no port')),
      );
    });
  });
}

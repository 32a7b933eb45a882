import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that the installation keeps in its data folder, readable by its owner only; made at first use. Of two that start together both read the same. */
export function secretFile(dataDir: string, name: string, make: () => string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, make(), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

/** The key under which an installation keeps its secrets: 32 bytes, made at the first start. Nodes that share a database must share it. */
export function serverKeyFile(dataDir: string): Buffer {
  const text = secretFile(dataDir, 'server.key', () => randomBytes(32).toString('hex'));
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new Error(`${join(dataDir, 'server.key')} does not hold a server key (64 hexadecimal digits). Restore it from a backup.`);
  }
  return Buffer.from(text, 'hex');
}

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './process-identity.js';

/** Where the embedded servers of a data folder are; further nodes and `doctor` join them by it. */
export interface Endpoints {
  databaseUrl?: string;
  redisUrl?: string;
  /** The hub that runs the servers. */
  pid: number;
}

const NAME = 'endpoints.json';

/** Writes the file whole or not at all, readable by its owner alone: it holds passwords. */
export function writeEndpoints(dataDir: string, addresses: Omit<Endpoints, 'pid'>): void {
  const path = join(dataDir, NAME);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ ...addresses, pid: process.pid }, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export function removeEndpoints(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true });
}

/** Throws with what to do when no hub runs on that folder. */
export function readEndpoints(dataDir: string): Endpoints {
  const path = join(dataDir, NAME);
  let endpoints: Endpoints;
  try {
    endpoints = JSON.parse(readFileSync(path, 'utf8')) as Endpoints;
  } catch (error) {
    throw new Error(`No hub with embedded servers runs on ${dataDir}: ${path} cannot be read. Start one there first.`, { cause: error });
  }
  if (!isAlive(endpoints.pid)) throw new Error(`The hub of ${dataDir} (process ${endpoints.pid}) is gone. Start it first.`);
  return endpoints;
}

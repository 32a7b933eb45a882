import { readEndpoints } from './endpoints.js';
import { FolderInUse } from './folder-lock.js';
import { startEmbedded } from './start.js';

/** The embedded database of a data folder: that of the hub which runs on it, else started for as long as it is needed. */
export async function databaseAt(dataDir: string): Promise<{ url: string; close(): Promise<void> }> {
  try {
    const embedded = await startEmbedded({ dataDir, postgres: true, valkey: false });
    if (embedded.databaseUrl === undefined) throw new Error('the embedded PostgreSQL is ready without an address');
    return { url: embedded.databaseUrl, close: () => embedded.stop() };
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    const { databaseUrl } = readEndpoints(dataDir);
    if (databaseUrl === undefined) throw new Error(`The hub of ${dataDir} uses a database of its own: set DATABASE_URL.`);
    return { url: databaseUrl, close: async () => undefined };
  }
}

import { migrations } from './compose.js';
import type { Config } from './config.js';
import { backup, type Manifest, restore } from './edges/backup/index.js';
import { openDatabase } from './edges/database.js';
import { databaseAt } from './edges/embedded/database-at.js';

export { BackupRefused, type Manifest } from './edges/backup/index.js';

type OnTable = (name: string, rows: number) => void;
type Where = Pick<Config, 'databaseUrl' | 'dataDir'>;

/** Copies the database of this configuration into a folder, beside a hub at work or without one. The server key is no part of it. */
export function backupHub(config: Where, folder: string, onTable?: OnTable): Promise<Manifest> {
  return withDatabase(config, (url) => backup(url, folder, onTable));
}

/** Brings a backup into the database of this configuration, which has to be empty. */
export function restoreHub(config: Where, folder: string, onTable?: OnTable): Promise<Manifest> {
  return withDatabase(config, (url) => restore(url, folder, migrations, onTable));
}

async function withDatabase<T>({ databaseUrl, dataDir }: Where, work: (url: string) => Promise<T>): Promise<T> {
  const place = databaseUrl === undefined ? await databaseAt(dataDir) : { url: databaseUrl, close: async () => undefined };
  try {
    // Says in plain words what is wrong with a server that cannot be used.
    await (await openDatabase({ url: place.url, poolSize: 1 })).close();
    return await work(place.url);
  } finally {
    await place.close();
  }
}

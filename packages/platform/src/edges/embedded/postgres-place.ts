import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canReach, type RunUser } from './run-user.js';

/** Where clusters go whose data folder the PostgreSQL user cannot reach, such as one in root's own home. */
const ELSEWHERE = '/var/lib/evroam';

/** The folder that holds the cluster and its password: in the data folder, or elsewhere with a pointer to it in the data folder. */
export function postgresPlace(dataDir: string, user: RunUser | undefined): string {
  const inside = join(dataDir, 'postgres');
  if (user === undefined) {
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    return inside;
  }
  const pointer = join(dataDir, 'postgres-place');
  if (!existsSync(pointer)) {
    if (statSync(dataDir).uid === 0) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
    if (canReach(user, inside)) return owned(inside, user);
    writeFileSync(pointer, join(ELSEWHERE, randomBytes(8).toString('hex')));
  }
  mkdirSync(ELSEWHERE, { recursive: true });
  chmodSync(ELSEWHERE, 0o755);
  removeForgotten();
  const place = owned(readFileSync(pointer, 'utf8'), user);
  writeFileSync(join(place, 'origin'), pointer);
  return place;
}

function owned(folder: string, { uid, gid }: RunUser): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, uid, gid);
  return folder;
}

/** Clusters whose data folder was deleted, or points to another one by now. */
function removeForgotten(): void {
  for (const name of readdirSync(ELSEWHERE)) {
    const place = join(ELSEWHERE, name);
    const origin = join(place, 'origin');
    if (!existsSync(origin)) continue;
    const pointer = readFileSync(origin, 'utf8');
    if (!existsSync(pointer) || readFileSync(pointer, 'utf8') !== place) rmSync(place, { recursive: true, force: true });
  }
}

import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The user under which PostgreSQL runs. */
export interface RunUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`, whichever the system has.
 * Undefined means: as whoever we are. A bare number would not do, since PostgreSQL looks its own user's name up.
 */
export function runUser(): RunUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (name !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this system has neither a user "postgres" nor "nobody" to run it as. ' +
      'Start evroam as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.',
  );
}

/** True if that user can pass through every folder above `path`. */
export function canReach(user: RunUser, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startTicks } from './process-identity.js';

/** Thrown when another running hub holds the data folder. */
export class FolderInUse extends Error {
  override name = 'FolderInUse';
}

interface Holder {
  pid: number;
  ticks: string | null;
  since: string;
}

/**
 * Takes the data folder for this process, and gives the function that lets it go.
 * The lock of a process that is gone is taken over; that of a living one throws FolderInUse.
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'hub.lock');
  const mine: Holder = { pid: process.pid, ticks: startTicks(process.pid) ?? null, since: new Date().toISOString() };
  const text = JSON.stringify(mine);
  const draft = `${path}.${process.pid}`;
  // Written whole beside and linked into place: a reader never sees half a lock, and two takers cannot both win.
  writeFileSync(draft, text, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (tryLink(draft, path)) return () => release(path, text);
      const found = read(path);
      if (found === undefined) continue;
      const holder = parse(found);
      if (holder && isHolder(holder)) throw inUse(dataDir, path, holder);
      takeAway(path, found, `${draft}.stale`);
    }
    throw new FolderInUse(`The data folder ${dataDir} changes hands too often to be taken. Is something starting hubs in a loop?`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  // A file system without links: nearly as good.
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the stale lock that was read, and no other: what a third process put there meanwhile goes back. */
function takeAway(path: string, expected: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== expected) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, text: string): void {
  if (read(path) === text) rmSync(path, { force: true });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, ticks, since } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' ? { pid, ticks: ticks ?? null, since: since ?? 'an unknown time' } : undefined;
  } catch {
    return undefined;
  }
}

function isHolder({ pid, ticks }: Holder): boolean {
  const now = startTicks(pid);
  return isAlive(pid) && (ticks === null || now === undefined || now === ticks);
}

function inUse(dataDir: string, path: string, { pid, since }: Holder): FolderInUse {
  const who = pid === process.pid ? 'this process itself' : `process ${pid}`;
  return new FolderInUse(
    `The data folder ${dataDir} is in use by another hub (${who}, since ${since}). ` +
      `Stop that one, or give this one a folder of its own with EVROAM_DATA=/some/folder. (Lock: ${path})`,
  );
}

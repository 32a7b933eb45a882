// Brings a checkout to the point where its programs can run: installs what the lockfile names if that has not happened, then builds.
// Uses nothing but Node, since on a fresh clone there is nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const quiet = process.argv.includes('--quiet');
const say = (text) => quiet || process.stderr.write(`${text}\n`);
const windows = process.platform === 'win32';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `evroam needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`,
  );
  process.exit(2);
}

function run(title, command, args) {
  const started = Date.now();
  say(`· ${title} ...`);
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    shell: windows,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : ['ignore', 2, 2],
  });
  if (status !== 0) {
    if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    console.error(`${title} failed${error ? `: ${error.message}` : ''}. The lines above say why.`);
    process.exit(1);
  }
  say(`✓ ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

// npm's own record of an installation lacks the lockfile's text, so ours is kept beside it.
const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
const stamp = new URL('../node_modules/.evroam-installed-lock', import.meta.url);
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  // An installation made by hand counts when npm's record is newer than the lockfile.
  const mine = existsSync(new URL('../node_modules/.package-lock.json', import.meta.url));
  if (!(mine && !existsSync(stamp) && installedMatches()))
    run('installing packages (about a minute the first time)', 'npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}
run('building', process.execPath, [fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url)), '-b']);

/** Compares the versions npm recorded with those that the lockfile asks for; optional packages of other platforms may be missing. */
function installedMatches() {
  const installed = JSON.parse(readFileSync(new URL('../node_modules/.package-lock.json', import.meta.url), 'utf8')).packages;
  const wanted = JSON.parse(lock).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    return installed[path] ? installed[path].version === version : optional === true;
  });
}

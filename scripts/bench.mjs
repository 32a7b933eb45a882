// npm run bench: every package's bench/, one after the other, since they would disturb each other.
//   node scripts/bench.mjs [PACKAGE]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { globSync } from './glob.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const only = process.argv[2];
let failed = 0;
for (const name of ['ocpp-core', 'ocpi', 'gbt-adapter', 'platform']) {
  if (only && name !== only) continue;
  for (const file of globSync(root, `packages/${name}/bench`, '.bench.mjs')) {
    console.log(`\n── ${file.slice(root.length)}`);
    if (spawnSync(process.execPath, [file], { cwd: root, stdio: 'inherit' }).status !== 0) failed += 1;
  }
}
process.exit(failed > 0 ? 1 : 0);

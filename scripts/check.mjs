// npm run check: every check that needs no running server. Types were checked by the build that precedes it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
const steps = [
  ['types', bin('tsc'), ['-b']],
  ['lint and format', bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '--diagnostic-level=warn', '.']],
  ['import rules', process.execPath, ['scripts/import-rules.mjs']],
  ['lockfile and scripts', process.execPath, ['scripts/lockfile-rules.mjs']],
  ['unused code', bin('knip'), ['--no-progress']],
];

let failed = 0;
for (const [title, command, args] of steps) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${title} (${seconds} s)`);
  if (status !== 0) {
    failed += 1;
    console.log(`${stdout ?? ''}${stderr ?? ''}`);
  }
}
if (failed > 0) console.log(`${failed} of ${steps.length} checks failed`);
process.exit(failed > 0 ? 1 : 0);

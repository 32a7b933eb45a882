// Runs the tests of every package, two packages at a time, each in a process of its own, and sums up.
//   node scripts/test.mjs [--drills | --soak] [--only PACKAGE] [--grep TEXT]
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { globSync } from './glob.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const kind = process.argv.includes('--drills') ? 'drill' : process.argv.includes('--soak') ? 'soak' : 'test';
const only = option('--only');
const AT_ONCE = kind === 'test' ? 2 : 1;
// Longest first, so that the last one does not run alone.
const rooms = ['packages/platform', 'packages/ocpi', 'packages/ocpp-core', 'packages/gbt-adapter', 'packages/cli', 'examples', 'scripts'];

const jobs = rooms
  .filter((room) => only === undefined || room.endsWith(only))
  .map((room) => ({
    room,
    files: globSync(root, room === 'scripts' ? 'scripts' : `${room}/dist`, room === 'scripts' ? `.${kind}.mjs` : `.${kind}.js`),
  }))
  .filter(({ files }) => files.length > 0);

const started = Date.now();
const total = { passed: 0, failed: 0, pending: 0, conformance: 0, conformancePending: 0 };
let broken = 0;

async function work() {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const { room, files } = job;
    const sum = await runRoom(room, files);
    if (!sum) broken += 1;
    else for (const key of Object.keys(total)) total[key] += sum[key];
  }
}

function runRoom(room, files) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./mocha-room.mjs', import.meta.url)), [kind, option('--grep') ?? '', ...files], {
      cwd: root,
      execArgv: ['--enable-source-maps'],
      env: { EVROAM_EFFORT: kind === 'test' ? 'quick' : 'long', ...process.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    let sum;
    const live = AT_ONCE === 1;
    const hear = (chunk) => {
      if (live) process.stdout.write(chunk);
      else output += chunk;
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('message', (message) => {
      sum = message;
    });
    child.on('exit', (code, signal) => {
      process.stdout.write(`\n── ${room}\n${output}`);
      if (!sum) console.log(`── ${room}: the test process ended early (code ${code}, signal ${signal})`);
      resolve(sum);
    });
  });
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s`);
if (kind === 'test') console.log(`conformance: ${total.conformance} run, ${total.conformancePending} pending`);
if (total.passed + total.failed === 0) console.log(`no ${kind} was found: is the project built?`);
console.log(`${total.passed} passed, ${total.failed + broken} failed, ${total.pending} skipped`);
process.exit(total.failed + broken > 0 || total.passed === 0 ? 1 : 0);

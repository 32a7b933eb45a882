// How soon a version is ready for a storm: compiling what a storm needs, against compiling all its messages; fresh processes in turn.
//   node packages/ocpp-core/bench/start.bench.mjs [rounds]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, table } from './measure.mjs';
import { judge } from './server.mjs';

const rounds = Number(process.argv[2] ?? 5);
const storm = {
  v16: ['BootNotification', 'StatusNotification', 'Heartbeat', 'Authorize', 'MeterValues', 'StartTransaction', 'StopTransaction'],
  v201: ['BootNotification', 'StatusNotification', 'Heartbeat', 'Authorize', 'TransactionEvent'],
  v21: ['BootNotification', 'StatusNotification', 'Heartbeat', 'Authorize', 'TransactionEvent'],
};
const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** Milliseconds of CPU that compiling takes in a process of its own. */
const compile = (version, names) =>
  Number(
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `import { tableOf, warm } from '${dist}/index.js';
       import * as actions from '${dist}/${version}/index.js';
       const names = ${JSON.stringify(names)};
       const begun = process.cpuUsage();
       warm([...tableOf(actions).values()].filter(({ name }) => names.length === 0 || names.includes(name)));
       const { user, system } = process.cpuUsage(begun);
       console.log((user + system) / 1000);`,
    ]).toString(),
  );

const rows = [['version', 'storm, ms', 'all, ms']];
const bars = [];
for (const [version, names] of Object.entries(storm)) {
  const ready = [];
  const all = [];
  for (let round = 0; round < rounds; round += 1) {
    ready.push(compile(version, names));
    all.push(compile(version, []));
  }
  rows.push([version, median(ready).toFixed(0), median(all).toFixed(0)]);
  const what = `${version} ready for a storm, of compiling all`;
  bars.push({ what: `${what}, median`, value: median(ready.map((value, round) => value / all[round])), most: 0.3 });
}
table(rows);
console.log();
judge(bars);

// The memory of a hub that fetches 10,000 and then 100,000 changed EVSEs of a partner, each with a process of its own.
//   node packages/platform/bench/delta-sync.bench.mjs      BENCH_EVSES (10000,100000)
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startServer } from '../../ocpi/bench/lib/paired.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const SIZES = (process.env.BENCH_EVSES ?? '10000,100000').split(',').map(Number);
/** What is alive may differ so much between two runs that do the same. */
const BAR = 1.1;
const MB = 1024 * 1024;

async function sync(evses) {
  const cpo = await startServer(here('./servers/paged-locations.mjs'), { evses });
  const hub = fork(here('./servers/syncing-hub.mjs'), [JSON.stringify({ target: cpo.origin })], { execArgv: ['--expose-gc'] });
  try {
    const result = await new Promise((resolve, reject) => {
      hub.once('message', resolve);
      hub.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
    });
    if (result.fetched.locations !== evses / 10 || result.fetched.refused > 0) throw new Error(JSON.stringify(result.fetched));
    hub.removeAllListeners('exit');
    const ended = new Promise((resolve) => hub.once('exit', resolve));
    hub.send('end');
    await ended;
    return result;
  } finally {
    cpo.stop();
  }
}

const results = [];
for (const evses of SIZES) {
  const { seconds, before, peak } = await sync(evses);
  results.push(peak);
  console.log(
    `       ${evses} EVSEs in ${seconds.toFixed(1)} s: alive ${(before.heapUsed / MB).toFixed(1)} MB before, ${(peak.heap / MB).toFixed(1)} MB at the most; process ${(peak.rss / MB).toFixed(0)} MB at the most`,
  );
}
const growth = results.at(-1).heap / results[0].heap;
const holds = growth <= BAR;
console.log(
  `${holds ? 'holds' : 'SHORT'}  memory alive with ${SIZES.at(-1)} EVSEs against ${SIZES[0]}: ${growth.toFixed(2)} (process ${(results.at(-1).rss / results[0].rss).toFixed(2)})  bar <= ${BAR}`,
);
process.exit(holds ? 0 : 1);

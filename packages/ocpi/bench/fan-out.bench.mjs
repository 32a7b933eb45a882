// A PATCH for everybody, to 50 partners: the hub's copies against as many bare undici requests, and what a partner that never answers costs the others.
//   node packages/ocpi/bench/fan-out.bench.mjs      BENCH_ROUNDS (9), BENCH_MS (1000)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ratio, report, shares } from './lib/paired.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const TIME_MS = Number(process.env.BENCH_MS ?? 1000);
const started = [];
async function start(name, settings) {
  const child = fork(fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url)), [JSON.stringify(settings)]);
  started.push(child);
  const [said] = await once(child, 'message');
  return { child, said };
}
async function measure({ child }, timeMs) {
  child.send({ timeMs });
  const [result] = await once(child, 'message');
  return result;
}

let holds = true;
try {
  const { origins, dead } = (await start('partners', { count: 50 })).said;
  const ways = {
    bare: await start('fan-out', { origins, way: 'bare' }),
    hub: await start('fan-out', { origins, way: 'hub' }),
    'with a dead one': await start('fan-out', { origins, dead, way: 'hub' }),
  };
  const names = Object.keys(ways);
  for (const name of names) await measure(ways[name], TIME_MS / 2);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(at + round) % names.length];
      results[name].push(await measure(ways[name], TIME_MS));
    }
  holds = report('copies/s against bare undici requests', ratio(results, 'hub', 'bare', 'perSecond'), 0.7);
  shares(results);
  holds = report("the others' p99 with a dead partner", ratio(results, 'with a dead one', 'hub', 'p99Ms', Math.min), 1.05, false) && holds;
} finally {
  for (const child of started) child.kill('SIGKILL');
}
process.exit(holds ? 0 : 1);

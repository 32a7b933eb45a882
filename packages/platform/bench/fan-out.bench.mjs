// A CPO changes a location (PATCH to the hub), and the hub at work tells 50 eMSPs: against 50 bare undici requests with the same bytes, in
// turn, round by round. Then the same with a 51st eMSP that answers, and with the same one dead: it takes requests and says nothing.
//   node packages/platform/bench/fan-out.bench.mjs      BENCH_ROUNDS (7), BENCH_MS (1500)
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { location } from '../../ocpi/bench/lib/objects.mjs';
import { median, ratio, report } from '../../ocpi/bench/lib/paired.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const TIME_MS = Number(process.env.BENCH_MS ?? 1500);
const EMSPS = 50;
const LOCATIONS = 8;

const start = (script, args) => {
  const child = fork(here(script), [JSON.stringify(args)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return { child, first: said(child) };
};
const said = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a part of the bench ended with ${code}`)));
  });
const ask = (child, message) => {
  const answer = said(child);
  child.send(message);
  return answer;
};

const partners = start('./servers/many-partners.mjs', { count: EMSPS + 1 });
const { targets } = await partners.first;
const hub = start('./servers/fan-out-hub.mjs', { targets, locations: LOCATIONS });
const { origin, token } = await hub.first;

const throughHub = async () => {
  const result = await ask(partners.child, { origin, token, locations: LOCATIONS, timeMs: TIME_MS, alive: EMSPS });
  if (result.fault) throw new Error(result.fault);
  return result;
};
const bare = () => {
  const origins = targets.slice(0, EMSPS).map(({ url }) => url);
  return start('../../ocpi/bench/lib/bare-fan-out.mjs', { origins, body: location, locations: LOCATIONS, timeMs: TIME_MS }).first;
};

let holds = true;
try {
  await throughHub();
  const results = { bare: [], hub: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of round % 2
      ? [
          ['hub', throughHub],
          ['bare', bare],
        ]
      : [
          ['bare', bare],
          ['hub', throughHub],
        ])
      results[name].push(await run());
  }
  const rate = (name) => Math.round(median(results[name].map(({ perSecond }) => perSecond)));
  console.log(`       PATCH to ${EMSPS} eMSPs: bare ${rate('bare')} messages/s, hub ${rate('hub')} messages/s`);
  holds = report(`PATCH to ${EMSPS} eMSPs: messages/s against bare undici`, ratio(results, 'hub', 'bare', 'perSecond'), 0.7) && holds;

  const p99 = { answering: results.hub.map((one) => one.p99Ms), dead: [] };
  await ask(partners.child, { silence: true });
  for (let round = 0; round < ROUNDS; round += 1) p99.dead.push((await throughHub()).p99Ms);
  const [before, after] = [median(p99.answering), median(p99.dead)];
  console.log(
    `       p99 of the others: ${before.toFixed(1)} ms, with a dead eMSP ${after.toFixed(1)} ms (first round ${p99.dead[0].toFixed(1)})`,
  );
  const figures = {
    median: after / before,
    least: Math.min(...p99.dead) / Math.min(...p99.answering),
    range: [Math.min(...p99.dead) / before, Math.max(...p99.dead) / before],
  };
  holds = report('a dead eMSP: p99 of the others against all answering', figures, 1.05, false) && holds;
} finally {
  hub.child.removeAllListeners('exit');
  const ended = new Promise((resolve) => hub.child.once('exit', resolve));
  hub.child.send('end');
  await ended;
  partners.child.removeAllListeners('exit');
  partners.child.kill('SIGKILL');
}
process.exit(holds ? 0 : 1);

// What the whole hub costs a request, against a raw piped node:http proxy before the same partner, and against node:http + JSON.parse that
// stores nothing; in turn, round by round. Loopback and a shared machine: read ratios, not absolutes.
//   node packages/platform/bench/hub.bench.mjs [GET|PUT|CDR|work]      BENCH_ROUNDS (7), BENCH_MS (1500)
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { location } from '../../ocpi/bench/lib/objects.mjs';
import { median, ratio, report, startServer } from '../../ocpi/bench/lib/paired.mjs';
import { chargedCdr, chargedSession } from './lib/charged.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const TIME_MS = Number(process.env.BENCH_MS ?? 1500);
const CONNECTIONS = 32;
/** CDRs whose work is waited for, and how long at most. */
const WORK = 3000;
const WORK_PATIENCE_MS = 120_000;

const startHub = (target, work = false) =>
  new Promise((resolve, reject) => {
    const args = [JSON.stringify({ target, work })];
    const child = fork(here('./servers/roaming-hub.mjs'), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
    child.once('message', ({ origin, token }) => {
      const stop = () =>
        new Promise((ended) => {
          child.once('exit', ended);
          child.send('end');
        });
      const owed = () =>
        new Promise((answer) => {
          child.once('message', answer);
          child.send('owed');
        });
      resolve({ origin, token, pid: child.pid, owed, stop });
    });
  });

const partner = await startServer(here('./servers/partner.mjs'));
const servers = {
  proxy: await startServer(here('../../ocpi/bench/servers/proxy.mjs'), { target: partner.origin }),
  node: await startServer(here('../../ocpi/bench/servers/node.mjs')),
  hub: await startHub(partner.origin),
};
const headers = (to) => ({
  Authorization: `Token ${Buffer.from(servers.hub.token).toString('base64')}`,
  'X-Request-ID': '3d0a1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11',
  'X-Correlation-ID': '9c1e1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11',
  'OCPI-from-country-code': 'NL',
  'OCPI-from-party-id': 'BEN',
  'OCPI-to-country-code': to.slice(0, 2),
  'OCPI-to-party-id': to.slice(3),
});
const base = '/ocpi/2.2.1';
const loads = [
  {
    title: 'hub hop GET, 5 kB answer',
    base: 'proxy',
    bar: 1,
    method: 'GET',
    path: `${base}/sender/tokens/LOC1`,
    to: 'DE-EMS',
    latency: 1.3,
  },
  {
    title: 'owned Location PUT, 5 kB, on to a partner',
    base: 'proxy',
    bar: 0.75,
    method: 'PUT',
    path: `${base}/receiver/locations/NL/BEN/LOC1`,
    body: location,
    to: 'DE-EMS',
  },
  {
    title: 'CDR POST, 5 kB, each another, durable',
    base: 'node',
    bar: 0.5,
    method: 'POST',
    path: `${base}/receiver/cdrs`,
    // Each of another session: those of one session are decided one after the other.
    body: chargedCdr,
    to: 'DE-EMS',
  },
];
let number = 0;
let holds = true;

function load(server, settings) {
  return new Promise((resolve, reject) => {
    const child = fork(here('./lib/counting-load.mjs'), [
      JSON.stringify({
        connections: CONNECTIONS,
        warmupMs: 300,
        timeMs: TIME_MS,
        first: number,
        ...settings,
        url: server.origin + settings.path,
      }),
    ]);
    child.on('message', (message) => {
      if (message === 'measure') return;
      number = message.last + CONNECTIONS;
      if (message.bad > 0) reject(new Error(`${settings.title}: ${message.bad} bad replies: ${message.fault}`));
      else resolve(message);
    });
    child.once('error', reject);
  });
}

/** Not a bar: CDRs while all that follows from them is done as well (matched, priced, posted, owed on, delivered), and how long that goes on. */
async function withWork() {
  const hub = await startHub(partner.origin, true);
  const cdrPost = loads.find(({ method }) => method === 'POST');
  const auth = { ...headers(cdrPost.to), Authorization: `Token ${Buffer.from(hub.token).toString('base64')}` };
  const each = { ...cdrPost, headers: auth, expect: '"status_code":1000', count: WORK, first: number };
  await load(hub, { ...each, method: 'PUT', path: `${base}/receiver/sessions/NL/BEN/S-{n}`, body: chargedSession });
  const started = performance.now();
  const { perSecond } = await load(hub, each);
  for (;;) {
    const { owed, cleared } = await hub.owed();
    if (owed.every(({ dueKeys, parkedKeys }) => dueKeys === 0 && parkedKeys === 0) && cleared.accepted === WORK) break;
    if (performance.now() - started > WORK_PATIENCE_MS) throw new Error(`not done: ${JSON.stringify({ owed, cleared })}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `       CDR POST with the work that follows: ${Math.round(perSecond)}/s taken; ${WORK} cleared and delivered in ${seconds.toFixed(1)} s, ${Math.round(WORK / seconds)}/s`,
  );
  await hub.stop();
}

try {
  const only = process.argv[2];
  for (const { title, base: against, bar, latency, to, ...one } of loads.filter(
    (each) => only === undefined || each.title.includes(only),
  )) {
    const settings = { title, ...one, headers: headers(to), expect: '"status_code":1000' };
    const results = { [against]: [], hub: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of round % 2 ? ['hub', against] : [against, 'hub']) results[name].push(await load(servers[name], settings));
    }
    const rates = Object.entries(results).map(([name, all]) => `${name} ${Math.round(median(all.map(({ perSecond }) => perSecond)))}/s`);
    console.log(`       ${title}: ${rates.join(', ')}`);
    holds = report(`${title}: req/s against ${against}`, ratio(results, 'hub', against, 'perSecond'), bar) && holds;
    if (latency !== undefined) {
      const added = [];
      for (let round = 0; round < 5; round += 1) {
        const p50 = {};
        for (const [name, server] of Object.entries({ direct: partner, proxy: servers.proxy, hub: servers.hub }))
          p50[name] = (await load(server, { ...settings, connections: 1, timeMs: 800 })).p50Ms;
        added.push((p50.hub - p50.direct) / (p50.proxy - p50.direct));
      }
      const figures = { median: median(added), least: Math.min(...added), range: [Math.min(...added), Math.max(...added)] };
      holds = report(`${title}: added p50 against the proxy's`, figures, latency, false) && holds;
    }
  }
  if (only === undefined || 'work'.includes(only)) await withWork();
} finally {
  for (const server of [partner, servers.proxy, servers.node]) server.stop();
  await servers.hub.stop();
}
process.exit(holds ? 0 : 1);

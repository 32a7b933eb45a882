// The hub hop against a raw piped node:http proxy in front of the same partner.
//   node packages/ocpi/bench/hub-hop.bench.mjs
import { fileURLToPath } from 'node:url';
import { location } from './lib/objects.mjs';
import { load, median, ratio, report, rounds, shares, startServer } from './lib/paired.mjs';

const script = (name) => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
const upstream = await startServer(script('upstream'));
const servers = {
  proxy: await startServer(script('proxy'), { target: upstream.origin }),
  hub: await startServer(script('hub'), { target: upstream.origin }),
};
const headers = {
  Authorization: `Token ${Buffer.from('bench-token').toString('base64')}`,
  'X-Request-ID': '3d0a1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11',
  'X-Correlation-ID': '9c1e1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11',
  'OCPI-from-country-code': 'NL',
  'OCPI-from-party-id': 'BEN',
  'OCPI-to-country-code': 'DE',
  'OCPI-to-party-id': 'EMS',
};
const loads = [
  { title: 'GET, 5 kB answer', method: 'GET', path: '/ocpi/2.2.1/sender/locations/LOC1', bar: 1, latency: true },
  { title: 'owned Location PUT, 5 kB', method: 'PUT', path: '/ocpi/2.2.1/receiver/locations/NL/BEN/LOC1', body: location, bar: 0.75 },
];
let holds = true;
try {
  for (const { title, bar, latency, ...one } of loads) {
    const settings = { ...one, headers, expect: '"status_code":1000' };
    const results = await rounds(servers, settings);
    holds = report(`${title}: req/s against the raw proxy`, ratio(results, 'hub', 'proxy', 'perSecond'), bar) && holds;
    shares(results);
    const cpu = ratio(results, 'hub', 'proxy', 'cpuUs', Math.min);
    console.log(
      `       ${`${title}: CPU a request against the raw proxy`.padEnd(58)} median ${cpu.median.toFixed(2).padStart(6)}  least disturbed ${cpu.least.toFixed(2).padStart(6)}`,
    );
    if (latency) holds = (await addedLatency(title, settings)) && holds;
  }
} finally {
  for (const server of [upstream, ...Object.values(servers)]) server.stop();
}
process.exit(holds ? 0 : 1);

/** What a hop adds to the median latency, one request at a time: ours against the proxy's. */
async function addedLatency(title, settings) {
  const added = [];
  for (let round = 0; round < 5; round += 1) {
    const p50 = {};
    for (const [name, server] of Object.entries({ direct: upstream, ...servers }))
      p50[name] = (await load(server, { ...settings, connections: 1, timeMs: 800 })).p50Ms;
    added.push((p50.hub - p50.direct) / (p50.proxy - p50.direct));
  }
  return report(
    `${title}: added p50 against the proxy's`,
    { median: median(added), least: Math.min(...added), range: [Math.min(...added), Math.max(...added)] },
    1.3,
    false,
  );
}

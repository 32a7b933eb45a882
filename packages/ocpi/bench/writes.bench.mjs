// OCPI writes: token, validation and envelope, against node:http + JSON.parse and Express 5 + express.json.
//   node packages/ocpi/bench/writes.bench.mjs
import { fileURLToPath } from 'node:url';
import { cdr, location, status } from './lib/objects.mjs';
import { ratio, report, rounds, shares, startServer } from './lib/paired.mjs';

const script = (name) => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
const servers = {
  node: await startServer(script('node')),
  express: await startServer(script('express')),
  ours: await startServer(script('ours')),
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
  {
    title: `CDR POST, ${(cdr.length / 1000).toFixed(1)} kB`,
    method: 'POST',
    path: '/ocpi/2.2.1/receiver/cdrs',
    body: cdr,
    overNode: 0.75,
    overExpress: 2,
  },
  {
    title: `Location PUT, ${(location.length / 1000).toFixed(1)} kB`,
    method: 'PUT',
    path: '/ocpi/2.2.1/receiver/locations/NL/BEN/LOC1',
    body: location,
    overNode: 0.75,
    overExpress: 2,
  },
  {
    title: `EVSE PATCH, ${status.length} B`,
    method: 'PATCH',
    path: '/ocpi/2.2.1/receiver/locations/NL/BEN/LOC1/3256',
    body: status,
    overExpress: 4,
  },
];
let holds = true;
try {
  for (const { title, overNode, overExpress, ...load } of loads) {
    const results = await rounds(servers, { ...load, headers, expect: '"status_code":1000' });
    holds = report(`${title}: req/s against Express`, ratio(results, 'ours', 'express', 'perSecond'), overExpress) && holds;
    const overBare = ratio(results, 'ours', 'node', 'perSecond');
    if (overNode) holds = report(`${title}: req/s against node:http`, overBare, overNode) && holds;
    else
      console.log(
        `       ${`${title}: req/s against node:http`.padEnd(58)} median ${overBare.median.toFixed(2).padStart(6)}  least disturbed ${overBare.least.toFixed(2).padStart(6)}`,
      );
    shares(results);
    const cpu = ratio(results, 'ours', 'node', 'cpuUs', Math.min);
    console.log(
      `       ${`${title}: CPU a request against node:http`.padEnd(58)} median ${cpu.median.toFixed(2).padStart(6)}  least disturbed ${cpu.least.toFixed(2).padStart(6)}`,
    );
  }
} finally {
  for (const server of Object.values(servers)) server.stop();
}
process.exit(holds ? 0 : 1);

// One PATCH to everybody, again and again, each begun when all of the living have the one before: by the hub, or by bare undici requests.
import { createHost, createHub, memoryCorrelations, Payload, partyKey, serve } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import * as v221 from '@evroam/ocpi/v221';
import { Pool } from 'undici';
import { status } from '../lib/objects.mjs';

const { origins, dead, way } = JSON.parse(process.argv[2]);
const PATH = '/locations/NL/BEN/LOC1/3256';
const ids = { 'x-request-id': '3d0a1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11', 'x-correlation-id': '9c1e1a0e-7e0e-4c1e-9d1c-2f6f2b1f1c11' };
const from = { 'ocpi-from-country-code': 'NL', 'ocpi-from-party-id': 'BEN' };
const hubParty = { country: 'NL', party: 'HUB' };
const bytes = Buffer.from(status);
/** A round gives for each copy how long after the push it was answered. */
const push = way === 'bare' ? byUndici() : byHub();

function byUndici() {
  const pools = origins.map((origin) => new Pool(origin, { connections: 16 }));
  const headers = { authorization: 'Token dG9rZW4=', ...ids, ...from, 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'P00' };
  const one = async (pool, started) => {
    const { body } = await pool.request({
      method: 'PATCH',
      path: `/ocpi/2.2.1/receiver${PATH}`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: bytes,
    });
    if (!(await body.text()).includes('"status_code":1000')) throw new Error('a bad answer');
    return performance.now() - started;
  };
  return () => {
    const started = performance.now();
    return Promise.all(pools.map((pool) => one(pool, started)));
  };
}

function byHub() {
  const all = dead === undefined ? origins : [...origins.slice(0, 7), dead, ...origins.slice(7)];
  const partyOf = (number) => ({ country: 'DE', party: `P${String(number).padStart(2, '0')}` });
  const connections = new Map(
    all.map((origin, number) => [
      partyKey(partyOf(number)),
      {
        partner: origin,
        version: '2.2.1',
        endpoints: [{ identifier: 'locations', role: 'RECEIVER', url: `${origin}/ocpi/2.2.1/receiver/locations` }],
        token: 'token',
        coding: 'base64',
        connected: true,
        hosts: [],
      },
    ]),
  );
  const audience = all.map((_, number) => partyOf(number));
  const url = 'http://127.0.0.1/ocpi';
  let delivered;
  const hub = createHub({
    party: hubParty,
    url,
    handle: http({ allow: ['loopback'], connections: 16 }),
    find: (to) => connections.get(partyKey(to)),
    connection: () => undefined,
    audience: () => audience,
    onDelivery: (delivery) => delivered(delivery),
    correlations: memoryCorrelations(),
    timeoutMs: 3000,
  });
  const partner = { id: 'bench', parties: new Set(['NLBEN']) };
  const host = createHost({
    url,
    authenticate: () => partner,
    intercept: (passing) => hub.intercept(passing),
    versions: { '2.2.1': [serve(v221.locations.receiver, { patchEvse: () => 'updated' })] },
  });
  host.warm();
  const headers = { authorization: 'Token dG9rZW4=', ...ids, ...from, 'ocpi-to-country-code': 'NL', 'ocpi-to-party-id': 'HUB' };
  return () =>
    new Promise((resolve, reject) => {
      const started = performance.now();
      const latencies = [];
      delivered = ({ ok, to, error }) => {
        if (!ok) {
          // The dead one fails by time-out, long after its round.
          if (connections.get(partyKey(to)).partner !== dead) reject(error);
          return;
        }
        latencies.push(performance.now() - started);
        if (latencies.length === origins.length) resolve(latencies);
      };
      host({ method: 'PATCH', url: `/ocpi/2.2.1/receiver${PATH}`, headers, body: Payload.raw(bytes) }).then(({ body }) => {
        if (!body.json.includes('"status_code":1000')) reject(new Error(body.json));
      }, reject);
    });
}

process.on('message', async ({ timeMs }) => {
  const latencies = [];
  const cpu = process.cpuUsage();
  const from = performance.now();
  while (performance.now() < from + timeMs) latencies.push(...(await push()));
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  process.send({
    perSecond: latencies.length / seconds,
    cpuUs: (user + system) / latencies.length,
    cpuShare: (user + system) / 1e6 / seconds,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
  });
});
process.on('disconnect', () => process.exit(0));
process.send({});

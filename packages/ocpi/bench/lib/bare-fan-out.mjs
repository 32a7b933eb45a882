// The bare work of a fan-out: the same bytes to each of many origins with undici, so many changes at once, and nothing else.
import { Pool } from 'undici';

const { origins, body, locations, timeMs } = JSON.parse(process.argv[2]);
const pools = origins.map((origin) => new Pool(origin, { connections: 32 }));
const bytes = Buffer.from(body);
const headers = { authorization: 'Token YmVuY2g=', 'content-type': 'application/json' };
let count = 0;
const tell = async (pool) => {
  const response = await pool.request({ path: '/locations/NL/BEN/LOC1', method: 'PUT', headers, body: bytes });
  const text = await response.body.text();
  if (!text.includes('"status_code":1000')) throw new Error(text);
  count += 1;
};
const all = () => Promise.all(pools.map(tell));
await all();
count = 0;
const started = performance.now();
const changing = async () => {
  while (performance.now() - started < timeMs) await all();
};
await Promise.all(Array.from({ length: locations }, changing));
process.send({ perSecond: (count * 1000) / (performance.now() - started), count }, () => process.exit(0));

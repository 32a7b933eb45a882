// Many eMSPs of OCPI 2.2.1 on bare node:http, each at its own port, that hear of locations; and the CPO that changes a location again as
// soon as all have heard of the last change. Told `{ silence: true }`, the last of them takes requests and says nothing.
import http from 'node:http';
import { success } from '../../../ocpi/bench/servers/announce.mjs';

const { count } = JSON.parse(process.argv[2]);
const bare = success();
const modules = ['credentials', 'locations', 'tariffs', 'sessions', 'cdrs', 'tokens', 'commands'];
const partyOf = (n) => `DE-${String(n).padStart(3, '0')}`;
let silent = false;
let heard = () => undefined;

const say = (response, data) => response.end(JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() }));
const open = (n) =>
  new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const here = `http://${request.headers.host}`;
        if (request.method === 'PUT') {
          if (silent && n === count - 1) return;
          heard(n, Buffer.concat(chunks).toString('latin1'));
          response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(bare) }).end(bare);
        } else if (request.url === '/versions') say(response, [{ version: '2.2.1', url: `${here}/details` }]);
        else if (request.url === '/details') {
          const endpoints = modules.map((identifier) => ({ identifier, role: 'RECEIVER', url: `${here}/${identifier}` }));
          say(response, { version: '2.2.1', endpoints });
        } else if (request.url === '/credentials') {
          const roles = [{ role: 'EMSP', country_code: 'DE', party_id: partyOf(n).slice(3), business_details: { name: 'bench' } }];
          say(response, { token: 'bench-token', url: `${here}/versions`, roles });
        } else say(response, []);
      });
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve(`http://127.0.0.1:${server.address().port}`));
  });

/** Changes `locations` locations for a while, each again when all that are not dead have heard; gives what was heard, and after how long. */
async function drive({ origin, token, locations, timeMs, alive }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: locations });
  const headers = {
    Authorization: `Token ${Buffer.from(token).toString('base64')}`,
    'Content-Type': 'application/json',
    'OCPI-from-country-code': 'NL',
    'OCPI-from-party-id': 'BEN',
    'OCPI-to-country-code': 'NL',
    'OCPI-to-party-id': 'HUB',
  };
  const latencies = [];
  const under = new Map();
  const started = performance.now();
  let changes = 0;
  let fault;
  const patch = (name) => {
    changes += 1;
    const mark = `mark-${name}-${changes}`;
    under.set(name, { mark, at: performance.now(), missing: new Set(Array.from({ length: alive }, (_, n) => n)) });
    const body = JSON.stringify({ name: mark, last_updated: new Date().toISOString() });
    const path = `${origin}/ocpi/2.2.1/receiver/locations/NL/BEN/${name}`;
    const request = http.request(path, { method: 'PATCH', agent, headers: { ...headers, 'Content-Length': body.length } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (!text.includes('"status_code":1000')) fault ??= text;
      });
    });
    request.on('error', (error) => {
      fault ??= error.message;
    });
    request.end(body);
  };
  await new Promise((resolve) => {
    heard = (n, text) => {
      const mark = /mark-(F\d+)-\d+/.exec(text);
      const one = mark && under.get(mark[1]);
      if (!one || one.mark !== mark[0] || !one.missing.delete(n)) return;
      latencies.push(performance.now() - one.at);
      if (one.missing.size > 0) return;
      under.delete(mark[1]);
      if (performance.now() - started < timeMs) patch(mark[1]);
      else if (under.size === 0) resolve();
    };
    for (let n = 0; n < locations; n += 1) patch(`F${n}`);
    setTimeout(resolve, timeMs + 20_000).unref();
  });
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const lost = [...under.values()].reduce((sum, { missing }) => sum + missing.size, 0);
  if (lost > 0) fault ??= `${lost} were not heard of in time`;
  const at = (part) => latencies[Math.floor(latencies.length * part)];
  return {
    perSecond: (latencies.length * 1000) / (performance.now() - started),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    count: latencies.length,
    fault,
  };
}

const origins = [];
for (let n = 0; n < count; n += 1) origins.push(await open(n));
process.on('disconnect', () => process.exit(0));
process.on('message', async (message) => {
  if ('silence' in message) {
    silent = message.silence;
    process.send({ silent });
  } else process.send(await drive(message));
});
process.send({ targets: origins.map((url, n) => ({ party: partyOf(n), url })) });

// The whole hub on the embedded PostgreSQL and Valkey, with two partners: BEN, which calls, and EMS, which is called. What was asked of it
// is durable when it answers; the work that follows (clearing, passing on) is not begun, so that a request is what is measured.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { location } from '../../../ocpi/bench/lib/objects.mjs';
import { compose } from '../../dist/compose.js';
import { openDatabase } from '../../dist/edges/database.js';
import { startEmbedded } from '../../dist/edges/embedded/start.js';
import { createLog } from '../../dist/edges/log.js';
import { openRedis } from '../../dist/edges/redis.js';
import { newAuthorityKey } from '../../dist/gateway/index.js';
import { wallClock } from '../../dist/kernel/clock.js';
import { newId } from '../../dist/kernel/ids.js';

const { target } = JSON.parse(process.argv[2]);
const OPERATOR = 'bench';
const folder = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
const embedded = await startEmbedded({ dataDir: join(folder, 'servers'), postgres: true, valkey: true, onEvent: () => undefined });
const end = async () => {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
};
process.on('disconnect', end);
process.on('message', end);

let listener = (_request, response) => response.writeHead(503).end();
const server = createServer((request, response) => listener(request, response));
await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const hub = await compose({
  database: await openDatabase({ url: embedded.databaseUrl, poolSize: 10 }),
  redis: await openRedis({ url: embedded.redisUrl }),
  log: createLog({ level: 'silent' }),
  clock: wallClock,
  newId,
  serverKey: Buffer.alloc(32, 7),
  publicUrl: origin,
  outboundAllow: ['127.0.0.0/8'],
  defaultCurrency: 'EUR',
  stationCaKey: newAuthorityKey(),
});
listener = hub.http;
await hub.auth.addOperator(OPERATOR, 'bench');
const { roaming } = hub;
await roaming.addHostedParty(OPERATOR, 'NL-EVR', 'emsp', 'evroam');
await roaming.addHostedParty(OPERATOR, 'NL-EVR', 'cpo', 'evroam');
const join2 = async (party, role, url) => {
  const { partnerId } = await roaming.invite(OPERATOR, { name: party, parties: [{ party, role }] });
  const done = await roaming.acceptInvitation(OPERATOR, partnerId, { versionsUrl: `${url}/versions`, token: 'token-a' });
  if (!done.accepted) throw new Error(`${party}: ${done.detail}`);
};
await join2('DE-EMS', 'emsp', target);

// The caller only registers: its server lives as long as that takes, and keeps the token with which the load will come.
let token = '';
const say = (response, data) => response.end(JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() }));
const caller = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const here = `http://${request.headers.host}`;
    if (request.url === '/versions') return say(response, [{ version: '2.2.1', url: `${here}/details` }]);
    if (request.url === '/details')
      return say(response, { version: '2.2.1', endpoints: [{ identifier: 'credentials', role: 'SENDER', url: `${here}/credentials` }] });
    ({ token } = JSON.parse(Buffer.concat(chunks).toString()));
    const roles = [{ role: 'CPO', country_code: 'NL', party_id: 'BEN', business_details: { name: 'bench' } }];
    say(response, { token: 'unused', url: `${here}/versions`, roles });
  });
});
await new Promise((resolve) => caller.listen(0, '127.0.0.1', resolve));
await join2('NL-BEN', 'cpo', `http://127.0.0.1:${caller.address().port}`);
caller.close();
caller.closeAllConnections();

const agreed = await roaming.activateAgreement(
  OPERATOR,
  {
    ...{ id: 'BEN-EMS', seller: 'NL-BEN', buyer: 'DE-EMS', sellerModel: 'agent', taxTreatment: 'domestic', currency: 'EUR' },
    ...{ tax: { name: 'VAT', rate: 210_000 }, rounding: 'perTotal', tolerance: {}, cycle: 'monthly', lateWindowDays: 14, signingKeys: {} },
    effectiveFrom: new Date(0),
  },
  { actor: 'bench', reason: 'bench' },
);
if (!agreed.accepted) throw new Error(agreed.detail);

const put = await fetch(`${origin}/ocpi/2.2.1/receiver/locations/NL/BEN/LOC1`, {
  method: 'PUT',
  headers: {
    authorization: `Token ${Buffer.from(token).toString('base64')}`,
    'content-type': 'application/json',
    'OCPI-to-country-code': 'NL',
    'OCPI-to-party-id': 'EVR',
  },
  body: location,
});
const answer = await put.json();
if (answer.status_code !== 1000) throw new Error(`the location was not taken: ${JSON.stringify(answer)}`);
process.send({ origin, token });

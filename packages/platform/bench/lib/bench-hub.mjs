// The whole hub on the embedded PostgreSQL and Valkey, in this process, for partners that a bench invents.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../dist/compose.js';
import { openDatabase } from '../../dist/edges/database.js';
import { startEmbedded } from '../../dist/edges/embedded/start.js';
import { createLog } from '../../dist/edges/log.js';
import { openRedis } from '../../dist/edges/redis.js';
import { newAuthorityKey } from '../../dist/gateway/index.js';
import { wallClock } from '../../dist/kernel/clock.js';
import { newId } from '../../dist/kernel/ids.js';
import { DEFAULT_TOLERANCE } from '../../dist/model/agreement.js';

export const OPERATOR = 'bench';

/** Ends with its parent, or when that says so. */
export async function openBenchHub() {
  const folder = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'servers'), postgres: true, valkey: true, onEvent: () => undefined });
  const end = async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.on('disconnect', end);
  process.on('message', (message) => message === 'end' && end());

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
    traces: { days: 14, bodies: process.env.BENCH_TRACE_BODIES ?? 'failed', linesASecond: 500 },
    defaultCurrency: 'EUR',
    stationCaKey: newAuthorityKey(),
  });
  listener = hub.http;
  await hub.auth.addOperator(OPERATOR, 'bench');
  const { roaming } = hub;
  await roaming.addHostedParty(OPERATOR, 'NL-EVR', 'emsp', 'evroam');
  await roaming.addHostedParty(OPERATOR, 'NL-EVR', 'cpo', 'evroam');

  /** Registers at a partner that is there. */
  async function join2(party, role, url) {
    const { partnerId } = await roaming.invite(OPERATOR, { name: party, parties: [{ party, role }] });
    const done = await roaming.acceptInvitation(OPERATOR, partnerId, { versionsUrl: `${url}/versions`, token: 'token-a' });
    if (!done.accepted) throw new Error(`${party}: ${done.detail}`);
    return partnerId;
  }

  /** A CPO that only registers: its server lives as long as that takes, and keeps the token with which the load will come. */
  async function joinCaller(party) {
    let token = '';
    const say = (response, data) => response.end(JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() }));
    const caller = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const here = `http://${request.headers.host}`;
        if (request.url === '/versions') return say(response, [{ version: '2.2.1', url: `${here}/details` }]);
        if (request.url === '/details')
          return say(response, {
            version: '2.2.1',
            endpoints: [{ identifier: 'credentials', role: 'SENDER', url: `${here}/credentials` }],
          });
        ({ token } = JSON.parse(Buffer.concat(chunks).toString()));
        const roles = [{ role: 'CPO', country_code: party.slice(0, 2), party_id: party.slice(3), business_details: { name: 'bench' } }];
        say(response, { token: 'unused', url: `${here}/versions`, roles });
      });
    });
    await new Promise((resolve) => caller.listen(0, '127.0.0.1', resolve));
    await join2(party, 'cpo', `http://127.0.0.1:${caller.address().port}`);
    caller.close();
    caller.closeAllConnections();
    return token;
  }

  async function agree(seller, buyer) {
    const agreed = await roaming.activateAgreement(
      OPERATOR,
      {
        ...{ id: `${seller}-${buyer}`, seller, buyer, sellerModel: 'agent', taxTreatment: 'domestic', currency: 'EUR' },
        ...{
          tax: { name: 'VAT', rate: 210_000 },
          rounding: 'perTotal',
          tolerance: DEFAULT_TOLERANCE,
          cycle: 'monthly',
          lateWindowDays: 14,
        },
        ...{ signingKeys: {}, effectiveFrom: new Date(0) },
      },
      { actor: 'bench', reason: 'bench' },
    );
    if (!agreed.accepted) throw new Error(agreed.detail);
  }

  /** Puts an object as that CPO. */
  async function put(token, to, path, body) {
    const response = await fetch(`${origin}/ocpi/2.2.1/receiver/${path}`, {
      method: 'PUT',
      headers: {
        authorization: `Token ${Buffer.from(token).toString('base64')}`,
        'content-type': 'application/json',
        'OCPI-to-country-code': to.slice(0, 2),
        'OCPI-to-party-id': to.slice(3),
      },
      body,
    });
    const answer = await response.json();
    if (answer.status_code !== 1000) throw new Error(`${path} was not taken: ${JSON.stringify(answer)}`);
  }

  return { hub, origin, join: join2, joinCaller, agree, put };
}

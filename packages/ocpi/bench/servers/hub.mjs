// This package as a hub: token, parties, a table of 2,000, headers rewritten, owned writes opened and checked, one log line each.
import { createHmac } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { createHost, createHub, memoryCorrelations, partyKey, serve } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { toListener } from '@evroam/ocpi/node';
import * as v221 from '@evroam/ocpi/v221';
import { announce, settings } from './announce.mjs';

const digest = (token) => createHmac('sha256', 'server-key').update(token).digest('hex');
const callers = new Map([[digest('bench-token'), { id: 'P0', parties: new Set(['NLBEN']) }]]);
const target = `${settings.target}/ocpi/2.2.1`;
const connections = new Map(
  Array.from({ length: 2000 }, (_, number) => {
    const endpoints = ['SENDER', 'RECEIVER'].map((role) => ({
      identifier: 'locations',
      role,
      url: `${target}/${role.toLowerCase()}/locations`,
    }));
    const party = number === 0 ? 'DEEMS' : `X${String.fromCharCode(65 + (number % 26))}${String(number).padStart(3, '0').slice(-3)}`;
    return [
      party,
      { partner: `P${number}`, version: '2.2.1', endpoints, token: `token-${number}`, coding: 'base64', connected: true, hosts: [] },
    ];
  }),
);
const log = openSync('/dev/null', 'w');
let lines = '';
function say(line) {
  lines += line;
  if (lines.length < 4096) return;
  writeSync(log, lines);
  lines = '';
}
const url = 'http://127.0.0.1/ocpi';
const audience = Array.from({ length: settings.audience ?? 0 }, () => ({ country: 'DE', party: 'EMS' }));
const hub = createHub({
  party: { country: 'NL', party: 'HUB' },
  url,
  handle: http({ allow: ['loopback'], connections: 32 }),
  find: (to) => connections.get(partyKey(to)),
  connection: () => undefined,
  audience: () => audience,
  correlations: memoryCorrelations(),
});
const host = createHost({
  url,
  authenticate: (token) => callers.get(digest(token)),
  intercept: async (passing) => {
    const answer = await hub.intercept(passing);
    say(`${passing.partner.id} ${passing.request.method} ${passing.module} ${answer?.status}\n`);
    return answer;
  },
  versions: { '2.2.1': [serve(v221.locations.receiver, { patchEvse: () => 'updated' }), serve(v221.locations.sender, {})] },
});
host.warm();
announce(createServer(toListener(host)));

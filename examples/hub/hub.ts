// A hub in one file: two platforms register, find each other through it, and never learn each other's address. `node dist/hub/hub.js`
import { randomBytes } from 'node:crypto';
import { type Connection, createHost, createHub, type HubCaller, memoryCorrelations, partyKey, registrar, serve } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { listen } from '@evroam/ocpi/node';
import { openSimulatedCpo, openSimulatedEmsp } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';

const party = { country: 'NL', party: 'EXH' };
const network = http({ allow: ['loopback'] }); // in production: http()
const newToken = () => randomBytes(24).toString('base64url');

// Three tables: whose token is it, how is a partner reached, and behind which partner is a party.
const callers = new Map<string, HubCaller>();
const connections = new Map<string, Connection>();
const homes = new Map<string, string>();

const server = await listen((request) => host(request));
const url = `${server.origin}/ocpi`;
const hub = createHub<HubCaller>({
  party,
  url,
  handle: network,
  find: (to) => connections.get(homes.get(partyKey(to)) ?? ''),
  connection: (partner) => connections.get(partner),
  correlations: memoryCorrelations(), // several nodes keep them in their database
});
const host = createHost<HubCaller>({
  url,
  authenticate: (token) => callers.get(token),
  intercept: async (passing) => {
    const answer = await hub.intercept(passing);
    const { from, to } = passing.routing;
    if (answer && from && to) console.log(`${partyKey(from)} -> ${partyKey(to)}: ${passing.request.method} ${passing.module}`);
    return answer;
  },
  versions: {
    '2.2.1': [
      serve(
        v221.credentials.sender,
        registrar<HubCaller>({
          handle: network,
          isRegistered: ({ registering }) => registering !== true,
          newToken,
          ours: (_, token) => ({
            token,
            url: `${url}/versions`,
            roles: [{ role: 'HUB', country_code: party.country, party_id: party.party, business_details: { name: 'Example hub' } }],
          }),
          save: ({ id }, { version, endpoints, token, coding, versionsUrl, credentials }, issued) => {
            const parties = new Set(
              credentials.roles.map(({ country_code, party_id }) => partyKey({ country: country_code, party: party_id })),
            );
            for (const key of parties) homes.set(key, id);
            for (const [old, caller] of callers) if (caller.id === id) callers.delete(old);
            callers.set(issued, { id, parties });
            connections.set(id, { partner: id, version, endpoints, token, coding, connected: true, hosts: [new URL(versionsUrl).host] });
            host.forget();
          },
          remove: ({ id }) => void connections.delete(id),
        }),
      ),
      // The hub lists what may pass; the parties themselves answer.
      ...[v221.locations, v221.tariffs, v221.sessions, v221.cdrs, v221.tokens, v221.commands].flatMap(({ sender, receiver }) => [
        serve(sender, {}),
        serve(receiver, {}),
      ]),
    ],
  },
});
const invite = (id: string) => {
  const token = newToken();
  callers.set(token, { id, parties: new Set(), registering: true });
  return { versionsUrl: host.versionsUrl, token };
};

const clock = { time: Date.parse('2026-03-02T10:00:00Z'), now: () => new Date(clock.time) };
const to = { country: 'NL', party: 'SIM' };
const cpo = await openSimulatedCpo({ party: to, clock });
const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EXE' }, to, clock });
await cpo.register(invite('cpo'));
await emsp.register(invite('emsp'));

console.log(`the eMSP read ${(await emsp.pull({ limit: 2 })).locations} locations, page by page`);
const [token] = emsp.tokens.all() as [v221.Token];
const { result } = await emsp.startSession({ token, location_id: 'LOC1', evse_uid: 'LOC1-E1' });
await cpo.tick();
console.log(`the station said ${(await result).result}`);
clock.time += 3_600_000;
const [session] = cpo.sessions.all() as [v221.Session];
await cpo.unplug(session.id);
console.log(
  `the eMSP has the CDR of ${emsp.cdrs[0]?.cdr.total_energy} kWh; to the CPO it is ${new URL(cpo.accepted.get(`${session.id}-CDR`) ?? '').pathname.slice(0, 10)}...`,
);
await Promise.all([cpo.close(), emsp.close(), server.close(), network.close()]);

// An eMSP in one file: it invites a CPO, reads its tariffs, starts a session for a driver, and checks the CDR before it keeps it.
// The CPO here is simulated and follows a clock; yours follows its stations. `node dist/emsp/emsp.js`
import { randomBytes } from 'node:crypto';
import {
  applyPatch,
  connect,
  crawl,
  createHost,
  endpointOf,
  type Host,
  OcpiError,
  type Registration,
  registrar,
  serve,
  toScaledBig,
} from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { listen } from '@evroam/ocpi/node';
import { openSimulatedCpo, seedTokens } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';

interface Partner {
  readonly name: string;
  readonly registering: boolean;
}
const clock = { time: Date.parse('2026-03-02T10:00:00Z'), now: () => new Date(clock.time) };
const network = http({ allow: ['loopback'] }); // in production: http()
const newToken = () => randomBytes(24).toString('base64url');

const tokenA = newToken();
const partners = new Map<string, Partner>([[tokenA, { name: 'the CPO', registering: true }]]);
const [driver] = seedTokens({ party: { country: 'DE', party: 'EXE' }, count: 1, at: clock.now() }) as [v221.Token];
const sessions = new Map<string, v221.Session>();
const results = new Map<string, (result: v221.CommandResult) => void>();
const cdrs = new Map<string, Buffer>();
let cpoIs: Registration | undefined;

const server = await listen((request) => host(request));
const url = `${server.origin}/ocpi`;
const host: Host = createHost<Partner>({
  url,
  authenticate: (token) => partners.get(token),
  versions: {
    '2.2.1': [
      serve(
        v221.credentials.sender,
        registrar<Partner>({
          handle: network,
          isRegistered: ({ registering }) => !registering,
          newToken,
          ours: (_, token) => ({
            token,
            url: `${url}/versions`,
            roles: [{ role: 'EMSP', country_code: 'DE', party_id: 'EXE', business_details: { name: 'Example eMSP' } }],
          }),
          save: ({ name }, registration, issued) => {
            partners.clear(); // token A is used up
            partners.set(issued, { name, registering: false });
            host.forget();
            cpoIs = registration;
          },
          remove: () => partners.clear(),
        }),
      ),
      serve(v221.tokens.sender, {
        list: () => ({ items: [driver], total: 1 }),
        authorize: ({ params }) => {
          if (params.token_uid !== driver.uid) throw new OcpiError('unknown-token');
          return { allowed: 'ALLOWED', token: driver };
        },
      }),
      serve(v221.sessions.receiver, {
        put: ({ body }) => {
          sessions.set(body.id, body);
          return 'created';
        },
        patch: ({ params, body }) => {
          const known = sessions.get(params.session_id);
          if (!known) throw new OcpiError('not-found'); // the CPO then sends the whole
          sessions.set(known.id, applyPatch(known, body));
          return 'updated';
        },
      }),
      serve(v221.commands.sender, {
        result: ({ params, body }) => {
          results.get(params.uid)?.(body);
          return 'updated';
        },
      }),
      serve(v221.cdrs.receiver, {
        post: ({ body, payload }) => {
          // Money is compared as integers; the bytes are kept as they came, for they are the evidence.
          const energy = body.charging_periods.flatMap(({ dimensions }) => dimensions).filter(({ type }) => type === 'ENERGY');
          const sum = energy.reduce((total, { volume }) => total + (toScaledBig(volume, 4, 'round') ?? 0n), 0n);
          if (sum !== toScaledBig(body.total_energy, 4, 'round'))
            throw new OcpiError('invalid', 'the periods do not add up to total_energy');
          cdrs.set(body.id, payload.raw);
          return { created: `${host.endpoint('2.2.1', 'cdrs', 'RECEIVER')}/${body.id}` };
        },
      }),
    ],
  },
});

const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'SIM' }, clock, locations: 4 });
await cpo.register({ versionsUrl: host.versionsUrl, token: tokenA });
const { endpoints, token, coding, version } = cpoIs as unknown as Registration;
console.log(`the CPO registered, OCPI ${version}`);
const to = (module: string, role: 'SENDER' | 'RECEIVER') => ({ url: endpointOf(endpoints, module, role), token, coding });

for await (const { items } of crawl(connect(v221.tariffs.sender, network, to('tariffs', 'SENDER')).list))
  for (const { id, elements } of items) console.log(`tariff ${id}: ${elements[0]?.price_components[0]?.price} EUR per kWh`);

const result = new Promise<v221.CommandResult>((resolve) => results.set('start-1', resolve));
const response_url = `${host.endpoint('2.2.1', 'commands', 'SENDER')}/START_SESSION/start-1`;
await connect(v221.commands.receiver, network, to('commands', 'RECEIVER')).startSession({
  body: { response_url, token: driver, location_id: 'LOC2' },
});
await cpo.tick();
console.log(`start: ${(await result).result}`);

clock.time += 2 * 3_600_000;
await cpo.tick();
const [session] = [...sessions.values()] as [v221.Session];
console.log(`session ${session.id}: ${session.kwh} kWh, ${session.total_cost?.excl_vat} ${session.currency}`);
await cpo.unplug(session.id);
for (const [id, raw] of cdrs) console.log(`CDR ${id}: ${raw.length} bytes kept`);
await Promise.all([cpo.close(), server.close(), network.close()]);

// A CPO in one file: it registers at a partner, offers its locations, obeys START_SESSION, and bills with a CDR.
// Its partner here is the simulated eMSP; yours is a platform that gave you a versions URL and a token. `node dist/cpo/cpo.js`
import { randomBytes } from 'node:crypto';
import { connect, createHost, endpointOf, type Handle, OcpiError, type Registration, register, sameText, serve } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { listen } from '@evroam/ocpi/node';
import { openSimulatedEmsp, seedLocations, seedTariffs } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';

const party = { country: 'NL', party: 'EXC' };
const at = new Date('2026-03-02T10:00:00Z');
const locations = seedLocations({ party, count: 3, at });
const [tariff] = seedTariffs({ party, count: 1, at }) as [v221.Tariff];
const network = http({ allow: ['loopback'] }); // in production: http()

const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EXE' }, clock: { now: () => at } });
let partner: Registration | undefined;
let tokenB = '';

// What we serve. The partner is whoever presents token B.
let host: Handle = async () => {
  throw new OcpiError('unavailable');
};
const server = await listen((request) => host(request));
const starts: Promise<void>[] = [];
host = createHost<{ name: string }>({
  url: `${server.origin}/ocpi`,
  authenticate: (token) => (token === tokenB ? { name: 'the eMSP' } : undefined),
  versions: {
    '2.2.1': [
      serve(v221.locations.sender, {
        list: ({ window }) => ({ items: locations.slice(window.offset, window.offset + window.limit), total: locations.length }),
      }),
      serve(v221.tariffs.sender, { list: () => ({ items: [tariff], total: 1 }) }),
      serve(v221.commands.receiver, {
        startSession: ({ body, partner: { name } }) => {
          console.log(`${name} starts at ${body.location_id} for ${body.token.uid}`);
          if (!locations.some(({ id }) => sameText(id, body.location_id))) throw new OcpiError('unknown-location');
          starts.push(charge(body)); // the answer goes out at once; what the station says follows
          return { result: 'ACCEPTED', timeout: 30 };
        },
      }),
      serve(v221.credentials.sender, {}), // this CPO registers at others; nobody registers here
    ],
  },
});

// Registration: token A is the partner's invitation, token B is ours for the partner, token C comes back.
tokenB = randomBytes(24).toString('base64url');
const business_details = { name: 'Example CPO' };
partner = await register({
  handle: network,
  ...emsp.invite(),
  ours: {
    token: tokenB,
    url: `${server.origin}/ocpi/versions`,
    roles: [{ role: 'CPO', country_code: 'NL', party_id: 'EXC', business_details }],
  },
  expect: () => undefined, // a platform would store token B here, before the partner comes with it
});
console.log(`registered, OCPI ${partner.version}, ${partner.endpoints.length} endpoints`);

/** What the station would do: confirm, charge for an hour, end. */
async function charge({ response_url, token, location_id, authorization_reference }: v221.StartSession): Promise<void> {
  const { token: tokenC, coding, endpoints } = partner as Registration;
  const to = (module: string) => ({ url: endpointOf(endpoints, module, 'RECEIVER'), token: tokenC, coding });
  await connect(v221.commands.sender, network, { url: response_url, token: tokenC, coding }).result({
    at: response_url,
    body: { result: 'ACCEPTED' },
  });

  const { country_code, party_id, uid, type, contract_id } = token;
  const location = locations.find(({ id }) => id === location_id) as v221.Location;
  const [evse] = location.evses as [v221.EVSE];
  const [connector] = evse.connectors as [v221.Connector];
  const session: v221.Session = {
    country_code: 'NL',
    party_id: 'EXC',
    id: 'S1',
    start_date_time: '2026-03-02T10:00:00Z',
    end_date_time: '2026-03-02T11:00:00Z',
    kwh: 11,
    cdr_token: { country_code, party_id, uid, type, contract_id },
    auth_method: 'COMMAND',
    ...(authorization_reference === undefined ? {} : { authorization_reference }),
    location_id,
    evse_uid: evse.uid,
    connector_id: connector.id,
    currency: 'EUR',
    charging_periods: [
      {
        start_date_time: '2026-03-02T10:00:00Z',
        dimensions: [
          { type: 'ENERGY', volume: 11 },
          { type: 'TIME', volume: 1 },
        ],
        tariff_id: tariff.id,
      },
    ],
    total_cost: { excl_vat: 4.4 },
    status: 'COMPLETED',
    last_updated: '2026-03-02T11:00:00Z',
  };
  await connect(v221.sessions.receiver, network, to('sessions')).put({
    params: { country_code: 'NL', party_id: 'EXC', session_id: 'S1' },
    body: session,
  });

  const { kwh: _, location_id: __, evse_uid: ___, connector_id: ____, status: _____, ...shared } = session;
  const { id, address, city, country, coordinates } = location;
  const { location: url } = await connect(v221.cdrs.receiver, network, to('cdrs')).post({
    body: {
      ...shared,
      id: 'C1',
      session_id: session.id,
      end_date_time: '2026-03-02T11:00:00Z',
      cdr_location: {
        id,
        address,
        city,
        country,
        coordinates,
        evse_uid: evse.uid,
        evse_id: evse.evse_id ?? '#NA',
        connector_id: connector.id,
        connector_standard: connector.standard,
        connector_format: connector.format,
        connector_power_type: connector.power_type,
      },
      tariffs: [tariff],
      charging_periods: session.charging_periods ?? [],
      total_cost: { excl_vat: 4.4, incl_vat: 5.32 },
      total_energy: 11,
      total_time: 1,
    },
  });
  console.log(`CDR kept at ${new URL(url ?? '').pathname}`);
}

// The eMSP's side of the story.
console.log(`the eMSP read ${(await emsp.pull()).locations} locations`);
const [token] = emsp.tokens.all() as [v221.Token];
const { result } = await emsp.startSession({ token, location_id: 'LOC1', authorization_reference: 'REF-1' });
console.log(`the station said ${(await result).result}`);
await Promise.all(starts);
console.log(`the eMSP has ${emsp.cdrs.length} CDR of ${emsp.cdrs[0]?.cdr.total_cost.excl_vat} EUR`);
await Promise.all([emsp.close(), server.close(), network.close()]);

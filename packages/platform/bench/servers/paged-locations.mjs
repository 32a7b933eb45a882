// A CPO of OCPI 2.2.1 on bare node:http with so many EVSEs, ten to a location, all changed just now: its pages are made when they are asked
// for, so that only the hub's memory grows, if anything does.
import http from 'node:http';
import { announce } from '../../../ocpi/bench/servers/announce.mjs';

const { evses } = JSON.parse(process.argv[2]);
const PER_LOCATION = 10;
const PAGE = 100;
const total = evses / PER_LOCATION;
const changed = new Date().toISOString();
const owner = { country_code: 'NL', party_id: 'BIG' };
const connector = {
  ...{ id: '1', standard: 'IEC_62196_T2', format: 'SOCKET', power_type: 'AC_3_PHASE', max_voltage: 230, max_amperage: 32 },
  last_updated: changed,
};
const location = (n) => ({
  ...owner,
  ...{ id: `L${n}`, publish: true, address: 'Weg 1', city: 'Utrecht', country: 'NLD', time_zone: 'Europe/Amsterdam' },
  coordinates: { latitude: '52.09070', longitude: '5.12140' },
  evses: Array.from({ length: PER_LOCATION }, (_, e) => ({
    ...{ uid: `E${n}-${e}`, evse_id: `NL*BIG*E${n}*${e}`, status: 'AVAILABLE', connectors: [connector], last_updated: changed },
  })),
  last_updated: changed,
});

announce(
  http.createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const origin = `http://${request.headers.host}`;
      const url = new URL(request.url, origin);
      const say = (data, headers = {}) =>
        response
          .writeHead(200, { 'Content-Type': 'application/json', ...headers })
          .end(JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() }));
      if (url.pathname === '/versions') return say([{ version: '2.2.1', url: `${origin}/details` }]);
      if (url.pathname === '/details') {
        const endpoints = ['credentials', 'locations'].map((identifier) => ({
          identifier,
          role: 'SENDER',
          url: `${origin}/${identifier}`,
        }));
        return say({ version: '2.2.1', endpoints });
      }
      if (url.pathname === '/credentials')
        return say({ token: 't', url: `${origin}/versions`, roles: [{ role: 'CPO', ...owner, business_details: { name: 'big' } }] });
      const offset = Number(url.searchParams.get('offset') ?? 0);
      const count = Math.max(0, Math.min(PAGE, total - offset));
      const next = offset + PAGE < total ? { Link: `<${origin}/locations?offset=${offset + PAGE}&limit=${PAGE}>; rel="next"` } : {};
      say(
        Array.from({ length: count }, (_, n) => location(offset + n)),
        { 'X-Total-Count': String(total), 'X-Limit': String(PAGE), ...next },
      );
    });
  }),
);

// The partner behind the hub, of OCPI 2.2.1, on bare node:http: it can be registered at, and answers the rest with constants:
// 5 kB to GET of an object, none to that of a list, a short answer to writes.
import http from 'node:http';
import { location } from '../../../ocpi/bench/lib/objects.mjs';
import { announce, success } from '../../../ocpi/bench/servers/announce.mjs';

const whole = `{"data":${location},${success().slice(1)}`;
const none = `{"data":[],${success().slice(1)}`;
const bare = success();
let origin = '';
const modules = ['credentials', 'locations', 'tariffs', 'sessions', 'cdrs', 'tokens', 'commands'];
const say = (response, data) => {
  const body = JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
};
const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    origin = `http://${request.headers.host}`;
    if (request.url === '/versions') return say(response, [{ version: '2.2.1', url: `${origin}/details` }]);
    if (request.url === '/details') {
      const endpoints = modules.flatMap((identifier) =>
        ['SENDER', 'RECEIVER'].map((role) => ({ identifier, role, url: `${origin}/${role}/${identifier}` })),
      );
      return say(response, { version: '2.2.1', endpoints });
    }
    if (request.url.endsWith('/credentials')) {
      const roles = [{ role: 'EMSP', country_code: 'DE', party_id: 'EMS', business_details: { name: 'bench' } }];
      return say(response, { token: 'bench-token', url: `${origin}/versions`, roles });
    }
    const isList = request.method === 'GET' && /^\/\w+\/\w+(\?|$)/.test(request.url);
    const body = isList ? none : request.method === 'GET' ? whole : bare;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'X-Limit': '100' }).end(body);
  });
});
announce(server);

// The partner behind a hub: a constant answer of 5 kB to GET, a short one to writes.
import http from 'node:http';
import { location } from '../lib/objects.mjs';
import { announce, success } from './announce.mjs';

const whole = `{"data":${location},${success().slice(1)}`;
announce(
  http.createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const body = request.method === 'GET' ? whole : success();
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'X-Limit': '100' });
      response.end(body);
    });
  }),
);

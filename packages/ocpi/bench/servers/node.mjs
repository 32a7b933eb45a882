// The limit: node:http, JSON.parse, a constant envelope; no token, no check.
import http from 'node:http';
import { announce, success } from './announce.mjs';

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method !== 'GET') JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString());
    const body = success();
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
});
announce(server);

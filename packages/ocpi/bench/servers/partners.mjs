// Fifty partners on ports of their own, who answer at once, and one who takes every request and never answers.
import http from 'node:http';
import { success } from './announce.mjs';

const { count } = JSON.parse(process.argv[2]);
const answer = (request, response) => {
  request.resume();
  request.on('end', () => {
    const body = success();
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
};
const open = (listener) =>
  new Promise((resolve) => {
    const server = http.createServer({ keepAliveTimeout: 60_000 }, listener);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
const origins = await Promise.all(Array.from({ length: count }, () => open(answer)));
process.send({ origins, dead: await open((request) => request.resume()) });
process.on('disconnect', () => process.exit(0));

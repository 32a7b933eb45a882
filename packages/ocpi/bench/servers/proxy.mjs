// The base of the hub hop: node:http that pipes both bodies and looks at nothing.
import http from 'node:http';
import { announce, settings } from './announce.mjs';

const target = new URL(settings.target);
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
announce(
  http.createServer((request, response) => {
    const onward = http.request(
      {
        host: target.hostname,
        port: target.port,
        path: request.url,
        method: request.method,
        agent,
        headers: { ...request.headers, host: target.host },
      },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }),
);

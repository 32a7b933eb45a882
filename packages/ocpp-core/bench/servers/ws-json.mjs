// The least that a server in JavaScript can do: ws, JSON.parse, JSON.stringify, no checks.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { answerTo, port } from './answers.mjs';

const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: 1 << 20,
  handleProtocols: (offered) => [...offered].find((name) => name === 'ocpp1.6' || name === 'ocpp2.0.1') ?? false,
});
const server = createServer((_request, response) => response.writeHead(404).end());
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('message', (data) => {
      const [type, id, action] = JSON.parse(data.toString());
      if (type === 2) ws.send(JSON.stringify([3, id, answerTo(action)]));
    });
    ws.on('error', () => {});
  }),
);
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

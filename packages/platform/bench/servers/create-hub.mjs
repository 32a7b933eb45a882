// What a server does that writes each MeterValues with one create() of an ORM before it answers: ws, JSON, Sequelize, a pool of 8, no checks.
//   DATABASE_URL=... node servers/create-hub.mjs
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { DataTypes, Sequelize } from 'sequelize';
import { WebSocketServer } from 'ws';

const sequelize = new Sequelize(process.env.DATABASE_URL, { dialect: 'postgres', logging: false, pool: { max: 8 } });
const Reading = sequelize.define(
  'bench_reading',
  {
    transaction: { type: DataTypes.BIGINT, primaryKey: true },
    at: { type: DataTypes.DATE, primaryKey: true },
    digest: { type: DataTypes.BLOB, primaryKey: true },
    samples: { type: DataTypes.JSONB, allowNull: false },
  },
  { timestamps: false },
);
await Reading.sync({ force: true });

async function answerTo(action, payload, text) {
  if (action === 'BootNotification') return { currentTime: new Date().toISOString(), interval: 300, status: 'Accepted' };
  if (action === 'MeterValues') {
    const digest = createHash('sha256').update(text).digest().subarray(0, 8);
    const [{ timestamp }] = payload.meterValue;
    await Reading.create({ transaction: payload.transactionId, at: timestamp, digest, samples: payload.meterValue });
  }
  return {};
}

const sockets = new WebSocketServer({ noServer: true, clientTracking: false, handleProtocols: () => 'ocpp1.6' });
const server = createServer((_request, response) => response.writeHead(404).end());
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('message', async (data) => {
      const text = data.toString();
      const [type, id, action, payload] = JSON.parse(text);
      if (type === 2) ws.send(JSON.stringify([3, id, await answerTo(action, payload, text)]));
    });
  }),
);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send({ port: server.address().port }));

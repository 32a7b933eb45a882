// The npm package ocpp-rpc, strict, pings off.
import { RPCServer } from 'ocpp-rpc';
import { answerTo, port } from './answers.mjs';

const server = new RPCServer({ protocols: ['ocpp1.6', 'ocpp2.0.1'], strictMode: true, pingIntervalMs: 0 });
server.auth((accept) => accept({}));
server.on('client', (client) => {
  for (const action of ['BootNotification', 'Heartbeat', 'MeterValues', 'TransactionEvent']) client.handle(action, () => answerTo(action));
});
await server.listen(port, '127.0.0.1');

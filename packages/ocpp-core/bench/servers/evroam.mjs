import { handlersFor, warm } from '../../dist/index.js';
import * as v16 from '../../dist/v16/index.js';
import * as v201 from '../../dist/v201/index.js';
import { serveOcpp, speak } from '../../dist/websocket/index.js';
import { sleep } from '../measure.mjs';
import { answerTo, port } from './answers.mjs';

const handlers16 = handlersFor('csms', v16);
for (const action of [v16.BootNotification, v16.Heartbeat, v16.MeterValues]) handlers16.handle(action, async () => answerTo(action.name));
const handlers201 = handlersFor('csms', v201).handle(v201.TransactionEvent, async () => answerTo('TransactionEvent'));
warm([v16.BootNotification, v16.Heartbeat, v16.MeterValues, v201.TransactionEvent]);
const server = await serveOcpp({
  host: '127.0.0.1',
  port,
  path: '/ocpp/',
  authenticate: async () => ({ accepted: true }),
  versions: [speak(v16, undefined, { handlers: handlers16 }), speak(v201, undefined, { handlers: handlers201 })],
  // One address plays all stations here.
  limits: { handshakesPerMinuteOfAddress: 1e9, handshakesPerMinuteOfIdentity: 1e9 },
});

// Commands to a station one after the other, from its name on until told to stop: here, where no charger of the generator's delays them.
let times;
process.on('message', async ({ identity }) => {
  if (identity === undefined) {
    process.send(times);
    times = undefined;
    return;
  }
  const taken = [];
  times = taken;
  const { endpoint } = server.connections.get(identity);
  while (times === taken) {
    const begun = performance.now();
    await endpoint.call(v16.ClearCache, {});
    taken.push(performance.now() - begun);
    await sleep(2);
  }
});

// A whole hub, its PostgreSQL and Valkey elsewhere. Tells its parent where stations connect; carries a command when asked.
//   DATABASE_URL=... REDIS_URL=... EVROAM_DATA=... node servers/fleet-hub.mjs
import { createLog } from '../../dist/edges/log.js';
import { readConfig, startHub } from '../../dist/index.js';

const { hub, operatorId, addresses, stop } = await startHub(readConfig(process.env), { log: createLog({ level: 'error' }) });

process.on('message', async ({ ask, id, identity }) => {
  if (ask === 'command') {
    const begun = performance.now();
    const asked = await hub.gateway.ask(operatorId, identity, { kind: 'clearCache' });
    const kept = await hub.gateway.answered(operatorId, asked.requestId, 20_000);
    process.send({ id, outcome: kept.answer?.outcome ?? kept.state, ms: performance.now() - begun });
  } else if (ask === 'stop') {
    await stop();
    process.exit(0);
  }
});
process.send({ port: Number(new URL(addresses.ocpp.replace('<identity>', '')).port) });

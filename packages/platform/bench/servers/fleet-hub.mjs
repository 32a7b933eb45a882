// A whole hub with its embedded PostgreSQL and Valkey beside it, and so many stations on record. Tells its parent their passwords.
//   node servers/fleet-hub.mjs FOLDER STATIONS
import { join } from 'node:path';
import { startEmbedded } from '../../dist/edges/embedded/start.js';
import { createLog } from '../../dist/edges/log.js';
import { readConfig, startHub } from '../../dist/index.js';

const [folder, stations] = [process.argv[2], Number(process.argv[3])];
const embedded = await startEmbedded({ dataDir: join(folder, 'servers'), postgres: true, valkey: true, throwaway: true });
const config = readConfig({
  DATABASE_URL: embedded.databaseUrl,
  REDIS_URL: embedded.redisUrl,
  EVROAM_DATA: folder,
  EVROAM_PORT: '0',
  EVROAM_OCPP_PORT: '0',
});
const { hub, operatorId, addresses, stop } = await startHub(config, { log: createLog({ level: 'error' }) });

const owner = 'NL-EVR';
const updatedAt = new Date();
const PER_LOCATION = 20;
const token = {
  issuer: owner,
  uid: 'CARD',
  type: 'rfid',
  contractId: 'NL-EVR-C1',
  issuerName: 'E',
  valid: true,
  whitelist: 'always',
  updatedAt,
};
await hub.users.putToken(operatorId, token);
const connector = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'socket',
  powerType: 'ac3Phase',
  maxVoltage: 230,
  maxAmperage: 32,
  tariffIds: [],
  updatedAt,
};
const passwords = [];
for (let first = 0; first < stations; first += PER_LOCATION) {
  const here = Array.from({ length: Math.min(PER_LOCATION, stations - first) }, (_, i) => first + i);
  const status = { status: 'unknown', statusSource: 'operator', statusAt: updatedAt, updatedAt };
  const location = {
    owner,
    id: `L${first}`,
    address: 'A',
    city: 'C',
    country: 'NLD',
    coordinates: { latitude: '52.0', longitude: '5.0' },
    timeZone: 'Europe/Amsterdam',
    publish: true,
    evses: here.map((n) => ({ uid: `E${n}`, capabilities: [], connectors: [connector], ...status })),
    updatedAt,
  };
  await hub.stations.putLocation(operatorId, location);
  const added = await Promise.all(
    here.map((n) =>
      hub.stations.addStation(operatorId, {
        id: `CP${n}`,
        owner,
        locationId: location.id,
        connectors: [{ number: 1, evseUid: `E${n}`, connectorId: '1' }],
      }),
    ),
  );
  passwords.push(...added.map(({ password }) => password));
}
process.on('message', async ({ ask, identity }) => {
  if (ask === 'command') {
    const begun = performance.now();
    const asked = await hub.gateway.ask(operatorId, identity, { kind: 'clearCache' });
    const kept = await hub.gateway.answered(operatorId, asked.requestId, 20_000);
    process.send({ outcome: kept.answer?.outcome ?? kept.state, ms: performance.now() - begun });
  } else if (ask === 'stop') {
    await stop();
    await embedded.stop();
    process.exit(0);
  }
});
process.send({
  port: Number(new URL(addresses.ocpp.replace('<identity>', '')).port),
  passwords,
  postgres: embedded.pids().services.postgres,
});

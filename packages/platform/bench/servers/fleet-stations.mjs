// Puts so many stations on record, as a hub of its own that ends afterwards; tells its parent their passwords.
//   DATABASE_URL=... REDIS_URL=... EVROAM_DATA=... node servers/fleet-stations.mjs STATIONS
import { createLog } from '../../dist/edges/log.js';
import { readConfig, startHub } from '../../dist/index.js';

const stations = Number(process.argv[2]);
const { hub, operatorId, stop } = await startHub(readConfig(process.env), { log: createLog({ level: 'error' }) });

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
await stop();
process.send(passwords, () => process.exit(0));

// Memory of a server with idle booted chargers, the whole process.
//   node packages/ocpp-core/bench/memory.bench.mjs [chargers] [rounds]
import { Charger, connectAll, prepareCall } from './charger.mjs';
import { median, memoryBytes, ratios, sleep, table } from './measure.mjs';
import { payloads } from './payloads.mjs';
import { judge, servers, start } from './server.mjs';

const chargers = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);

/** A fresh server, warmed, with so many chargers that booted once and are silent. Gives bytes. */
async function fill(name) {
  const server = await start(name);
  const boot = prepareCall('BootNotification', payloads.BootNotification);
  const booted = (charger) =>
    new Promise((resolve, reject) => {
      charger.heard = (ok) => (ok ? resolve() : reject(new Error(`${name} refused a boot`)));
      charger.send(boot);
    });
  const bootAll = async (list) => {
    for (let at = 0; at < list.length; at += 100) await Promise.all(list.slice(at, at + 100).map(booted));
  };
  // The code is compiled and the heap grown before anything is counted.
  const warm = Array.from({ length: 50 }, (_, at) => new Charger(server.port, `WARM${at}`, 'ocpp1.6'));
  await connectAll(warm);
  for (let turn = 0; turn < 20; turn += 1) await bootAll(warm);
  for (const charger of warm) charger.drop();
  const all = Array.from({ length: chargers }, (_, at) => new Charger(server.port, `CP${at}`, 'ocpp1.6'));
  await connectAll(all);
  await bootAll(all);
  await sleep(3_000);
  const bytes = memoryBytes(server.pid);
  for (const charger of all) charger.drop();
  await server.stop();
  await sleep(300);
  return bytes;
}

const bytes = { base: [], peer: [], ours: [] };
for (let round = 0; round < rounds; round += 1) for (const role of Object.keys(servers)) bytes[role].push(await fill(servers[role]));
console.log(`Memory of the server process with ${chargers} idle booted chargers; ${rounds} rounds in turn\n`);
table([['server', 'MB'], ...Object.keys(servers).map((role) => [servers[role], (median(bytes[role]) / 2 ** 20).toFixed(0)])]);
console.log();
const base = ratios(bytes.ours, bytes.base);
const peer = ratios(bytes.ours, bytes.peer);
judge([
  { what: 'memory of ws+JSON, median', value: base.median, most: 1.25 },
  { what: 'memory of ws+JSON, least', value: base.least, most: 1.25 },
  { what: 'memory of ocpp-rpc strict, median', value: peer.median, most: 0.65 },
  { what: 'memory of ocpp-rpc strict, least', value: peer.least, most: 0.65 },
]);

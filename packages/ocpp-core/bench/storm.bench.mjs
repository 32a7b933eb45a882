// All chargers are cut, all come back at once and boot: time until the last is accepted, and what it does to commands meanwhile.
//   node packages/ocpp-core/bench/storm.bench.mjs [chargers] [rounds]
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Charger, connectAll, prepareCall } from './charger.mjs';
import { median, ratios, sleep, table } from './measure.mjs';
import { payloads } from './payloads.mjs';
import { judge, servers, start } from './server.mjs';

const chargers = Number(process.argv[2] ?? 2_000);
const rounds = Number(process.argv[3] ?? 7);
const boot = prepareCall('BootNotification', payloads.BootNotification);

/** One charger comes back, as often as it takes. */
async function comeBack(charger) {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await charger.connect();
      const accepted = await new Promise((resolve) => {
        charger.lost = () => resolve(false);
        charger.heard = (ok, data, body, length) => resolve(ok && data.toString('latin1', body, body + length).includes('Accepted'));
        charger.send(boot);
      });
      if (accepted) return true;
    } catch {
      // Cut again: it tries once more.
    }
    await sleep(50);
  }
  return false;
}

const fresh = (server) => Array.from({ length: chargers }, (_, at) => new Charger(server.port, `CP${at}`, 'ocpp1.6'));

const p99 = (times) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * 0.99))];

async function storm(server, withCommands) {
  const before = fresh(server);
  await connectAll(before);
  const idle = withCommands ? server.commands('STAYS') : undefined;
  if (idle) await sleep(1_000);
  const idleMs = await idle?.();
  for (const charger of before) charger.drop();
  await sleep(300);
  const busy = withCommands ? server.commands('STAYS') : undefined;
  const begun = performance.now();
  const back = fresh(server);
  const accepted = (await Promise.all(back.map(comeBack))).filter(Boolean).length;
  const seconds = (performance.now() - begun) / 1_000;
  const busyMs = await busy?.();
  for (const charger of back) charger.drop();
  await sleep(300);
  return { seconds, lost: chargers - accepted, idleMs, busyMs };
}

const running = {};
for (const [role, name] of Object.entries(servers)) running[role] = await start(name);
// The generator's own delays must not count as the server's.
const stays = fork(fileURLToPath(new URL('./stays.mjs', import.meta.url)), [String(running.ours.port)]);
await new Promise((resolve) => stays.once('message', resolve));
const seconds = { base: [], peer: [], ours: [] };
let lost = 0;
for (let round = 0; round < rounds; round += 1) {
  for (const role of Object.keys(servers)) {
    const result = await storm(running[role], false);
    seconds[role].push(result.seconds);
    if (role === 'ours') lost += result.lost;
  }
}
const idleMs = [];
const busyMs = [];
// Chargers have processors of their own: ours must not take that of the station, or of the server, while commands are timed.
setPriority(0, constants.priority.PRIORITY_LOW);
for (let round = 0; round < rounds; round += 1) {
  const result = await storm(running.ours, true);
  idleMs.push(...result.idleMs);
  busyMs.push(...result.busyMs);
  lost += result.lost;
}
stays.kill();
for (const server of Object.values(running)) await server.stop();
console.log(`${chargers} chargers return at once and boot; ${rounds} rounds in turn\n`);
table([['server', 's to the last Accepted'], ...Object.keys(servers).map((role) => [servers[role], median(seconds[role]).toFixed(2)])]);
console.log();
const peer = ratios(seconds.ours, seconds.peer);
judge([
  { what: 'time of ocpp-rpc strict, median', value: peer.median, most: 0.75 },
  { what: 'time of ocpp-rpc strict, least', value: peer.least, most: 0.75 },
  { what: 'chargers lost', value: lost, most: 0 },
  { what: 'p99 of a command meanwhile, of the idle one', value: p99(busyMs) / p99(idleMs), most: 3 },
]);
console.log(
  `  p99 of ${idleMs.length} idle commands ${p99(idleMs).toFixed(1)} ms, of ${busyMs.length} in the storm ${p99(busyMs).toFixed(1)} ms`,
);

// CPU of the server for a checked round trip, against ws + JSON without any check and against ocpp-rpc in strict mode.
//   node packages/ocpp-core/bench/round-trip.bench.mjs [rounds] [seconds]
import { Charger, connectAll, prepareCall } from './charger.mjs';
import { cpuSeconds, ratios, sleep, table } from './measure.mjs';
import { payloads, protocolOf } from './payloads.mjs';
import { judge, servers, start } from './server.mjs';

const rounds = Number(process.argv[2] ?? 7);
const seconds = Number(process.argv[3] ?? 1.2);

/** Each charger sends as soon as it was answered. Gives µs of server CPU per message. */
async function load(server, action, connections) {
  const call = prepareCall(action, payloads[action]);
  const chargers = Array.from({ length: connections }, (_, at) => new Charger(server.port, `CP${at}`, protocolOf(action)));
  await connectAll(chargers);
  let good = 0;
  let bad = 0;
  let stopped = false;
  for (const charger of chargers) {
    charger.heard = (ok) => {
      if (ok) good += 1;
      else bad += 1;
      if (!stopped) charger.send(call);
    };
    charger.send(call);
  }
  await sleep(400);
  const before = { good, cpu: cpuSeconds(server.pid), at: performance.now() };
  await sleep(seconds * 1_000);
  const messages = good - before.good;
  const result = {
    cpuMicroseconds: ((cpuSeconds(server.pid) - before.cpu) / messages) * 1e6,
    perSecond: messages / ((performance.now() - before.at) / 1_000),
  };
  stopped = true;
  for (const charger of chargers) charger.drop();
  await sleep(100);
  if (bad > 0) throw new Error(`${server.name} gave ${bad} wrong replies to ${action}`);
  return result;
}

const running = {};
for (const [role, name] of Object.entries(servers)) running[role] = await start(name);
const rows = [['message', 'connections', 'of ws+JSON', 'least', 'of ocpp-rpc strict', 'least', 'round trips/s of ws+JSON']];
const bars = [];
for (const action of ['MeterValues', 'Heartbeat', 'TransactionEvent']) {
  for (const connections of [100, 2_000]) {
    const cpu = { base: [], peer: [], ours: [] };
    const rate = { base: [], peer: [], ours: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const role of Object.keys(servers)) {
        const { cpuMicroseconds, perSecond } = await load(running[role], action, connections);
        cpu[role].push(cpuMicroseconds);
        rate[role].push(perSecond);
      }
    }
    const base = ratios(cpu.ours, cpu.base);
    const peer = ratios(cpu.ours, cpu.peer);
    const numbers = [base.median, base.least, peer.median, peer.least, ratios(rate.ours, rate.base).median];
    rows.push([action, connections, ...numbers.map((number) => number.toFixed(2))]);
    for (const [kind, value] of Object.entries(base))
      bars.push({ what: `${action}, ${connections}, CPU of ws+JSON, ${kind}`, value, most: 1.15 });
    for (const [kind, value] of Object.entries(peer))
      bars.push({ what: `${action}, ${connections}, CPU of ocpp-rpc strict, ${kind}`, value, most: 0.55 });
  }
}
for (const server of Object.values(running)) await server.stop();
console.log(
  `Server CPU of a round trip, request and answer checked; ${rounds} rounds in turn, median of the rounds' ratios and least disturbed round\n`,
);
table(rows);
console.log();
judge(bars);

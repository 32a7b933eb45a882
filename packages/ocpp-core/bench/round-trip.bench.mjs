// CPU of the server for a checked round trip, against ws + JSON without any check and against ocpp-rpc in strict mode.
//   node packages/ocpp-core/bench/round-trip.bench.mjs [rounds] [seconds] [message] [connections]
import { Charger, connectAll, prepareCall } from './charger.mjs';
import { cpuSeconds, median, ratios, sleep, table } from './measure.mjs';
import { payloads, protocolOf } from './payloads.mjs';
import { judge, servers, start } from './server.mjs';

const rounds = Number(process.argv[2] ?? 15);
const seconds = Number(process.argv[3] ?? 0.4);
const actions = process.argv[4] ? [process.argv[4]] : ['MeterValues', 'Heartbeat', 'TransactionEvent'];
const crowdSizes = process.argv[5] ? [Number(process.argv[5])] : [100, 2_000];

/** Chargers of one server that send as soon as they were answered, while told to. */
async function crowd(server, action, connections) {
  const call = prepareCall(action, payloads[action]);
  const chargers = Array.from({ length: connections }, (_, at) => new Charger(server.port, `CP${at}`, protocolOf(action)));
  await connectAll(chargers);
  let good = 0;
  let running = false;
  let resting = connections;
  for (const charger of chargers) {
    charger.heard = (ok) => {
      if (!ok) throw new Error(`${server.name} gave a wrong reply to ${action}`);
      good += 1;
      if (running) charger.send(call);
      else resting += 1;
    };
  }
  return {
    /** One round: µs of server CPU per message, and messages per second. */
    async round() {
      running = true;
      resting = 0;
      for (const charger of chargers) charger.send(call);
      await sleep(100);
      const before = { good, cpu: cpuSeconds(server.pid), at: performance.now() };
      await sleep(seconds * 1_000);
      const messages = good - before.good;
      const cpuMicroseconds = ((cpuSeconds(server.pid) - before.cpu) / messages) * 1e6;
      const perSecond = messages / ((performance.now() - before.at) / 1_000);
      running = false;
      while (resting < connections) await sleep(5);
      return { cpuMicroseconds, perSecond };
    },
    leave() {
      for (const charger of chargers) charger.drop();
    },
  };
}

const running = {};
for (const [role, name] of Object.entries(servers)) running[role] = await start(name);
const rows = [
  [
    'message',
    'connections',
    'of ws+JSON',
    'least',
    'of ocpp-rpc strict',
    'least',
    'round trips/s of ws+JSON',
    'µs of ws+JSON, ocpp-rpc, ours',
  ],
];
const bars = [];
for (const action of actions) {
  for (const connections of crowdSizes) {
    const cpu = { base: [], peer: [], ours: [] };
    const rate = { base: [], peer: [], ours: [] };
    const crowds = {};
    for (const role of Object.keys(servers)) crowds[role] = await crowd(running[role], action, connections);
    // The first round is for the compilers.
    for (let round = -1; round < rounds; round += 1) {
      for (const role of Object.keys(servers)) {
        let { cpuMicroseconds, perSecond } = await crowds[role].round();
        // A neighbour took the machine for the whole round: it says nothing.
        while (!Number.isFinite(cpuMicroseconds)) ({ cpuMicroseconds, perSecond } = await crowds[role].round());
        if (round < 0) continue;
        cpu[role].push(cpuMicroseconds);
        rate[role].push(perSecond);
      }
    }
    for (const one of Object.values(crowds)) one.leave();
    await sleep(200);
    const base = ratios(cpu.ours, cpu.base);
    const peer = ratios(cpu.ours, cpu.peer);
    const numbers = [base.median, base.least, peer.median, peer.least, ratios(rate.ours, rate.base).median];
    const microseconds = Object.values(cpu).map((values) => median(values).toFixed(1));
    rows.push([action, connections, ...numbers.map((number) => number.toFixed(2)), microseconds.join(', ')]);
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

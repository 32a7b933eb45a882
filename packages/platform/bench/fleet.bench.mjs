// The full server, authentication, state and events included: CPU and round trips with nothing stored and with every reading durable,
// memory of idle chargers, and a storm; each against ocpp-rpc in strict mode, which stores nothing, in the same run. Readings also against
// one create() of an ORM each, memory also against the bare ws.
//   node packages/platform/bench/fleet.bench.mjs [rounds] [idle chargers] [messages,create,storm,memory]
import { connectAll, prepareCall } from '../../ocpp-core/bench/charger.mjs';
import { cpuSeconds, median, memoryBytes, ratios, sleep, table } from '../../ocpp-core/bench/measure.mjs';
import { payloads } from '../../ocpp-core/bench/payloads.mjs';
import { startCreating, startFleetHub, startPeer } from './lib/fleet-hubs.mjs';
import { postgresSeconds } from './lib/postgres-cpu.mjs';

const rounds = Number(process.argv[2] ?? 7);
const IDLE = Number(process.argv[3] ?? 10_000);
const FLEET = 2_000;
const SECONDS = 0.8;
/** Stations that stay connected in a storm, and carry commands. */
const STAYING = 40;
/** The collector shrinks a heap that rests by and by. */
const SETTLE_MS = 20_000;

const once = (charger, call) =>
  new Promise((resolve, reject) => {
    charger.heard = (ok, data, body, length) =>
      ok ? resolve(JSON.parse(data.toString('utf8', body, body + length))[2]) : reject(new Error('a wrong reply'));
    charger.send(call);
  });

/** Some at a time, or the start of the bench is a storm of its own. */
async function each(list, work, atOnce = 50) {
  for (let at = 0; at < list.length; at += atOnce) await Promise.all(list.slice(at, at + atOnce).map(work));
}

const boot = prepareCall('BootNotification', payloads.BootNotification);
const heartbeat = prepareCall('Heartbeat', {});
const start16 = (n) =>
  prepareCall('StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: n, timestamp: '2026-02-02T02:40:00.000Z' });

async function booted(server, count) {
  const chargers = Array.from({ length: count }, (_, n) => server.charger(n));
  await connectAll(chargers, 50);
  await each(chargers, (charger) => once(charger, boot));
  return chargers;
}

/** Chargers that booted, each in a session of its own where the server knows sessions; what the first contact left to do is done. */
async function fleet(server, count) {
  const chargers = await booted(server, count);
  const calls = new Map();
  await each([...chargers.entries()], async ([n, charger]) => {
    const transactionId = server.name === 'evroam' ? (await once(charger, start16(n))).transactionId : 918_340 + n;
    calls.set(charger, prepareCall('MeterValues', { ...payloads.MeterValues, transactionId }));
  });
  await server.rest?.();
  return { chargers, calls };
}

/** A reading a message for each charger that was answered, or a heartbeat. */
function crowdOf(server, { chargers, calls }, count, action) {
  const members = chargers.slice(0, count);
  const callOf = (charger) => (action === 'Heartbeat' ? heartbeat : calls.get(charger));
  const database = () => (server.postgres ? postgresSeconds(server.postgres) : 0);
  return async () => {
    let good = 0;
    let running = true;
    let resting = 0;
    for (const charger of members) {
      charger.heard = (ok) => {
        if (!ok) throw new Error(`${server.name} gave a wrong reply to ${action}`);
        good += 1;
        if (running) charger.send(callOf(charger));
        else resting += 1;
      };
      charger.send(callOf(charger));
    }
    await sleep(150);
    const before = { good, node: cpuSeconds(server.pid), postgres: database(), at: performance.now() };
    await sleep(SECONDS * 1_000);
    const messages = good - before.good;
    const seconds = (performance.now() - before.at) / 1_000;
    const node = ((cpuSeconds(server.pid) - before.node) / messages) * 1e6;
    // A backend of the pool may have ended meanwhile, and its seconds with it.
    const postgres = Math.max(0, ((database() - before.postgres) / messages) * 1e6);
    running = false;
    while (resting < members.length) await sleep(5);
    return { node, postgres, cpu: node + postgres, perSecond: messages / seconds };
  };
}

const bars = [];
const rows = [['what', 'connections', 'measured', 'median', 'least', 'bar', 'us of Node / PostgreSQL']];

/** Both in turn, round by round: the first round warms up. */
async function inTurn(us, them) {
  const taken = { ours: [], base: [] };
  for (let round = -1; round < rounds; round += 1) {
    const base = await them();
    const mine = await us();
    if (round < 0) continue;
    taken.base.push(base);
    taken.ours.push(mine);
  }
  return taken;
}

const of = (list, what) => list.map((each) => each[what]);
/** CPU counts by its least, round trips by their most: the round that was disturbed least. */
function compared({ ours, base }, what) {
  const [a, b] = [of(ours, what), of(base, what)];
  return what === 'perSecond' ? { median: ratios(a, b).median, least: Math.max(...a) / Math.max(...b) } : ratios(a, b);
}

function judge(what, connections, measured, { median: middle, least }, bar, note) {
  const isMet = (value) => (bar.most === undefined ? value >= bar.least : value <= bar.most);
  rows.push([what, connections, measured, middle.toFixed(2), least.toFixed(2), bar.most ? `<= ${bar.most}` : `>= ${bar.least}`, note]);
  for (const value of [middle, least]) bars.push({ what: `${what}, ${connections}: ${measured}`, ok: isMet(value), value });
}

const spent = (taken) => `${median(of(taken.ours, 'node')).toFixed(0)} / ${median(of(taken.ours, 'postgres')).toFixed(0)}`;

async function roundTrips(hub, peer, ours, theirs) {
  for (const [action, count, what, bar] of [
    ['Heartbeat', 100, 'node', { most: 0.6 }],
    ['Heartbeat', FLEET, 'node', { most: 0.6 }],
    ['MeterValues', 100, 'perSecond', { least: 0.45 }],
    ['MeterValues', FLEET, 'perSecond', { least: 0.7 }],
  ]) {
    const taken = await inTurn(crowdOf(hub, ours, count, action), crowdOf(peer, theirs, count, action));
    judge(action, count, what === 'node' ? 'CPU of ocpp-rpc' : 'round trips/s of ocpp-rpc', compared(taken, what), bar, spent(taken));
  }
}

/** Against one create() of an ORM a message, which is durable as well. */
async function againstCreate(hub, ours) {
  const creating = await startCreating(hub);
  const taken = await inTurn(
    crowdOf(hub, ours, FLEET, 'MeterValues'),
    crowdOf(creating, await fleet(creating, FLEET), FLEET, 'MeterValues'),
  );
  const create = `create(): ${median(of(taken.base, 'node')).toFixed(0)} / ${median(of(taken.base, 'postgres')).toFixed(0)}`;
  judge('MeterValues', FLEET, 'round trips/s of create()', compared(taken, 'perSecond'), { least: 4 }, spent(taken));
  judge('MeterValues', FLEET, 'CPU of create()', compared(taken, 'cpu'), { most: 0.2 }, create);
  await creating.stop();
}

async function comeBack(charger) {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await charger.connect();
      if ((await once(charger, boot)).status === 'Accepted') return true;
    } catch {
      // Cut or turned away: it tries again.
    }
    await sleep(50);
  }
  return false;
}

/** All come back at once. Those that stayed carry commands meanwhile. */
async function storm(server, stayed) {
  const begun = performance.now();
  const back = Array.from({ length: FLEET }, (_, n) => server.charger(n));
  let running = true;
  const commands = stayed && commandsWhile(server, stayed, () => running);
  const accepted = await Promise.all(back.map((charger) => comeBack(charger)));
  const seconds = (performance.now() - begun) / 1_000;
  running = false;
  const ms = (await commands) ?? [];
  for (const charger of back) charger.drop();
  await sleep(1_500);
  return { seconds, lost: accepted.filter((ok) => !ok).length, ms };
}

/** Four commands at once to stations that stay connected, one after the other; how long each took. */
async function commandsWhile(server, stations, isRunning) {
  const ms = [];
  const lanes = [0, 1, 2, 3].map(async (lane) => {
    for (let n = lane; isRunning(); n += 4) {
      const answer = await server.command(`CP${stations[n % stations.length]}`);
      if (answer.outcome !== 'accepted') throw new Error(`a command was ${answer.outcome}`);
      ms.push(answer.ms);
    }
  });
  await Promise.all(lanes);
  return ms;
}

const p99 = (list) => [...list].sort((a, b) => a - b)[Math.ceil(list.length * 0.99) - 1];

async function storms(hub, peer, ours, theirs) {
  for (const { chargers } of [ours, theirs]) for (const charger of chargers) charger.drop();
  await sleep(1_500);
  await hub.rest();
  const seconds = { ours: [], base: [] };
  const ms = { idle: [], storm: [] };
  let lost = 0;
  const stations = Array.from({ length: STAYING }, (_, n) => FLEET + n);
  const stayed = stations.map((n) => hub.charger(n));
  await connectAll(stayed, 50);
  await each(stayed, (charger) => once(charger, boot));
  await hub.rest();
  for (let round = -1; round < rounds; round += 1) {
    const base = await storm(peer);
    const until = performance.now() + 700;
    const idle = await commandsWhile(hub, stations, () => performance.now() < until);
    // The time is taken without the commands, which the base does not carry.
    const mine = await storm(hub);
    const busy = await storm(hub, stations);
    lost += mine.lost + busy.lost;
    if (round < 0) continue;
    seconds.base.push(base.seconds);
    seconds.ours.push(mine.seconds);
    ms.idle.push(...idle);
    ms.storm.push(...busy.ms);
  }
  for (const charger of stayed) charger.drop();
  const both = (list) => `${median(list).toFixed(2)} s, least ${Math.min(...list).toFixed(2)}`;
  judge(
    'storm with boot',
    FLEET,
    'time of ocpp-rpc',
    ratios(seconds.ours, seconds.base),
    { most: 0.75 },
    `${both(seconds.ours)} to ${both(seconds.base)}`,
  );
  bars.push({ what: 'storm: lost', ok: lost === 0, value: lost });
  const [idle, during] = [p99(ms.idle), p99(ms.storm)];
  const note = `${during.toFixed(0)} ms to ${idle.toFixed(0)} ms, ${ms.storm.length} and ${ms.idle.length} commands`;
  judge('command in a storm', FLEET, 'p99 of the idle one', { median: during / idle, least: during / idle }, { most: 3 }, note);
}

/** Whole-process memory, once what came with the connections is done and the collector had its time. */
async function idleMemory() {
  const filled = async (server) => {
    const chargers = await booted(server, IDLE);
    await server.rest();
    await sleep(SETTLE_MS);
    const bytes = memoryBytes(server.pid);
    for (const charger of chargers) charger.drop();
    await server.stop();
    return bytes;
  };
  const peer = await filled(await startPeer());
  const bare = await filled(await startPeer('ws-json'));
  const ours = await filled(await startFleetHub(IDLE));
  const mb = (bytes) => (bytes / 2 ** 20).toFixed(0);
  for (const [name, base, most] of [
    ['ocpp-rpc', peer, 0.65],
    ['bare ws', bare, 1.25],
  ])
    judge(
      'idle, booted',
      IDLE,
      `memory of ${name}`,
      { median: ours / base, least: ours / base },
      { most },
      `${mb(ours)} MB to ${mb(base)} MB`,
    );
}

const PARTS = process.argv[4]?.split(',') ?? ['messages', 'create', 'storm', 'memory'];
const has = (part) => PARTS.includes(part);
if (has('messages') || has('create') || has('storm')) {
  const hub = await startFleetHub(FLEET + STAYING);
  const peer = await startPeer();
  const ours = await fleet(hub, FLEET);
  const theirs = await fleet(peer, FLEET);
  if (has('messages')) await roundTrips(hub, peer, ours, theirs);
  if (has('create')) await againstCreate(hub, ours);
  if (has('storm')) await storms(hub, peer, ours, theirs);
  await hub.stop();
  await peer.stop();
}
if (has('memory')) await idleMemory();

console.log(`The hub, its PostgreSQL syncing; ${rounds} rounds in turn: median of the rounds' ratios, and least disturbed round of each\n`);
table(rows);
console.log();
for (const { what, ok, value } of bars) {
  if (!ok) process.exitCode = 1;
  console.log(`${ok ? '✓' : '✗'} ${what}: ${value.toFixed(2)}`);
}

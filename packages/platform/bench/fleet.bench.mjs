// The full server, authentication, state and events included: CPU and round trips with nothing stored and with every reading durable,
// memory of idle chargers, and a storm; each against ocpp-rpc in strict mode, which stores nothing, in the same run.
//   node packages/platform/bench/fleet.bench.mjs [rounds] [idle chargers]
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Charger, connectAll, prepareCall } from '../../ocpp-core/bench/charger.mjs';
import { cpuSeconds, median, memoryBytes, ratios, sleep, table } from '../../ocpp-core/bench/measure.mjs';
import { payloads } from '../../ocpp-core/bench/payloads.mjs';
import { start } from '../../ocpp-core/bench/server.mjs';

const rounds = Number(process.argv[2] ?? 7);
const IDLE = Number(process.argv[3] ?? 10_000);
const FLEET = 2_000;
const SECONDS = 0.8;

/** The generator builds its own handshake and knows no credentials: they come in with the identity. */
const identityOf = (n, password) =>
  `CP${n} HTTP/1.1\r\nAuthorization: Basic ${Buffer.from(`CP${n}:${password}`).toString('base64')}\r\nX-Rest:`;

async function startHub(stations) {
  const folder = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
  const child = fork(fileURLToPath(new URL('./servers/fleet-hub.mjs', import.meta.url)), [folder, String(stations)]);
  const { port, passwords, postgres } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
  });
  return {
    name: 'evroam',
    port,
    pid: child.pid,
    postgres,
    charger: (n) => new Charger(port, identityOf(n, passwords[n]), 'ocpp1.6'),
    command: (identity) =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send({ ask: 'command', identity });
      }),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.send({ ask: 'stop' });
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startPeer() {
  const server = await start('ocpp-rpc');
  return { ...server, charger: (n) => new Charger(server.port, `CP${n}`, 'ocpp1.6') };
}

/** CPU of PostgreSQL: its keeper, the postmaster, and all that it forked. */
function postgresSeconds(pid) {
  if (!pid) return 0;
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const isIts = (one) => one === pid || (parents.has(one) && isIts(parents.get(one)));
  let sum = 0;
  for (const one of parents.keys()) {
    try {
      if (isIts(one)) sum += cpuSeconds(one);
    } catch {
      // It ended meanwhile.
    }
  }
  return sum;
}

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
const start16 = (n) =>
  prepareCall('StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: n, timestamp: '2026-02-02T02:40:00.000Z' });

/** Chargers that booted, each in a session of its own where the server knows sessions. */
async function fleet(server, count) {
  const chargers = Array.from({ length: count }, (_, n) => server.charger(n));
  await connectAll(chargers, 50);
  await each(chargers, (charger) => once(charger, boot));
  const calls = new Map();
  await each(chargers, async (charger) => {
    const n = chargers.indexOf(charger);
    const transactionId = server.postgres ? (await once(charger, start16(n))).transactionId : 918_340;
    const meterValues = { ...payloads.MeterValues, transactionId };
    calls.set(charger, prepareCall('MeterValues', meterValues));
  });
  return { chargers, calls };
}

/** A reading a message for each charger that was answered, or a heartbeat. */
function crowdOf(server, { chargers, calls }, count, action) {
  const members = chargers.slice(0, count);
  const heartbeat = prepareCall('Heartbeat', {});
  const callOf = (charger) => (action === 'Heartbeat' ? heartbeat : calls.get(charger));
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
    const before = { good, node: cpuSeconds(server.pid), postgres: postgresSeconds(server.postgres), at: performance.now() };
    await sleep(SECONDS * 1_000);
    const messages = good - before.good;
    const seconds = (performance.now() - before.at) / 1_000;
    const node = ((cpuSeconds(server.pid) - before.node) / messages) * 1e6;
    const postgres = ((postgresSeconds(server.postgres) - before.postgres) / messages) * 1e6;
    running = false;
    while (resting < members.length) await sleep(5);
    return { node, postgres, perSecond: messages / seconds };
  };
}

const bars = [];
const rows = [['message', 'connections', 'of ocpp-rpc', 'median', 'least', 'bar', 'us of Node / PostgreSQL']];

{
  const hub = await startHub(FLEET);
  const peer = await startPeer();
  const ours = await fleet(hub, FLEET);
  const theirs = await fleet(peer, FLEET);
  for (const [action, count, what, most, least] of [
    ['Heartbeat', 100, 'CPU', 0.6],
    ['Heartbeat', FLEET, 'CPU', 0.6],
    ['MeterValues', 100, 'round trips/s', undefined, 0.45],
    ['MeterValues', FLEET, 'round trips/s', undefined, 0.7],
  ]) {
    const rate = { ours: [], base: [] };
    const cpu = { ours: [], base: [], postgres: [] };
    const us = crowdOf(hub, ours, count, action);
    const them = crowdOf(peer, theirs, count, action);
    for (let round = -1; round < rounds; round += 1) {
      const base = await them();
      const mine = await us();
      if (round < 0) continue;
      rate.ours.push(mine.perSecond);
      rate.base.push(base.perSecond);
      cpu.ours.push(mine.node);
      cpu.base.push(base.node);
      cpu.postgres.push(mine.postgres);
    }
    const by =
      what === 'CPU'
        ? ratios(cpu.ours, cpu.base)
        : { median: ratios(rate.ours, rate.base).median, least: Math.max(...rate.ours) / Math.max(...rate.base) };
    const bar = what === 'CPU' ? `<= ${most}` : `>= ${least}`;
    rows.push([
      action,
      count,
      what,
      by.median.toFixed(2),
      by.least.toFixed(2),
      bar,
      `${median(cpu.ours).toFixed(0)} / ${median(cpu.postgres).toFixed(0)}`,
    ]);
    for (const value of [by.median, by.least])
      bars.push({ what: `${action}, ${count}: ${what}`, ok: most === undefined ? value >= least : value <= most, value });
  }

  const storm = async (server) => {
    const begun = performance.now();
    const back = Array.from({ length: FLEET }, (_, n) => server.charger(n));
    const accepted = await Promise.all(back.map((charger) => comeBack(charger)));
    const seconds = (performance.now() - begun) / 1_000;
    for (const charger of back) charger.drop();
    await sleep(1_000);
    return { seconds, lost: accepted.filter((ok) => !ok).length };
  };
  const comeBack = async (charger) => {
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
  };
  for (const { chargers } of [ours, theirs]) for (const charger of chargers) charger.drop();
  await sleep(1_500);
  const seconds = { ours: [], base: [] };
  let lost = 0;
  for (let round = 0; round < 3; round += 1) {
    seconds.base.push((await storm(peer)).seconds);
    const mine = await storm(hub);
    seconds.ours.push(mine.seconds);
    lost += mine.lost;
  }
  const time = ratios(seconds.ours, seconds.base);
  rows.push([
    'storm with boot',
    FLEET,
    'time',
    time.median.toFixed(2),
    time.least.toFixed(2),
    '<= 0.75',
    `${median(seconds.ours).toFixed(1)} s, ${lost} lost`,
  ]);
  bars.push({ what: 'storm: time', ok: time.median <= 0.75, value: time.median }, { what: 'storm: lost', ok: lost === 0, value: lost });
  await hub.stop();
  await peer.stop();
}

{
  const filled = async (server) => {
    const chargers = Array.from({ length: IDLE }, (_, n) => server.charger(n));
    await connectAll(chargers, 50);
    await each(chargers, (charger) => once(charger, boot));
    await sleep(5_000);
    const bytes = memoryBytes(server.pid);
    for (const charger of chargers) charger.drop();
    await server.stop();
    return bytes;
  };
  const base = await filled(await startPeer());
  const ours = await filled(await startHub(IDLE));
  rows.push([
    'idle, booted',
    IDLE,
    'memory',
    (ours / base).toFixed(2),
    '',
    '<= 0.65',
    `${(ours / 2 ** 20).toFixed(0)} MB of ${(base / 2 ** 20).toFixed(0)} MB`,
  ]);
  bars.push({ what: 'idle: memory', ok: ours / base <= 0.65, value: ours / base });
}

console.log(
  `The hub against ocpp-rpc strict, which stores nothing; ${rounds} rounds in turn, median of the rounds' ratios and best round of each\n`,
);
table(rows);
console.log();
for (const { what, ok, value } of bars) {
  if (!ok) process.exitCode = 1;
  console.log(`${ok ? '✓' : '✗'} ${what}: ${value.toFixed(2)}`);
}

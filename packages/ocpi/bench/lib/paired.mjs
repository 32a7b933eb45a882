// Paired measurement: servers get the same load in turn, round by round; what counts are ratios within a round.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a server script and waits until it says where it listens. */
export function startServer(script, args = {}) {
  return new Promise((resolve, reject) => {
    const child = fork(script, [JSON.stringify(args)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.once('message', ({ origin }) => resolve({ origin, pid: child.pid, stop: () => child.kill('SIGKILL') }));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
}

/** Runs one load against a server; CPU is the server process's own, user and system, from /proc. */
export function load(server, settings) {
  return new Promise((resolve, reject) => {
    const child = fork(here('load.mjs'), [
      JSON.stringify({
        connections: 32,
        warmupMs: 300,
        timeMs: Number(process.env.BENCH_MS ?? 1500),
        headers: {},
        ...settings,
        url: server.origin + settings.path,
      }),
    ]);
    let from = 0;
    child.on('message', (message) => {
      if (message === 'measure') from = cpuSeconds(server.pid);
      else {
        const cpuUs = ((cpuSeconds(server.pid) - from) / message.count) * 1e6;
        resolve({ ...message, cpuUs, cpuShare: (cpuUs * message.perSecond) / 1e6 });
      }
    });
    child.once('error', reject);
  });
}

function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  return nanoseconds / 1e9;
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Rounds over all servers, the order turned each time. Gives per server the list of its measurements. */
export async function rounds(servers, settings, count = Number(process.env.BENCH_ROUNDS ?? 7)) {
  const results = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  const names = Object.keys(servers);
  for (let round = 0; round < count; round += 1) {
    const turned = names.map((_, at) => names[(at + round) % names.length]);
    for (const name of turned) {
      const result = await load(servers[name], settings);
      if (result.bad > 0) throw new Error(`${name}: ${result.bad} bad replies`);
      results[name].push(result);
    }
  }
  return results;
}

/** The ratio of a figure of two servers: the median of the rounds, and that of the least disturbed measurements of each. */
export function ratio(results, name, base, figure, best = Math.max) {
  const pairs = results[name].map((one, at) => one[figure] / results[base][at][figure]);
  const least = best(...results[name].map((one) => one[figure])) / best(...results[base].map((one) => one[figure]));
  return { median: median(pairs), least, range: [Math.min(...pairs), Math.max(...pairs)] };
}

/** Prints a line and says whether the bar holds, for the median and for the least disturbed rounds. */
export function report(title, { median: middle, least, range }, bar, atLeast = true) {
  const holds = atLeast ? middle >= bar && least >= bar : middle <= bar && least <= bar;
  const figure = (value) => value.toFixed(2).padStart(6);
  console.log(
    `${holds ? 'holds' : 'SHORT'}  ${title.padEnd(58)} median ${figure(middle)}  least disturbed ${figure(least)}  [${range.map((value) => value.toFixed(2)).join(' - ')}]  bar ${atLeast ? '>=' : '<='} ${bar}`,
  );
  return holds;
}

/** How much of one core each server had: well under 1 the generator, a partner or a neighbour was the limit, and req/s says nothing. */
export function shares(results) {
  const of = (name) => `${name} ${median(results[name].map(({ cpuShare }) => cpuShare)).toFixed(2)}`;
  console.log(`       share of a core: ${Object.keys(results).map(of).join(', ')}`);
}

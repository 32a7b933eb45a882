// Starts the servers that are compared, each in a process of its own.
import { fork } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { sleep } from './measure.mjs';

export const servers = { base: 'ws-json', peer: 'ocpp-rpc', ours: 'evroam' };
// Below the ports that the kernel gives to outgoing connections.
let nextPort = 20_000 + (process.pid % 12_000);

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Starts one; resolves when it listens. */
export async function start(name) {
  nextPort += 1;
  const port = nextPort;
  const child = fork(fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url)), [String(port)]);
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries === 200 || child.exitCode !== null) throw new Error(`${name} does not listen`);
    await sleep(50);
  }
  return {
    name,
    port,
    pid: child.pid,
    /** It sends commands to a station from now on; what is returned ends it and gives their ms. */
    commands(identity) {
      child.send({ identity });
      return () =>
        new Promise((resolve) => {
          child.once('message', resolve);
          child.send({});
        });
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

/** Prints whether bars are met, a line each; sets the exit code. */
export function judge(bars) {
  for (const { what, value, most } of bars) {
    const met = value <= most;
    if (!met) process.exitCode = 1;
    console.log(`${met ? '✓' : '✗'} ${what}: ${value.toFixed(2)} (at most ${most})`);
  }
}

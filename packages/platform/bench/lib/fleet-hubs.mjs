// Starts what the bench of the full server compares, each in a process of its own; PostgreSQL syncs, as it does in service.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Charger } from '../../../ocpp-core/bench/charger.mjs';
import { cpuSeconds, sleep } from '../../../ocpp-core/bench/measure.mjs';
import { start } from '../../../ocpp-core/bench/server.mjs';
import { startEmbedded } from '../../dist/edges/embedded/start.js';
import { postgresSeconds } from './postgres-cpu.mjs';

/** The generator builds its own handshake and knows no credentials: they come in with the identity. */
const identityOf = (n, password) =>
  `CP${n} HTTP/1.1\r\nAuthorization: Basic ${Buffer.from(`CP${n}:${password}`).toString('base64')}\r\nX-Rest:`;

const run = (server, env, ...args) => fork(fileURLToPath(new URL(`../servers/${server}.mjs`, import.meta.url)), args, { env });

function firstWord(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a server ended with ${code}`)));
  });
}

/** PostgreSQL and Valkey for one hub. */
async function ground() {
  const folder = mkdtempSync(join(tmpdir(), 'evroam-bench-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'servers'), postgres: true, valkey: true });
  const client = new pg.Client(embedded.databaseUrl);
  await client.connect();
  const { data_directory: cluster } = (await client.query('SHOW data_directory')).rows[0];
  await client.end();
  return {
    env: {
      ...process.env,
      DATABASE_URL: embedded.databaseUrl,
      REDIS_URL: embedded.redisUrl,
      EVROAM_DATA: folder,
      EVROAM_PORT: '0',
      EVROAM_OCPP_PORT: '0',
      EVROAM_TCEC_PORT: '0',
      EVROAM_YKC_PORT: '0',
    },
    postgres: embedded.pids().services.postgres,
    stop: async () => {
      await embedded.stop();
      for (const each of [folder, cluster]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** A hub that was started after its stations had been put on record: as one that serves them is. */
export async function startFleetHub(stations) {
  const { env, postgres, stop } = await ground();
  const passwords = await firstWord(run('fleet-stations', env, String(stations)));
  const child = run('fleet-hub', env);
  const { port } = await firstWord(child);
  const asked = new Map();
  child.on('message', (answer) => asked.get(answer.id)?.(answer));
  return {
    name: 'evroam',
    port,
    pid: child.pid,
    postgres,
    databaseUrl: env.DATABASE_URL,
    charger: (n) => new Charger(port, identityOf(n, passwords[n]), 'ocpp1.6'),
    command: (identity) =>
      new Promise((resolve) => {
        const id = asked.size;
        asked.set(id, resolve);
        child.send({ ask: 'command', id, identity });
      }),
    /** Resolves when what a first contact leaves to do is done: nothing runs any more. */
    async rest() {
      const spent = () => cpuSeconds(child.pid) + postgresSeconds(postgres);
      for (let before = spent(), quiet = 0; quiet < 2; ) {
        await sleep(500);
        const now = spent();
        quiet = now - before < 0.025 ? quiet + 1 : 0;
        before = now;
      }
    },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.send({ ask: 'stop' });
      await gone;
      await stop();
    },
  };
}

/** ocpp-rpc in strict mode, which stores nothing, or the bare `ws` with JSON. */
export async function startPeer(name = 'ocpp-rpc') {
  const server = await start(name);
  return { ...server, charger: (n) => new Charger(server.port, `CP${n}`, 'ocpp1.6'), rest: () => sleep(1_000) };
}

/** One create() of an ORM for each MeterValues, in the hub's own PostgreSQL. */
export async function startCreating({ databaseUrl, postgres }) {
  const child = run('create-hub', { ...process.env, DATABASE_URL: databaseUrl });
  const { port } = await firstWord(child);
  return {
    name: 'create()',
    port,
    pid: child.pid,
    postgres,
    charger: (n) => new Charger(port, `CP${n}`, 'ocpp1.6'),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill();
      }),
  };
}

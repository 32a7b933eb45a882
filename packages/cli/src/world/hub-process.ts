// The hub of the demo world: `evroam serve` as a process of its own, which ends with us.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Admin, openAdmin } from '../admin.js';
import { failure } from '../errors.js';
import { isRecord } from '../output/path.js';
import { keepFile } from './durable.js';

export interface HubAddresses {
  readonly admin: string;
  readonly ocpi: string;
  readonly ocpp: string;
  readonly health: string;
}

export interface HubProcess {
  readonly pid: number;
  readonly addresses: HubAddresses;
  readonly admin: Admin;
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>;
  /** Ends it as Ctrl-C would. */
  stop(): Promise<void>;
  /** Kills it as a power cut would; the embedded servers notice and end. */
  kill(): Promise<void>;
}

export interface HubProcessOptions {
  readonly folder: string;
  readonly clock: string | undefined;
  /** Whether its ports are not to be the usual ones: any free ones, or those of a hub that was there before. */
  readonly ports: 'usual' | 'free' | HubAddresses;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onStep: (step: string) => void;
}

/** Starts a hub and waits until it is ready. Its log goes to `hub.log` in the data folder. */
export async function startHubProcess({ folder, clock, ports, environment, onStep }: HubProcessOptions): Promise<HubProcess> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  keepServerKey(folder, environment);
  const logFile = join(folder, 'hub.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(fileURLToPath(new URL('../main.js', import.meta.url)), ['serve'], {
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    // Ctrl-C reaches the whole group of a terminal; the hub must outlive the chargers, which have last words to say.
    detached: process.platform !== 'win32',
    env: {
      ...environment,
      EVROAM_DATA: folder,
      // The partners of the demo live on this machine.
      EVROAM_OUTBOUND_ALLOW: environment.EVROAM_OUTBOUND_ALLOW || '127.0.0.0/8',
      ...(clock === undefined ? {} : { EVROAM_CLOCK: clock }),
      ...portsOf(ports),
    },
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  const ready = new Promise<unknown>((resolve) => {
    child.on('message', (message: unknown) => {
      if (isRecord(message) && typeof message.step === 'string') onStep(message.step);
      if (isRecord(message) && 'ready' in message) resolve(message.ready);
    });
  });
  const first = await Promise.race([ready, ended.then((why) => failure('world-broke', { part: 'hub', why: `${why}\n${tail(logFile)}` }))]);
  if (first instanceof Error) throw first;
  const { adminKey, addresses } = first as { adminKey: string; addresses: HubAddresses };
  const admin = await openAdmin({ url: new URL(addresses.admin).origin, apiKey: adminKey });
  return {
    pid: child.pid ?? 0,
    addresses,
    admin,
    ended,
    stop: async () => {
      await admin.close();
      if (child.connected) child.disconnect();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      await admin.close();
    },
  };
}

/**
 * Whoever shares a database shares its server key. A demo on a database that outlives its folder finds the key again: it is made from
 * the database's own address, which is as secret as the database.
 */
function keepServerKey(folder: string, { DATABASE_URL, EVROAM_SERVER_KEY }: HubProcessOptions['environment']): void {
  if (!DATABASE_URL || EVROAM_SERVER_KEY || existsSync(join(folder, 'server.key'))) return;
  keepFile(folder, 'server.key', createHash('sha256').update(`evroam demo ${DATABASE_URL}`).digest('hex'));
}

function portsOf(ports: HubProcessOptions['ports']): Readonly<Record<string, string>> {
  if (ports === 'usual') return {};
  const free = { EVROAM_PORT: '0', EVROAM_OCPP_PORT: '0', EVROAM_TCEC_PORT: '0', EVROAM_YKC_PORT: '0' };
  if (ports === 'free') return free;
  return { ...free, EVROAM_PORT: new URL(ports.admin).port, EVROAM_OCPP_PORT: new URL(ports.ocpp.replace('<identity>', 'x')).port };
}

/** The end of the log: why a hub would not start stands there. */
function tail(file: string): string {
  return readFileSync(file, 'utf8').slice(-2000).trim();
}

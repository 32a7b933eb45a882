import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { type Clock, clockFromSetting } from './kernel/clock.js';

/** What a node of the hub does. All nodes are alike; by default one does everything. */
export const ROLES = ['api', 'gateway', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** How stations connect over TLS: security profile 2, and with a certificate of their own 3. All PEM. */
export interface StationTls {
  /** 0 takes any free port. */
  port: number;
  key: string;
  /** With what stands between it and its authority. */
  cert: string;
  /** Who signs certificates of stations, besides ourselves. */
  clientAuthority?: string;
}

/** Everything that a deployment can set. This file is the only reader of the environment. */
export interface Config {
  /** Absent: the embedded PostgreSQL. */
  databaseUrl?: string;
  /** Absent: the embedded Valkey. */
  redisUrl?: string;
  databasePoolSize: number;
  /** Absolute. Holds the embedded servers and generated secrets. */
  dataDir: string;
  clock: Clock;
  /** As set, to be handed to child processes. */
  clockSetting: string;
  host: string;
  /** 0 takes any free port. */
  ports: { http: number; ocpp: number; tcec: number; ykc: number };
  /** Absent: stations connect without TLS only, or through something that ends it. */
  ocppTls?: StationTls;
  /** What partners see us as, without a slash at the end. Absent: the address we listen on. */
  publicUrl?: string;
  /** What partners of T/CEC 102 see us as, without a slash at the end. Absent: the address we listen on. */
  tcecUrl?: string;
  /** 32 bytes: station keys and tokens are kept as HMAC under it. Absent: one is made in the data folder. */
  serverKey?: Buffer;
  logLevel: (typeof LOG_LEVELS)[number];
  roles: readonly Role[];
  /** Inside addresses that outbound calls may reach all the same, as CIDR ranges. Empty: none. */
  outboundAllow: readonly string[];
  /** Days that messages over OCPI can be looked at, whose bodies are kept, and how many lines a second of what went well. */
  traces: { days: number; bodies: TracedBodies; linesASecond: number };
  /** How long a stop may take, in milliseconds. */
  shutdownMs: number;
  /** Settings that exist but look like a slip; for the log. */
  warnings: readonly string[];
}

export interface ConfigFault {
  variable: string;
  /** As given; masked where it holds a secret. */
  value: string;
  problem: string;
  example: string;
}

/** The configuration cannot be used; the message names every fault. The process ends with `exitCode`. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly exitCode = 2;
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(
      ({ variable, value, problem, example }) => `  ${variable}=${value}\n    ${problem}\n    for example: ${variable}=${example}`,
    );
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type TracedBodies = (typeof TRACED_BODIES)[number];
/** Bodies of what was refused or got no answer, of everything, or of nothing but what somebody asks for. */
const TRACED_BODIES = ['failed', 'all', 'none'] as const;

/** Read by other parts of evroam, not here. */
const ELSEWHERE = ['CONFORMANCE', 'EFFORT', 'SEED', 'REPORTER', 'URL', 'TOKEN', 'CONTEXT', 'CONFIG', 'LANG', 'API_KEY', 'OUTPUT'];

/** Reads and checks all settings; throws one ConfigError that names every fault. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = new Reader(environment);
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:'], 'postgres://evroam:password@localhost:5432/evroam');
  const redisUrl = read.url('REDIS_URL', ['redis:', 'rediss:'], 'redis://localhost:6379');
  const publicUrl = read.url('EVROAM_PUBLIC_URL', ['https:', 'http:'], 'https://hub.example.com')?.replace(/\/+$/, '');
  const tcecUrl = read.url('EVROAM_TCEC_URL', ['https:', 'http:'], 'https://evcs.example.com')?.replace(/\/+$/, '');
  const serverKey = read.parsed('EVROAM_SERVER_KEY', '<64 hexadecimal digits>', (text) => {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`64 hexadecimal digits (32 random bytes); got ${text.length} characters`);
    return Buffer.from(text, 'hex');
  });
  const ocppTls = stationTls(read, environment);
  const clockSetting = environment.EVROAM_CLOCK ?? '';
  const config: Config = {
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(redisUrl ? { redisUrl } : {}),
    databasePoolSize: read.whole('EVROAM_DATABASE_POOL', 20, 2, 500),
    dataDir: resolve(environment.EVROAM_DATA || '.data'),
    clock: read.parsed('EVROAM_CLOCK', '1764000000000,60', clockFromSetting) ?? clockFromSetting(undefined),
    clockSetting,
    host: environment.EVROAM_HOST || '127.0.0.1',
    ports: {
      http: read.whole('EVROAM_PORT', 8080, 0, 65_535),
      ocpp: read.whole('EVROAM_OCPP_PORT', 8180, 0, 65_535),
      tcec: read.whole('EVROAM_TCEC_PORT', 8280, 0, 65_535),
      ykc: read.whole('EVROAM_YKC_PORT', 8767, 0, 65_535),
    },
    ...(ocppTls ? { ocppTls } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    ...(tcecUrl ? { tcecUrl } : {}),
    ...(serverKey ? { serverKey } : {}),
    logLevel: read.oneOf('EVROAM_LOG_LEVEL', LOG_LEVELS, 'info'),
    roles: read.listOf('EVROAM_ROLES', ROLES),
    outboundAllow: read.parsed('EVROAM_OUTBOUND_ALLOW', '10.1.0.0/16,fd00::/8', ranges) ?? [],
    traces: {
      days: read.whole('EVROAM_TRACE_DAYS', 14, 1, 3650),
      bodies: read.oneOf('EVROAM_TRACE_BODIES', TRACED_BODIES, 'failed'),
      linesASecond: read.whole('EVROAM_TRACE_LINES', 500, 1, 1_000_000),
    },
    shutdownMs: read.whole('EVROAM_SHUTDOWN_SECONDS', 20, 1, 600) * 1000,
    warnings: read.unknown(),
  };
  read.finish();
  return config;
}

function stationTls(read: Reader, environment: NodeJS.ProcessEnv): StationTls | undefined {
  const names = { cert: 'EVROAM_OCPP_TLS_CERT', key: 'EVROAM_OCPP_TLS_KEY', clients: 'EVROAM_OCPP_TLS_CLIENT_CA' };
  const cert = read.parsed(names.cert, '/etc/evroam/ocpp.pem', (path) => pemFile(path, (pem) => new X509Certificate(pem)));
  const key = read.parsed(names.key, '/etc/evroam/ocpp.key', (path) => pemFile(path, createPrivateKey));
  const clientAuthority = read.parsed(names.clients, '/etc/evroam/stations-ca.pem', (path) =>
    pemFile(path, (pem) => new X509Certificate(pem)),
  );
  const port = read.whole('EVROAM_OCPP_TLS_PORT', 8443, 0, 65_535);
  for (const [one, other] of [
    [names.cert, names.key],
    [names.key, names.cert],
    [names.clients, names.cert],
  ] as const)
    if (environment[one] && !environment[other]) read.fault(other, '', `needed beside ${one}`, '/etc/evroam/ocpp.pem');
  if (!cert || !key) return undefined;
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    read.fault(
      names.key,
      environment[names.key] ?? '',
      `the key of another certificate than that in ${names.cert}`,
      '/etc/evroam/ocpp.key',
    );
  return { port, key, cert, ...(clientAuthority === undefined ? {} : { clientAuthority }) };
}

/** The text of a file, if it holds what it should. What Node says of one that does not would name no file. */
function pemFile(path: string, parse: (pem: string) => unknown): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`a file that can be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    parse(pem);
  } catch {
    throw new Error('a PEM file: this one cannot be understood');
  }
  return pem;
}

class Reader {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #faults: ConfigFault[] = [];
  readonly #known = new Set(['EVROAM_DATA', 'EVROAM_HOST', ...ELSEWHERE.map((name) => `EVROAM_${name}`)]);

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** An empty variable counts as one that is not set, as in compose files. */
  parsed<T>(variable: string, example: string, parse: (text: string) => T): T | undefined {
    this.#known.add(variable);
    const text = this.#environment[variable];
    if (!text) return undefined;
    try {
      return parse(text);
    } catch (error) {
      this.fault(variable, text, (error as Error).message, example);
      return undefined;
    }
  }

  fault(variable: string, text: string, problem: string, example: string): void {
    this.#faults.push({ variable, value: mask(variable, text), problem, example });
  }

  whole(variable: string, fallback: number, least: number, most: number): number {
    const parse = (text: string) => {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < least || value > most) throw new Error(`a whole number from ${least} to ${most}`);
      return value;
    };
    return this.parsed(variable, String(fallback), parse) ?? fallback;
  }

  url(variable: string, protocols: readonly string[], example: string): string | undefined {
    return this.parsed(variable, example, (text) => {
      if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
        throw new Error(`an address that begins with ${protocols.join('// or ')}//`);
      return text;
    });
  }

  oneOf<T extends string>(variable: string, allowed: readonly T[], fallback: T): T {
    const parse = (text: string) => {
      const found = allowed.find((each) => each === text);
      if (!found) throw new Error(`one of ${allowed.join(', ')}`);
      return found;
    };
    return this.parsed(variable, fallback, parse) ?? fallback;
  }

  listOf<T extends string>(variable: string, allowed: readonly T[]): readonly T[] {
    const parse = (text: string) => {
      const parts = text.split(',').map((part) => part.trim());
      const found = allowed.filter((each) => parts.includes(each));
      if (found.length === 0 || parts.some((part) => !allowed.some((each) => each === part)))
        throw new Error(`a list, with commas, of ${allowed.join(', ')}`);
      return found;
    };
    return this.parsed(variable, allowed.join(','), parse) ?? allowed;
  }

  unknown(): string[] {
    return Object.keys(this.#environment)
      .filter((name) => name.startsWith('EVROAM_') && !this.#known.has(name))
      .map((name) => `${name} is set, and evroam knows no such setting`);
  }

  finish(): void {
    if (this.#faults.length > 0) throw new ConfigError(this.#faults);
  }
}

function ranges(text: string): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  const list = new BlockList();
  for (const part of parts) {
    const [address = '', bits = '', ...rest] = part.split('/');
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || rest.length > 0 || !/^\d+$/.test(bits) || Number(bits) > most)
      throw new Error(`address ranges with commas, each <address>/<bits>; "${part}" is none`);
    list.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  }
  return parts;
}

function mask(variable: string, text: string): string {
  if (/KEY|SECRET|TOKEN|PASSWORD/.test(variable)) return '***';
  // Also in an address that is written wrongly: what stands before the last @ may be a password.
  return text.replace(/^([a-z][\w+.-]*:\/\/)?.*@/i, '$1***@');
}

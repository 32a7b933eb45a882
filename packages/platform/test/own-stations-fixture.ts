import type { SecureContextOptions } from 'node:tls';
import { WebSocket } from 'ws';
import type { TestHub } from './journeys/hub.js';

// A test reads answers by the fields that it expects; a missing one fails the test.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Json = any;

/** A party, a flat tariff and some cards. */
export async function furnishParty({ api }: Pick<TestHub, 'api'>): Promise<void> {
  for (const role of ['cpo', 'emsp']) await must(api, 'POST', '/parties', { party: 'NL-EVR', role, name: 'evroam' });
  await must(api, 'POST', '/tariffs', {
    id: 'FLAT',
    owner: 'NL-EVR',
    currency: 'EUR',
    validFrom: '2020-01-01T00:00:00Z',
    elements: [{ components: [{ dimension: 'ENERGY', fees: [{ type: 'electricity', price: '0.30' }], taxPercent: 21 }] }],
  });
  const token = (uid: string, more: object = {}) =>
    must(api, 'PUT', `/tokens/NL-EVR/${uid}`, {
      type: 'rfid',
      contractId: `NL-EVR-C${uid.padStart(8, '0')}`,
      issuerName: 'evroam',
      ...more,
    });
  await token('CARD1');
  await token('CARD2', { groupId: 'FLEET' });
  await token('BLOCKED', { valid: false });
  await token('APP1', { type: 'appUser' });
  await token('AUTO1', { type: 'other' });
}

/** A station with so many EVSEs at a location of its own, at the flat tariff. Gives its password. */
export async function addStation({ api }: Pick<TestHub, 'api'>, id: string, connectors = 1, tariffIds = ['FLAT']): Promise<string> {
  const numbers = Array.from({ length: connectors }, (_, i) => i + 1);
  const connector = {
    id: '1',
    standard: 'IEC_62196_T2',
    format: 'socket',
    powerType: 'ac3Phase',
    maxVoltage: 230,
    maxAmperage: 32,
    tariffIds,
  };
  await must(api, 'PUT', `/locations/NL-EVR/L-${id}`, {
    address: 'Oudegracht 1',
    city: 'Utrecht',
    country: 'NLD',
    coordinates: { latitude: '52.0907', longitude: '5.1214' },
    timeZone: 'Europe/Amsterdam',
    evses: numbers.map((n) => ({ uid: `${id}-E${n}`, evseId: `NL*EVR*E${id.replace(/\W/g, '')}*${n}`, connectors: [connector] })),
  });
  const { password } = await must(api, 'POST', '/stations', {
    id,
    owner: 'NL-EVR',
    locationId: `L-${id}`,
    connectors: numbers.map((number) => ({ number, evseUid: `${id}-E${number}`, connectorId: '1' })),
  });
  return password;
}

export async function must(api: TestHub['api'], method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Looks again until the look gives something; the hub has no other way to tell a test than to be asked. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, what: string, withinMs = 20_000): Promise<T> {
  for (const started = performance.now(); ; ) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - started > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Heard {
  action: string;
  payload: Json;
}

/** A device that says what a test tells it to, over the real wire, in any version. */
export class Device {
  readonly heard: Heard[] = [];
  /** What it answers to a command; `{ status: 'Accepted' }` where nothing is said. A function may hold the answer back. */
  readonly answers = new Map<string, (payload: Json) => Json>();
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (message: Json[]) => void>();
  #next = 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString('utf8')) as Json[]));
    this.closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })));
    socket.once('close', () => {
      for (const settle of this.#waiting.values()) settle([4, '', 'closed']);
    });
  }

  /** Rejects with the status when it is refused. Without a password it shows none: a certificate speaks for it. */
  static open(
    url: string,
    id: string,
    password: string | Buffer | undefined,
    version: string,
    tls: SecureContextOptions = {},
  ): Promise<Device> {
    const credentials = password && Buffer.concat([Buffer.from(`${id}:`), Buffer.from(password)]).toString('base64');
    const socket = new WebSocket(`${url}/${encodeURIComponent(id)}`, `ocpp${version}`, {
      headers: credentials ? { authorization: `Basic ${credentials}` } : {},
      ...tls,
    });
    const device = new Device(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(device));
      socket.once('unexpected-response', (_request, response) => {
        socket.on('error', () => undefined);
        socket.terminate();
        reject(new Error(`refused with ${response.statusCode}`));
      });
      socket.on('error', reject);
    });
  }

  /** The answer's payload; rejects with the error code of a CALLERROR. */
  call(action: string, payload: object, id = `m${this.#next++}`): Promise<Json> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ([type, , third]) => {
        if (type === 3) resolve(third);
        else reject(new Error(String(third)));
      });
      this.#socket.send(JSON.stringify([2, id, action, payload]));
    });
  }

  /** A command, past or to come. */
  command(action: string): Promise<Json> {
    return eventually(async () => this.heard.find((heard) => heard.action === action)?.payload, `${action} to come`);
  }

  close(): void {
    this.#socket.close();
  }

  /** The line fails without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  #hear([type, id, action, payload]: Json[]): void {
    if (type === 2) {
      this.heard.push({ action, payload });
      const answer = this.answers.get(action);
      const said = answer ? answer(payload) : { status: 'Accepted' };
      if (said !== undefined) this.#socket.send(JSON.stringify([3, id, said]));
      return;
    }
    this.#waiting.get(id)?.([type, id, action, payload]);
    this.#waiting.delete(id);
  }
}

/** Says hello as a station of that version does. */
export function boot(device: Device, version: string, serialNumber = 'S-1'): Promise<Json> {
  return version === '1.6'
    ? device.call('BootNotification', { chargePointVendor: 'evroam', chargePointModel: 'test', chargePointSerialNumber: serialNumber })
    : device.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'evroam', model: 'test', serialNumber } });
}

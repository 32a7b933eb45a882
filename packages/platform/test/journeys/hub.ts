import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { readConfig, startHub } from '@evroam/platform';
import { createLog } from '#edges/log.js';
import { testDatabase, testRedis } from '#edges/testing.js';

/** A whole hub on real servers, on free ports, with its log at hand. */
// A test reads answers by the fields that it expects; a missing one fails the test.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Json = any;

export async function openHub(environment: Record<string, string> = {}) {
  const database = await testDatabase();
  const redis = await testRedis();
  const folder = mkdtempSync(join(tmpdir(), 'evroam-journey-'));
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').trim().split('\n')) lines.push(JSON.parse(line) as Record<string, unknown>);
      for (const look of waiting) look();
      done();
    },
  });
  const running = await startHub(
    readConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      EVROAM_DATA: folder,
      EVROAM_PORT: '0',
      EVROAM_OCPP_PORT: '0',
      EVROAM_TCEC_PORT: '0',
      EVROAM_YKC_PORT: '0',
      EVROAM_OUTBOUND_ALLOW: '127.0.0.0/8',
      ...environment,
    }),
    { log: createLog({ level: 'info', to }) },
  );

  async function api(method: string, path: string, body?: unknown, key = running.adminKey): Promise<{ status: number; body: Json }> {
    const response = await fetch(running.addresses.admin + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    ...running,
    database,
    redisUrl: redis.url,
    folder,
    api,
    ocppUrl: running.addresses.ocpp.replace('/<identity>', ''),
    lines,
    /** Resolves with the first log line, past or to come, that fits. */
    logged(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
      return new Promise((resolve) => {
        const look = () => {
          const found = lines.find(fits);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    /** Looks again after each line of the log until there is something; what the hub does shows there or in the outbox. */
    async settled<T>(look: () => Promise<T | undefined>, withinMs = 20_000): Promise<T> {
      const end = Date.now() + withinMs;
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error('it did not come to that in time');
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async close() {
      await running.stop();
      await redis.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestHub = Awaited<ReturnType<typeof openHub>>;

/** One location with one station and a tariff that is dearer by day. Gives the station's password. */
export async function furnish({ api }: TestHub): Promise<string> {
  const must = async (...args: Parameters<typeof api>) => {
    const { status, body } = await api(...args);
    if (status >= 300) throw new Error(`${args[0]} ${args[1]}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  for (const role of ['cpo', 'emsp']) await must('POST', '/parties', { party: 'NL-EVR', role, name: 'evroam' });
  const price = (electricity: string) => ({
    dimension: 'ENERGY',
    fees: [
      { type: 'electricity', price: electricity },
      { type: 'service', price: '0.10' },
    ],
    taxPercent: 21,
  });
  await must('POST', '/tariffs', {
    id: 'TOU',
    owner: 'NL-EVR',
    currency: 'EUR',
    validFrom: '2026-01-01T00:00:00Z',
    elements: [{ components: [price('0.25')], restrictions: { startTime: '08:00', endTime: '20:00' } }, { components: [price('0.15')] }],
  });
  await must('PUT', '/locations/NL-EVR/L1', {
    address: 'Oudegracht 1',
    city: 'Utrecht',
    country: 'NLD',
    coordinates: { latitude: '52.0907', longitude: '5.1214' },
    timeZone: 'Europe/Amsterdam',
    evses: [
      {
        uid: 'E1',
        connectors: [
          {
            id: '1',
            standard: 'IEC_62196_T2',
            format: 'socket',
            powerType: 'ac3Phase',
            maxVoltage: 230,
            maxAmperage: 32,
            tariffIds: ['TOU'],
          },
        ],
      },
    ],
  });
  const station = { id: 'CS-1', owner: 'NL-EVR', locationId: 'L1', connectors: [{ number: 1, evseUid: 'E1', connectorId: '1' }] };
  return (await must('POST', '/stations', station)).password;
}

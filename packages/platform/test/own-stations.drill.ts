import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stationClock } from '@evroam/ocpp-core/station';
import { expect } from 'chai';
import { type Embedded, startEmbedded } from '#edges/embedded/start.js';
import { openRedis, type Redis } from '#edges/redis.js';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { clockFromSetting, clockSetting } from '#kernel/clock.js';
import { addStation, eventually, furnishParty, type Json, must } from './own-stations-fixture.js';
import { type Charged, type FleetMember, fleetMember, randomOf, reported, VERSIONS } from './own-stations-fleet.js';

const quick = process.env.EVROAM_EFFORT === 'quick';
const CHARGERS = Number(process.env.EVROAM_FLEET ?? (quick ? 30 : 200));
const HOURS = quick ? 2 : 10;
const RATE = 240;
const SAMPLE_SECONDS = 300;
const SEED = Number(process.env.EVROAM_SEED ?? 20_260_301);

interface Where {
  addresses: { admin: string; ocpp: string };
  adminKey: string;
}

/** A hub in its own process, on ports and data that outlive it. */
class KillableHub {
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  where: Where | undefined;

  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  async start(): Promise<void> {
    const child = fork(fileURLToPath(new URL('./own-stations-hub.js', import.meta.url)), [], {
      env: { ...process.env, ...this.#environment },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const [news] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (typeof news !== 'object') throw new Error(`the hub ended with ${news}`);
    this.where = news as Where;
  }

  async kill(): Promise<void> {
    const child = this.#child!;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.send('stop');
    await gone;
  }

  api = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> => {
    const { addresses, adminKey } = this.where!;
    const response = await fetch(addresses.admin + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

for (const kills of [0, 10]) {
  describe(`${CHARGERS} chargers of three versions, every fault, ${HOURS} simulated hours${kills > 0 ? `, the hub killed ${kills} times, Valkey emptied twice` : ''}`, function () {
    this.timeout(900_000);
    let database: TestDatabase;
    let valkey: Embedded;
    let redis: Redis;
    let hub: KillableHub;
    let fleet: FleetMember[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'evroam-fleet-'));
    const setting = clockSetting(new Date('2026-03-02T06:00:00Z'), RATE);
    const clock = clockFromSetting(setting);

    before(async () => {
      [database, valkey] = await Promise.all([
        testDatabase(),
        startEmbedded({ dataDir: join(folder, 'valkey'), postgres: false, valkey: true, throwaway: true }),
      ]);
      redis = await openRedis({ url: valkey.redisUrl! });
      hub = new KillableHub({
        DATABASE_URL: database.url,
        REDIS_URL: valkey.redisUrl!,
        EVROAM_DATA: folder,
        EVROAM_PORT: String(await freePort()),
        EVROAM_OCPP_PORT: String(await freePort()),
        EVROAM_CLOCK: setting,
        EVROAM_LOG_LEVEL: process.env.EVROAM_LOG_LEVEL ?? 'fatal',
      });
      await hub.start();
      await furnishParty(hub);
      const url = hub.where!.addresses.ocpp.replace('/<identity>', '');
      for (let n = 0; n < CHARGERS; n += 1) {
        const id = `F-${n}`;
        const password = await addStation(hub, id);
        const version = VERSIONS[n % VERSIONS.length]!;
        fleet.push(fleetMember({ id, version, url, password, clock: stationClock(clock), seed: SEED + n, sampleSeconds: SAMPLE_SECONDS }));
      }
      await Promise.all(fleet.map(({ station }) => station.accepted));
    });
    after(async () => {
      await Promise.all(fleet.map(({ station }) => station.stop()));
      fleet = [];
      await hub.stop();
      await redis.close();
      await valkey.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function killAround(untilMs: number): Promise<void> {
      const random = randomOf(SEED);
      const pauseMs = (untilMs - clock.now().getTime()) / RATE / (kills + 1);
      for (let n = 0; n < kills; n += 1) {
        await delay(pauseMs * (0.5 + random()));
        await hub.kill();
        if (n % 5 === 2) await redis.client.flushall();
        await hub.start();
      }
    }

    it('registers = energy of sessions = energy of CDRs, each session once, none open', async () => {
      const untilMs = clock.now().getTime() + HOURS * 3_600_000;
      await Promise.all([...fleet.map((member) => member.live(untilMs)), killAround(untilMs)]);
      const charged = fleet.flatMap((member) => [...member.charged.values()]);
      expect(
        fleet.reduce((sum, { dropped }) => sum + dropped, 0),
        'messages given up by stations',
      ).to.equal(0);
      expect(charged.every(({ endMilliWh }) => endMilliWh !== undefined)).to.equal(true);
      const count = async (from: string) => (await database.sql<{ n: number }>(undefined, `SELECT count(*)::int AS n FROM ${from}`))[0]!.n;
      const jumped = charged.filter(({ jumpedMilliWh }) => jumpedMilliWh > 0);

      await eventually(
        async () => (await count(`charging_session WHERE phase = 'ended'`)) === charged.length,
        'all sessions to end',
        60_000,
      );
      expect(await count(`charging_session WHERE phase <> 'ended'`), 'sessions left open').to.equal(0);
      expect(await count('charging_session')).to.equal(charged.length);
      await eventually(
        async () => (await count('charging_cdr')) + (await count('charging_session WHERE held')) >= charged.length,
        'the CDRs',
        60_000,
      );

      // A person looks at what the meters made of it.
      const held = await database.sql<{ id: string; station: string; flags: string[] }>(
        undefined,
        `SELECT id, station_id AS station, state->'flags' AS flags FROM charging_session WHERE held ORDER BY station_id, started_at`,
      );
      const suspects = new Set(jumped.map(({ stationId }) => stationId));
      expect(
        held.filter(({ station }) => !suspects.has(station)),
        'held without a reason',
      ).to.deep.equal([]);
      expect(held.length).to.equal(jumped.length);
      await releaseAll(held, jumped);
      await eventually(async () => (await count('charging_cdr')) === charged.length, 'the CDRs of released sessions', 30_000);

      const wanted = energies(charged.map((session) => [session.stationId, reported(session)]));
      const sessions = await database.sql<{ station: string; mwh: string }>(
        undefined,
        `SELECT station_id AS station, (SELECT sum((p->>'energyMilliWh')::bigint) FROM jsonb_array_elements(state->'periods') p)::text AS mwh FROM charging_session`,
      );
      const cdrs = await database.sql<{ station: string; mwh: string }>(
        undefined,
        `SELECT s.station_id AS station, c.body->>'energyMilliWh' AS mwh FROM charging_cdr c JOIN charging_session s ON s.id = c.session_id`,
      );
      expect(energies(sessions.map(({ station, mwh }) => [station, Number(mwh)]))).to.deep.equal(wanted);
      expect(energies(cdrs.map(({ station, mwh }) => [station, Number(mwh)]))).to.deep.equal(wanted);
      const total = charged.reduce((sum, session) => sum + reported(session), 0);
      const samples = await count('charging_sample');
      console.log(
        `    seed ${SEED}: ${charged.length} sessions, ${total / 1_000_000} kWh, ${samples} messages kept, ${held.length} held and released, ${await count(`charging_session WHERE state->'flags' @> '["clockCorrected"]'`)} with a corrected clock, ${kills} kills`,
      );
    });

    async function releaseAll(held: readonly { id: string; station: string }[], jumped: readonly Charged[]): Promise<void> {
      const byStation = new Map<string, Charged[]>();
      for (const session of jumped) byStation.set(session.stationId, [...(byStation.get(session.stationId) ?? []), session]);
      for (const { id, station } of held) {
        const session = byStation.get(station)!.shift()!;
        await must(hub.api, 'POST', `/sessions/${id}/release`, { kwh: (reported(session) / 1_000_000).toFixed(6) });
      }
    }
  });
}

/** The energies of each station, in order of size. */
function energies(of: readonly (readonly [station: string, milliWh: number])[]): Record<string, number[]> {
  const by: Record<string, number[]> = {};
  for (const [station, milliWh] of of) {
    by[station] ??= [];
    by[station].push(milliWh);
  }
  for (const list of Object.values(by)) list.sort((a, b) => a - b);
  return by;
}

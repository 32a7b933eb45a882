import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { timeFrom } from '@evroam/gbt-adapter/ykc/simulator';
import { stationClock } from '@evroam/ocpp-core/station';
import { type Embedded, startEmbedded } from '#edges/embedded/start.js';
import { openRedis, type Redis } from '#edges/redis.js';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { clockFromSetting, clockSetting } from '#kernel/clock.js';
import { addPile, furnishChina } from './china/fixture.js';
import { expectChargerBooks } from './own-stations-charger-books.js';
import { addStation, furnishParty, must } from './own-stations-fixture.js';
import { type FleetMember, fleetMember, randomOf, VERSIONS } from './own-stations-fleet.js';
import { freePort, KillableHub } from './own-stations-killable.js';
import { expectPileBooks } from './own-stations-pile-books.js';
import { PILE_CARD, type PileMember, pileMember } from './own-stations-piles.js';

const quick = process.env.EVROAM_EFFORT === 'quick';
const CHARGERS = Number(process.env.EVROAM_FLEET ?? (quick ? 30 : 200));
const PILES = Number(process.env.EVROAM_PILES ?? (quick ? 20 : 40));
const HOURS = Number(process.env.EVROAM_HOURS ?? (quick ? 2 : 10));
/** Ten hours in five minutes: faster than that, two cores have no time for what a day's outbox holds. */
const RATE = Number(process.env.EVROAM_RATE ?? 120);
const SAMPLE_SECONDS = 300;
const SEED = Number(process.env.EVROAM_SEED ?? 20_260_301);

for (const kills of [0, 10]) {
  describe(`${CHARGERS} OCPP chargers of three versions and ${PILES} 云快充 piles, every fault, ${HOURS} simulated hours${kills > 0 ? `, the hub killed ${kills} times, Valkey emptied twice` : ''}`, function () {
    this.timeout(900_000);
    let database: TestDatabase;
    let valkey: Embedded;
    let redis: Redis;
    let hub: KillableHub;
    let fleet: FleetMember[] = [];
    let piles: PileMember[] = [];
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
        EVROAM_YKC_PORT: String(await freePort()),
        EVROAM_TCEC_PORT: String(await freePort()),
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
      await furnishChina(hub);
      for (let n = 0; n < PILES; n += 1) piles.push(await newPile(n));
    });
    after(async () => {
      for (const { pile } of piles) pile.stop();
      piles = [];
      await Promise.all(fleet.map(({ station }) => station.stop()));
      fleet = [];
      await hub.stop();
      await redis.close();
      await valkey.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** A pile that is on, logged in, and has the card that may charge while it is offline. */
    async function newPile(n: number): Promise<PileMember> {
      const [id, pileCode] = [`P-${n}`, String(20_260_302_000_000 + n)];
      const member = pileMember({
        ...{ n, id, pileCode, seed: SEED + 10_000 + n, sampleSeconds: SAMPLE_SECONDS, time: timeFrom(clock) },
        port: Number(new URL(hub.where!.addresses.ykc).port),
        startFromAfar: async (station, number) => {
          await hub.reach('POST', '/starts', {
            ...{ issuer: 'CN-EVR', uid: 'APP1', locationId: `L-${station}`, evseUid: `${station}-E${number}` },
          });
        },
        stopFromAfar: async (station) => {
          const open = await hub.reach('GET', `/sessions?station=${station}&status=active`);
          for (const session of open?.items ?? []) await hub.reach('POST', `/sessions/${session.id}/stop`);
        },
      });
      const { pile } = member;
      await addPile(hub, { id, pileCode }, { guns: pile.guns.length });
      if (pile.options.hasGroundLocks) await must(hub.api, 'PUT', `/stations/${id}/locks/1`, { driver: 'ykc' });
      const online = once(pile, 'online');
      pile.start();
      await online;
      await must(hub.api, 'POST', `/stations/${id}/commands/sendLocalList?wait=20`, {
        ...{ version: 1, full: true, tokens: [{ uid: PILE_CARD.slice(8), type: 'rfid' }] },
      });
      return member;
    }

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

    it('registers = energy of sessions = energy of CDRs, each session and bill once, none open', async () => {
      const untilMs = clock.now().getTime() + HOURS * 3_600_000;
      await Promise.all([...[...fleet, ...piles].map((member) => member.live(untilMs)), killAround(untilMs)]);
      const books = [await expectChargerBooks(database, hub, fleet), await expectPileBooks(database, hub, piles)];
      console.log(`    seed ${SEED}, ${kills} kills:`);
      for (const line of books) console.log(`      ${line}`);
    });
  });
}

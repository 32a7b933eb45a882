import { type Fault, type JournalEntry, type SimulatedStation, type StationClock, startStation } from '@evroam/ocpp-core/station';

export const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
export type Version = (typeof VERSIONS)[number];

/** What a station's own register says of one session. */
export interface Charged {
  stationId: string;
  version: Version;
  startMilliWh: number;
  endMilliWh?: number;
  /** Its meter jumped meanwhile, by so much: a person will have to look at it. */
  jumpedMilliWh: number;
}

export interface FleetMember {
  station: SimulatedStation;
  id: string;
  version: Version;
  charged: Map<string, Charged>;
  /** Drives around for so long in domain time, with everything going wrong that can. Leaves no session open. */
  live(untilMs: number): Promise<void>;
  dropped: number;
}

/** Small, seeded, and the same on every machine. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const MINUTE = 60_000;
/** Faults that may come and go at any moment. */
const LASTING = ['duplicateSends', 'restartedMessageIds', 'badJson', 'slowAnswers', 'lostAnswers'] as const;
/** Clocks that are ahead, behind, or have lost their battery. */
const SKEWS = [3 * 3_600_000, -3 * 3_600_000, -56 * 365 * 86_400_000];

export function fleetMember(options: {
  id: string;
  version: Version;
  url: string;
  password: string;
  clock: StationClock;
  seed: number;
  sampleSeconds: number;
}): FleetMember {
  const { id, version, url, password, clock, seed, sampleSeconds } = options;
  const random = randomOf(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least));
  const charged = new Map<string, Charged>();
  let dropped = 0;
  const journal = (entry: JournalEntry) => {
    if (entry.kind === 'started') {
      charged.set(entry.transactionKey, { stationId: id, version, startMilliWh: entry.milliWh, jumpedMilliWh: 0 });
    } else if (entry.kind === 'ended') {
      const session = charged.get(entry.transactionKey);
      if (session) session.endMilliWh = entry.milliWh;
    } else if (entry.kind === 'dropped') dropped += 1;
  };
  const station = startStation({
    identity: id,
    version,
    url,
    password,
    clock,
    seed,
    journal,
    meterIntervalSeconds: sampleSeconds,
    connectionTimeoutSeconds: 60,
    callTimeoutMs: 3_000,
    startMilliWh: between(0, 50_000_000),
    backOff: { minimumMs: 100, randomMs: 400, doublings: 3 },
  });

  function breakSomething(transactionKey: string): void {
    const name = LASTING[between(0, LASTING.length)]!;
    const faults: Record<(typeof LASTING)[number], Fault> = {
      duplicateSends: { name: 'duplicateSends' },
      restartedMessageIds: { name: 'restartedMessageIds' },
      badJson: { name: 'badJson' },
      slowAnswers: { name: 'slowAnswers', ms: 50 },
      lostAnswers: { name: 'lostAnswers', count: 2 },
    };
    const chance = random();
    if (chance < 0.5) station.fault(faults[name]);
    else if (chance < 0.6) station.fault({ name: 'halfOpen' });
    else if (chance < 0.8) station.goOffline();
    else if (chance < 0.85) station.powerCycle();
    else if (chance < 0.9) {
      const session = charged.get(transactionKey);
      // As much as no connector could give: it must not pass for energy.
      const by = 500_000_000;
      station.fault({ name: 'meterJump', connectorId: 1, milliWh: station.state(1).milliWh + by });
      if (session && session.endMilliWh === undefined) session.jumpedMilliWh += by;
    }
  }

  function mendSome(): void {
    for (const name of LASTING) if (random() < 0.5) station.heal(name);
    if (random() < 0.7) station.goOnline();
  }

  async function session(): Promise<void> {
    const skew = random() < 0.1 ? SKEWS[between(0, SKEWS.length)] : undefined;
    if (skew !== undefined) {
      // A station stamps a message once: what waits to be sent keeps the time that it has.
      station.goOnline();
      await station.drained();
      station.fault({ name: 'clockSkew', ms: skew });
    }
    const need = random() < 0.3 ? { needMilliWh: between(1_000_000, 8_000_000) } : {};
    station.plugIn(1, { powerW: between(2_000, 22_000), ...need });
    const started = await station.startLocal(1, random() < 0.5 ? 'CARD1' : 'CARD2');
    if (started.accepted) {
      const { key } = started.transaction;
      const parts = between(1, 4);
      for (let part = 0; part < parts; part += 1) {
        await clock.delay(between(5, 25) * MINUTE);
        breakSomething(key);
        await clock.delay(between(2, 15) * MINUTE);
        mendSome();
      }
      if (random() < 0.5) station.stopLocal(1);
    }
    station.unplug(1);
    if (skew !== undefined) {
      // What happened on the wrong clock is told before the clock is set right.
      station.goOnline();
      await station.drained();
      station.heal('clockSkew');
    }
  }

  return {
    station,
    id,
    version,
    charged,
    async live(untilMs) {
      await clock.delay(between(0, 20) * MINUTE);
      while (clock.now().getTime() < untilMs) {
        await session();
        await clock.delay(between(2, 20) * MINUTE);
      }
      for (const name of LASTING) station.heal(name);
      station.goOnline();
      await station.drained();
    },
    get dropped() {
      return dropped;
    },
  };
}

/** What the protocol can tell of a session's energy: 1.6 counts in whole Wh. */
export function reported({ version, startMilliWh, endMilliWh = startMilliWh, jumpedMilliWh }: Charged): number {
  const difference =
    version === '1.6' ? (Math.floor(endMilliWh / 1000) - Math.floor(startMilliWh / 1000)) * 1000 : endMilliWh - startMilliWh;
  return difference - jumpedMilliWh;
}

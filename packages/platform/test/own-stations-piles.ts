import { once } from 'node:events';
import { YkcError } from '@evroam/gbt-adapter/ykc';
import { FAULTS, type PileFault, type SimTime, SimulatedPile, type Vehicle } from '@evroam/gbt-adapter/ykc/simulator';
import { randomOf } from './own-stations-fleet.js';

const NAMES = Object.keys(FAULTS) as PileFault[];
/** A clock is wrong from the beginning or not at all. */
const isOfClock = (name: PileFault) => name === 'clockWrong' || name === 'clockAhead';
const LASTING = NAMES.filter((name) => !isOfClock(name));
const VERSIONS = ['1.5', '1.6', '1.7'] as const;
/** The card as the pile reads it, and the driver whose it is. */
export const PILE_CARD = '00000000D14B0A54';
const VIN = 'L1NSPGH98NA000000';
const MINUTE = 60_000;
const MILLI_WH_PER_UNIT = 100;

/** What the register of a gun, and the faults of its pile, say of one order. */
export interface PileCharge {
  id: string;
  tradeNo: string;
  startMilliWh: number;
  endMilliWh?: number;
  /** It was billed 0.01 CNY too dear: a person will have to look at it. */
  isWrong?: boolean;
}

export interface PileMember {
  pile: SimulatedPile;
  id: string;
  charged: Map<string, PileCharge>;
  /** Trade numbers whose bill was called illegal. */
  refused: string[];
  /** Lives for so long in domain time, with everything going wrong that can. Leaves no order open and no record unsent. */
  live(untilMs: number): Promise<void>;
}

/** The n-th pile of a fleet: each has one fault of its own, so that a fleet of enough of them has them all, and meets the others as well. */
export function pileMember(options: {
  n: number;
  id: string;
  pileCode: string;
  port: number;
  time: SimTime;
  seed: number;
  sampleSeconds: number;
  /** Asks the hub to start a gun; nobody knows whether it heard. */
  startFromAfar(id: string, number: number): Promise<void>;
  stopFromAfar(id: string): Promise<void>;
}): PileMember {
  const { n, id, pileCode, port, time, seed, sampleSeconds, startFromAfar, stopFromAfar } = options;
  const random = randomOf(seed);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least));
  const chance = (share: number) => random() < share;
  const delay = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const own = NAMES[n % NAMES.length]!;
  const charged = new Map<string, PileCharge>();
  const refused: string[] = [];
  const pile = new SimulatedPile({
    ...{ pileCode, port, time, seed },
    faults: isOfClock(own) ? [own] : [],
    version: VERSIONS[n % VERSIONS.length]!,
    kind: n % 4 === 1 ? 'AC' : 'DC',
    guns: n % 5 === 0 ? 2 : 1,
    hasGroundLocks: own === 'lockStuck',
    iccid: pileCode.padStart(20, '8'),
    pace: { heartbeatMs: 2 * MINUTE, chargingMs: sampleSeconds * 1000, retryMs: MINUTE },
    line: { limits: { callTimeoutMs: 5_000 } },
  });
  const register = (tradeNo: string) => pile.guns[Number(tradeNo.slice(14, 16)) - 1]!.meterUnits * MILLI_WH_PER_UNIT;
  pile.on('started', (tradeNo) => charged.set(tradeNo, { id, tradeNo, startMilliWh: register(tradeNo) }));
  pile.on('ended', ({ tradeNo }) => {
    const charge = charged.get(tradeNo)!;
    charge.endMilliWh = register(tradeNo);
    if (pile.faults.has('wrongAmount')) charge.isWrong = true;
  });
  pile.on('settled', ({ tradeNo }, result) => {
    if (result !== 0) refused.push(tradeNo);
  });

  function breakSomething(): void {
    pile.faults.add(chance(0.5) ? own : LASTING[between(0, LASTING.length)]!);
    const what = random();
    if (what < 0.2) pile.cut();
    else if (what < 0.4) pile.stop();
    else if (what < 0.45) pile.losePower();
  }

  function mendSome(): void {
    for (const name of pile.faults) if (chance(0.5) && !isOfClock(name)) pile.faults.delete(name);
    if (chance(0.7)) pile.start();
  }

  const vehicle = (): Vehicle => ({
    vin: VIN,
    capacityKWh: between(30, 100),
    socPct: between(5, 95),
    // One that is plugged in and takes nothing.
    maxPowerKw: chance(0.05) ? 0 : between(3, 120),
  });

  /** A driver tries once, in one of the ways there are. */
  async function start(number: number): Promise<void> {
    try {
      const way = random();
      if (way < 0.4) await pile.swipe(number, PILE_CARD);
      else if (way < 0.6) await pile.presentVin(number);
      else await startFromAfar(id, number);
    } catch (error) {
      // Nobody answered: what becomes of it is seen at the gun.
      if (!(error instanceof YkcError)) throw error;
    }
  }

  async function end(number: number): Promise<void> {
    const what = random();
    if (what < 0.3) pile.pressStop(number);
    else if (what < 0.5) await stopFromAfar(id);
    else if (what < 0.6) {
      pile.emergencyStop();
      pile.repair();
    } else if (what < 0.8) await pile.swipe(number, PILE_CARD).catch(() => pile.pressStop(number));
    await delay(between(1, 4) * MINUTE);
    pile.unplug(number);
  }

  async function session(number: number): Promise<void> {
    const isLate = chance(0.2);
    if (!isLate) pile.plugIn(number, vehicle());
    await start(number);
    if (isLate) pile.plugIn(number, vehicle());
    await delay(between(1, 4) * MINUTE);
    for (let part = between(1, 4); part > 0 && pile.guns[number - 1]!.order; part -= 1) {
      await delay(between(5, 20) * MINUTE);
      breakSomething();
      await delay(between(2, 15) * MINUTE);
      mendSome();
    }
    await end(number);
  }

  async function drive(number: number, untilMs: number): Promise<void> {
    await delay(between(0, 20) * MINUTE);
    while (time.now().getTime() < untilMs) {
      await session(number);
      mendSome();
      await delay(between(2, 20) * MINUTE);
    }
  }

  return {
    pile,
    id,
    charged,
    refused,
    async live(untilMs) {
      pile.faults.add(own);
      await Promise.all(pile.guns.map(({ number }) => drive(number, untilMs)));
      pile.faults.clear();
      pile.start();
      // A record that was held goes out with the next login.
      pile.cut();
      while (pile.records.waiting.length > 0) await once(pile, 'settled');
    },
  };
}

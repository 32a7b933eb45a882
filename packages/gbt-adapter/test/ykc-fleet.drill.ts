import { once } from 'node:events';
import {
  BillingModelCheck,
  BillingModelRequest,
  type BodyOf,
  Heartbeat,
  Login,
  listen,
  RealtimeData,
  RemoteStart,
  RemoteStop,
  TransactionRecord,
  type YkcEndpoint,
} from '@evroam/gbt-adapter/ykc';
import { type PileFault, type PileRecord, SimulatedPile, timeFrom } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { SEED } from './arbitrary.js';
import { MODEL } from './platform.js';

const PILES = 40;
const WALL_MS = 20_000;
const LINE_FAULTS: readonly PileFault[] = [
  'crcSwapped',
  'crcWrong',
  'halfFrames',
  'coalescedFrames',
  'garbageBetween',
  'recordTwice',
  'recordUnheard',
  'idleDuringSession',
  'oddStartType',
];

/** A9: broken lines, cut at random, over hours of the piles' time: every bill arrives, whole, and no other does. */
describe('a fleet of 云快充 piles on bad lines', () => {
  it(`bills every order, and each the same however often it comes (seed ${SEED})`, async () => {
    let state = SEED >>> 0;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    };
    const heard = new Map<string, BodyOf<typeof TransactionRecord>>();
    const lines = new Map<string, YkcEndpoint<'platform'>>();
    let conflicts = 0;
    let orders = 0;
    const faults: unknown[] = [];
    const platform = await listen({ port: 0, fault: (error) => faults.push(error) }, (line) => {
      line
        .handle(Login, ({ pileCode }) => {
          lines.set(pileCode, line);
          return { pileCode, result: 0 };
        })
        .handle(BillingModelCheck, ({ pileCode, modelNo }) => ({ pileCode, modelNo, result: modelNo === MODEL.modelNo ? 0 : 1 }))
        .handle(BillingModelRequest, ({ pileCode }) => ({ ...MODEL, pileCode }))
        .handle(Heartbeat, ({ pileCode, gunNo }) => ({ pileCode, gunNo, ack: 0 }))
        .handle(RealtimeData, () => undefined)
        .handle(TransactionRecord, (bill) => {
          const before = heard.get(bill.tradeNo);
          if (before && JSON.stringify(before) !== JSON.stringify(bill)) conflicts += 1;
          heard.set(bill.tradeNo, bill);
          return { tradeNo: bill.tradeNo, result: 0 };
        });
    });
    const began = Date.now();
    const time = timeFrom({ now: () => new Date(Date.parse('2025-01-01T00:00:00Z') + (Date.now() - began) * 600), rate: 600 });
    const ended = new Map<string, PileRecord>();
    const piles = Array.from({ length: PILES }, (_, i) => {
      const pileCode = String(20_231_212_000_000 + i);
      const own = LINE_FAULTS.filter(() => random() < 0.3);
      const pile = new SimulatedPile({
        pileCode,
        port: platform.port,
        time,
        faults: own,
        seed: i,
        line: { limits: { callTimeoutMs: 400 } },
      });
      pile.on('ended', (record) => ended.set(record.tradeNo, record));
      pile.plugIn(1, { vin: 'L1NSPGH98NA000000', capacityKWh: 6000, socPct: 10, maxPowerKw: 60 });
      pile.start();
      return pile;
    });
    const ignore = (): void => {};
    const stir = setInterval(() => {
      const pile = piles[Math.floor(random() * PILES)]!;
      const line = lines.get(pile.pileCode);
      const gun = { pileCode: pile.pileCode, gunNo: '01' };
      if (random() < 0.15) pile.cut();
      else if (!line?.isOpen) return;
      else if (pile.guns[0]?.order) void line.call(RemoteStop, gun, { timeoutMs: 500 }).catch(ignore);
      else {
        orders += 1;
        const tradeNo = `${pile.pileCode}01250101${String(orders).padStart(10, '0')}`;
        void line
          .call(RemoteStart, { ...gun, tradeNo, logicCard: '0'.repeat(16), physicalCard: '0'.repeat(16), balance: 0 }, { timeoutMs: 500 })
          .catch(ignore);
      }
    }, 10);
    await new Promise((resolve) => setTimeout(resolve, WALL_MS));
    clearInterval(stir);
    for (const pile of piles) {
      pile.faults.clear();
      pile.pressStop(1);
    }
    const settled = async (pile: SimulatedPile): Promise<void> => {
      while (pile.records.waiting.length > 0) await once(pile, 'settled');
    };
    await Promise.all(piles.map(settled));
    console.log(`      ${orders} starts asked for, ${ended.size} orders, ${heard.size} bills heard`);
    for (const pile of piles) pile.stop();
    await platform.close();
    expect(faults).to.deep.equal([]);
    expect(conflicts).to.equal(0);
    expect(ended.size).to.be.greaterThan(PILES);
    expect([...heard.keys()].sort()).to.deep.equal([...ended.keys()].sort());
    for (const [tradeNo, record] of ended) expect(heard.get(tradeNo)).to.deep.equal(record);
  });
});

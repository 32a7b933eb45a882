import { BalanceUpdate, CardClear, CardQuery, CardSync } from '../cards.js';
import { ParallelRemoteStart, RemoteStart, RemoteStop } from '../charging.js';
import type { YkcEndpoint } from '../endpoint.js';
import { GroundLockCommand } from '../ground-lock.js';
import { Reboot, Update, WorkParameters } from '../operation.js';
import { ReadRealtimeData } from '../realtime.js';
import { BillingModelSet, TimeSync } from '../registration.js';
import { toDate } from '../time.js';
import { type Guns, STOP } from './guns.js';
import { moveLock } from './lock.js';
import type { SimulatedPile } from './pile.js';

/** A card number of zeros: no card, or do not compare. */
export const NO_CARD = '0'.repeat(16);
const PLUG_WAIT_MS = 60_000;

/** What a pile does when the platform asks: one handler a frame. */
export function obey(pile: SimulatedPile, guns: Guns, line: YkcEndpoint<'pile'>): void {
  const { pileCode, cards } = pile;
  const isMine = (code: string): boolean => code === pileCode;
  line
    .handle(TimeSync, ({ time }) => {
      const said = toDate(time);
      if (said) pile.setClock(said);
      return { pileCode, time: pile.clockText() };
    })
    .handle(BillingModelSet, (model) => {
      pile.setModel(model);
      return { pileCode, result: 1 };
    })
    .handle(ReadRealtimeData, ({ gunNo }) => guns.realtime(Number(gunNo)))
    .handle(RemoteStart, (start) => {
      const failReason = isMine(start.pileCode) ? remoteStart(pile, guns, start) : 1;
      return { tradeNo: start.tradeNo, pileCode, gunNo: start.gunNo, result: failReason === 0 ? 1 : 0, failReason };
    })
    .handle(ParallelRemoteStart, (start) => {
      const failReason = isMine(start.pileCode) ? remoteStart(pile, guns, start) : 1;
      const { tradeNo, gunNo, parallelNo } = start;
      return { tradeNo, pileCode, gunNo, result: failReason === 0 ? 1 : 0, failReason, role: gunNo === '01' ? 0 : 1, parallelNo };
    })
    .handle(RemoteStop, ({ pileCode: named, gunNo }) => {
      const failReason = isMine(named) ? remoteStop(pile, guns, Number(gunNo)) : 1;
      return { pileCode, gunNo, result: failReason === 0 ? 1 : 0, failReason };
    })
    .handle(BalanceUpdate, ({ gunNo, physicalCard, balance }) => ({
      pileCode,
      physicalCard,
      result: setBalance(guns, Number(gunNo), physicalCard, balance),
    }))
    .handle(CardSync, ({ cards: given }) => {
      for (const card of given) cards.set(card.physical, card.logic);
      return { pileCode, result: 1, failReason: 0 };
    })
    .handle(CardClear, ({ cards: given }) => ({
      pileCode,
      cards: given.map(({ physical }) =>
        cards.delete(physical) ? { physical, cleared: 1, reason: 2 } : { physical, cleared: 0, reason: 1 },
      ),
    }))
    .handle(CardQuery, ({ cards: given }) => ({
      pileCode,
      cards: given.map(({ physical }) => ({ physical, exists: cards.has(physical) ? 1 : 0 })),
    }))
    .handle(WorkParameters, ({ lockOut, maxPowerPct }) => {
      guns.isLockedOut = lockOut === 1;
      guns.powerPct = maxPowerPct;
      return { pileCode, result: 1 };
    })
    .handle(GroundLockCommand, ({ gunNo, command }) => ({
      pileCode,
      gunNo,
      result: move(pile, guns, gunNo, command),
      reserved: '00000000',
    }))
    .handle(Reboot, ({ when }) => {
      // Its answer goes first.
      setImmediate(() => (when === 1 ? pile.losePower() : pile.cut()));
      return { pileCode, result: 1 };
    })
    .handle(Update, ({ model }) => ({ pileCode, status: model === (pile.isDc ? 1 : 2) ? 0 : 2 }));
}

/** Result of 0x41: 0 ok, 1 wrong pile, 2 wrong card. */
function setBalance(guns: Guns, number: number, card: string, balance: number): number {
  const gun = guns.find(number);
  if (!gun?.order) return 1;
  if (card !== NO_CARD && card !== gun.order.physicalCard) return 2;
  guns.set({ ...gun, order: { ...gun.order, balance: Math.round(balance * 1e4) } });
  return 0;
}

/** Fail reason of 0x33; 5 waits a minute for the plug. The same trade number again is the same start. */
function remoteStart(
  pile: SimulatedPile,
  guns: Guns,
  { gunNo, tradeNo, physicalCard, balance }: { gunNo: string; tradeNo: string; physicalCard: string; balance: number },
): number {
  const gun = guns.find(Number(gunNo));
  if (!gun) return 1;
  if (gun.order) return gun.order.tradeNo === tradeNo ? 0 : 2;
  if (gun.hasFault || guns.isLockedOut || !guns.model) return 3;
  const units = balance === 0 ? undefined : Math.round(balance * 1e4);
  if (gun.vehicle) return guns.begin(gun.number, { tradeNo, by: 'app', physicalCard, balance: units }) ? 0 : 3;
  guns.set({ ...gun, waiting: { tradeNo, until: new Date(pile.now().getTime() + PLUG_WAIT_MS), balance: units, physicalCard } });
  return 5;
}

/** Fail reason of 0x35. */
function remoteStop({ faults }: SimulatedPile, guns: Guns, number: number): number {
  const gun = guns.find(number);
  if (!gun) return 1;
  if (!gun.order) return 2;
  if (!faults.has('stopIgnored')) guns.finish(number, STOP.app);
  return 0;
}

/** Moves a ground lock; result of 0x63. The new state is told at once. */
function move({ faults }: SimulatedPile, guns: Guns, number: number, command: string): 0 | 1 {
  const gun = guns.find(number);
  if (!gun?.lock) return 0;
  const { lock, result } = moveLock(gun.lock, command, faults.has('lockStuck'));
  guns.set({ ...gun, lock });
  setImmediate(() => guns.tellLock(number));
  return result;
}

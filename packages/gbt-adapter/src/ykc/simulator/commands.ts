import { BalanceUpdate, CardClear, CardQuery, CardSync } from '../cards.js';
import { ParallelRemoteStart, RemoteStart, RemoteStop } from '../charging.js';
import type { YkcEndpoint } from '../endpoint.js';
import { GroundLockCommand } from '../ground-lock.js';
import { Reboot, Update, WorkParameters } from '../operation.js';
import { ReadRealtimeData } from '../realtime.js';
import { BillingModelSet, TimeSync } from '../registration.js';
import { toDate } from '../time.js';
import type { SimulatedPile } from './pile.js';

/** What a pile does when the platform asks: one handler a frame. */
export function obey(pile: SimulatedPile, line: YkcEndpoint<'pile'>): void {
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
    .handle(ReadRealtimeData, ({ gunNo }) => pile.realtime(Number(gunNo)))
    .handle(RemoteStart, (start) => {
      const failReason = isMine(start.pileCode) ? pile.remoteStart(start) : 1;
      return { tradeNo: start.tradeNo, pileCode, gunNo: start.gunNo, result: failReason === 0 ? 1 : 0, failReason };
    })
    .handle(ParallelRemoteStart, (start) => {
      const failReason = isMine(start.pileCode) ? pile.remoteStart(start) : 1;
      const { tradeNo, gunNo, parallelNo } = start;
      return { tradeNo, pileCode, gunNo, result: failReason === 0 ? 1 : 0, failReason, role: gunNo === '01' ? 0 : 1, parallelNo };
    })
    .handle(RemoteStop, ({ pileCode: named, gunNo }) => {
      const failReason = isMine(named) ? pile.remoteStop(Number(gunNo)) : 1;
      return { pileCode, gunNo, result: failReason === 0 ? 1 : 0, failReason };
    })
    .handle(BalanceUpdate, ({ gunNo, physicalCard, balance }) => ({
      pileCode,
      physicalCard,
      result: pile.setBalance(Number(gunNo), physicalCard, balance),
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
      pile.setWork(lockOut === 1, maxPowerPct);
      return { pileCode, result: 1 };
    })
    .handle(GroundLockCommand, ({ gunNo, command }) => ({ pileCode, gunNo, result: pile.moveLock(gunNo, command), reserved: '00000000' }))
    .handle(Reboot, ({ when }) => {
      pile.reboot(when === 1);
      return { pileCode, result: 1 };
    })
    .handle(Update, ({ model }) => ({ pileCode, status: model === (pile.isDc ? 1 : 2) ? 0 : 2 }));
}

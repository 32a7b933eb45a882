import { createHash } from 'node:crypto';
import { toDate } from '@evroam/gbt-adapter/ykc';
import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { Desk } from '../desk.js';
import { type Bill, checkBill, periodsOf } from './bill.js';
import type { PileChargingPort } from './ports.js';
import type { Trade, YkcStore } from './store.js';
import { NO_CARD, toReason, toUid } from './translate.js';

export interface BillNeeds {
  store: YkcStore;
  charging: PileChargingPort;
  clock: Clock;
  log: Logger;
}

/** Hears the bill of a trade number once, and gives what 0x40 says: 0 ok, 1 illegal. It is durable before it is acknowledged. */
export function createBills({ store, charging, clock, log }: BillNeeds) {
  return async function heard(desk: Desk, bill: Bill, { begun }: { begun: boolean }): Promise<0 | 1> {
    const { operatorId, stationId } = desk;
    const { tradeNo, pileCode, gunNo } = bill;
    if (!tradeNo.startsWith(pileCode + gunNo)) {
      log.warn({ operatorId, stationId, tradeNo }, 'a pile billed a trade number of another pile or gun');
      return 1;
    }
    const trade: Trade | undefined = await store.trade(operatorId, stationId, tradeNo);
    const model = await store.model(operatorId, stationId, trade?.modelNumber);
    const [start, end] = [toDate(bill.startTime), toDate(bill.endTime)];
    const times = start && end ? { start, end } : undefined;
    const now = clock.now();
    const digest = digestOf(bill);
    const fresh = { tradeNo, digest, stationId, heardAt: now, bill, checked: checkBill(bill, model?.model, times, now), isDone: false };
    const kept = await store.keepBill(operatorId, fresh);
    if (kept.digest !== digest) {
      await store.keepConflict(operatorId, fresh);
      await desk.securityEvent('BillConflict', now, tradeNo);
      return 1;
    }
    if (kept.isDone) return 0;
    const { verdict, faults } = kept.checked;
    if (verdict === 'held')
      log.warn({ operatorId, stationId, tradeNo, faults }, 'the bill of a pile is not what its model comes to: it is held');
    const from = times?.start ?? kept.heardAt;
    const until = times && times.end >= times.start ? times.end : from;
    const token = begun ? undefined : (trade?.token ?? cardOf(bill));
    const result = await charging.heardBill(operatorId, {
      ...(await desk.hold),
      transactionKey: tradeNo,
      connectorNumber: Number(gunNo),
      ...(token ? { token } : {}),
      ...(trade?.remoteStartId === undefined ? {} : { remoteStartId: trade.remoteStartId }),
      startedAt: from,
      endedAt: until,
      reason: toReason(bill.stopReason),
      periods: periodsOf(bill, model?.model, from, until),
      ...(model ? { tariffs: model.tariffs } : {}),
      differs: verdict === 'held',
    });
    if (!result.accepted) log.warn({ operatorId, stationId, tradeNo, reason: result.reason }, 'a bill of a gun that is not on record');
    await store.billDone(operatorId, tradeNo, result.accepted ? result.sessionId : undefined);
    return 0;
  };
}

/** Who charged while the pile was offline: the card that it read itself, or the vehicle. */
function cardOf({ physicalCard, vin, startType }: Bill): Trade['token'] {
  if (startType === 5 && vin !== '') return { uid: vin, kind: 'vehicle' };
  return physicalCard === NO_CARD ? undefined : { uid: toUid(physicalCard), kind: 'token' };
}

/** By content: fields in the frame's own order, so that the same frame has the same digest. */
const digestOf = (bill: Bill): string => createHash('sha256').update(JSON.stringify(bill)).digest('hex');

import {
  checkChargeOrders,
  type Infer,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  type TcecServer,
} from '@evroam/gbt-adapter/tcec102';
import type { Bodies, Kind, Message, Reply } from '../../message.js';
import type { TcecOrder } from '../../tcec.js';
import { type AnswerNeeds, type Caller, type CallerOf, partyOf } from './caller.js';
import type { Checking } from './checking.js';
import type { Importing } from './importing.js';
import { toOrder } from './orders.js';
import { billedSession, type Status, toCdr, toSession } from './sessions.js';

export interface CustomerNeeds extends AnswerNeeds {
  importing: Importing;
  checking: Checking;
}

/** The form of what is exchanged, beside the versions of OCPI. */
export const FORM = 'tcec102';

export type Customer = ReturnType<typeof createCustomer>;

/** We are the home of drivers (U): what a partner tells of its piles, and of orders of ours at them. T/CEC 102.3-2016 */
export function createCustomer(needs: CustomerNeeds) {
  const { store, stations, clock, newId, log } = needs;

  async function send<K extends Kind>(kind: K, order: TcecOrder, from: Message['from'], text: string, body: Bodies[K]): Promise<Reply> {
    const hosted = (await store.hostedParties(order.operatorId)).find(({ role }) => role === 'emsp')?.party;
    const to = (await store.homeOf(order.operatorId, order.buyer)) === undefined ? hosted : order.buyer;
    if (to === undefined) return { accepted: false, reason: 'unknownReceiver', detail: `nobody here has the driver of ${order.buyer}` };
    const message: Message<K> = {
      ...{ kind, operatorId: order.operatorId, from, to, correlation: newId() },
      raw: { version: FORM, bytes: Buffer.from(text) },
      typed: () => body,
    };
    return needs.route(message as unknown as Message);
  }

  /** What an order tells of itself: its session goes on to the driver's home, and what was asked for is settled by it. */
  async function heardStatus(caller: Caller, order: TcecOrder, status: Status, text: string): Promise<boolean> {
    const owner = partyOf(caller, 'cpo');
    const now = clock.now();
    const before = (await store.partnerSession(order.operatorId, owner, { sessionId: order.seq }))?.session;
    const state = status.StartChargeSeqStat;
    // What has ended does not go on, and after the bill nothing is news.
    if (before?.status === 'completed' && (order.state === 4 || state !== 4)) return true;
    const session = toSession(order, owner, status, before, now);
    const reply = await send('session', order, owner, text, session);
    if (!reply.accepted)
      log.info({ order: order.seq, reason: reply.reason, detail: reply.detail }, 'a session of a T/CEC partner was not taken');
    if (state === 2 || state === 3) await settle(order, 'accepted', owner);
    if (state === 4 && session.status === 'invalid') await settle(order, 'failed', owner);
    const known = state >= 1 && state <= 5 ? { state: state as TcecOrder['state'] } : {};
    // What has ended without energy gets no bill: nothing is asked for any more.
    await store.tcec.updateOrder(order, known, now, { closed: session.status === 'invalid' });
    return reply.accepted;
  }

  async function settle({ operatorId, startCommand }: TcecOrder, result: 'accepted' | 'failed', owner: Message['from']): Promise<void> {
    if (startCommand !== undefined) await needs.heardResult(operatorId, startCommand, result, owner);
  }

  /** A bill is kept before it is confirmed; what does not add up, or says otherwise than before, is disputed. */
  async function heardBill(
    caller: Caller,
    order: TcecOrder,
    wire: Infer<typeof notificationChargeOrderInfo.request>,
    text: string,
  ): Promise<boolean> {
    const owner = partyOf(caller, 'cpo');
    const read = toOrder(wire);
    const dispute = (why: { reason: string; detail?: string }) => {
      log.warn({ order: order.seq, partner: order.partnerId, ...why }, 'a bill of a T/CEC partner is disputed');
      return false;
    };
    if (!read.accepted) return dispute(read);
    if (wire.ConnectorID !== order.gun.connectorId) return dispute({ reason: 'otherGun', detail: wire.ConnectorID });
    const location = await stations.location(order.operatorId, owner, order.gun.locationId);
    const evse = location?.evses.find(({ uid }) => uid === order.gun.evseUid);
    const connector = evse?.connectors[0];
    if (!location || !evse || !connector) return dispute({ reason: 'unknownGun', detail: order.gun.connectorId });
    const now = clock.now();
    await send('session', order, owner, text, billedSession(order, owner, read.facts, now));
    await settle(order, 'accepted', owner);
    const reply = await send('cdr', order, owner, text, toCdr(order, read, { location, evse, connector }, now));
    if (!reply.accepted) return dispute(reply);
    await store.tcec.updateOrder(order, { state: 4 }, now, { closed: true });
    return true;
  }

  const asked = async (caller: Caller, seq: string): Promise<TcecOrder | undefined> => {
    const order = await store.tcec.order(caller.partner.operatorId, caller.partner.id, seq);
    return order?.side === 'asked' ? order : undefined;
  };

  function answer(server: TcecServer, callerOf: CallerOf): void {
    server
      .handle(notificationStationStatus, async ({ ConnectorStatusInfo }, { operatorId }) => {
        const caller = await callerOf(operatorId);
        partyOf(caller, 'cpo');
        return { Status: (await needs.importing.heardStatuses(caller.peer, caller.partner, [ConnectorStatusInfo])) ? 0 : 1 };
      })
      .handle(
        notificationStartChargeResult,
        async ({ StartChargeSeq, StartChargeSeqStat, ConnectorID, StartTime }, { operatorId, text }) => {
          const caller = await callerOf(operatorId);
          const order = await asked(caller, StartChargeSeq);
          if (!order) return { StartChargeSeq, SuccStat: 1, FailReason: 1 };
          const zero = { CurrentA: 0, VoltageA: 0, Soc: 0, TotalPower: 0, ConnectorStatus: 2 };
          const status = { ...zero, StartChargeSeq, StartChargeSeqStat, ConnectorID, StartTime, EndTime: StartTime };
          await heardStatus(caller, order, status, text);
          return { StartChargeSeq, SuccStat: 0, FailReason: 0 };
        },
      )
      .handle(notificationEquipChargeStatus, async (status, { operatorId, text }) => {
        const caller = await callerOf(operatorId);
        const { StartChargeSeq } = status;
        const order = await asked(caller, StartChargeSeq);
        return { StartChargeSeq, SuccStat: order && (await heardStatus(caller, order, status, text)) ? 0 : 1 };
      })
      .handle(notificationStopChargeResult, async ({ StartChargeSeq, SuccStat }, { operatorId }) => {
        const caller = await callerOf(operatorId);
        const order = await asked(caller, StartChargeSeq);
        if (!order) return { StartChargeSeq, SuccStat: 1, FailReason: 1 };
        const { stopCommand } = order;
        const result = SuccStat === 0 ? 'accepted' : 'rejected';
        if (stopCommand !== undefined) await needs.heardResult(order.operatorId, stopCommand, result, partyOf(caller, 'cpo'));
        return { StartChargeSeq, SuccStat: 0, FailReason: 0 };
      })
      .handle(notificationChargeOrderInfo, async (wire, { operatorId, text }) => {
        const caller = await callerOf(operatorId);
        const { StartChargeSeq, ConnectorID } = wire;
        const order = await asked(caller, StartChargeSeq);
        const isTaken = order !== undefined && (await heardBill(caller, order, wire, text));
        return { StartChargeSeq, ConnectorID, ConfirmResult: isTaken ? 0 : 1 };
      })
      .handle(checkChargeOrders, async (request, { operatorId }) => needs.checking.answer(await callerOf(operatorId), request));
  }

  return { answer, heardStatus };
}

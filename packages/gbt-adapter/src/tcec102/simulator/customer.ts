import {
  checkChargeOrders,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
} from '../interfaces.js';
import type { TcecServer } from '../serve.js';
import { addsUp } from './order.js';
import type { SimulatedPartner, Trip } from './partner.js';
import { compareOrders } from './reconcile.js';

/** The partner as the home of drivers (U): what a hub tells about its own stations and about their trips. */
export function asCustomer(partner: SimulatedPartner, server: TcecServer): void {
  const note = (seq: string, change: Partial<Trip>): boolean => {
    const trip = partner.trips.get(seq);
    if (!trip) return false;
    const next = { ...trip, ...change };
    partner.trips.set(seq, next);
    partner.emit('trip', next);
    return true;
  };
  server
    .handle(notificationStationStatus, ({ ConnectorStatusInfo }) => {
      partner.emit('status', ConnectorStatusInfo);
      return { Status: 0 };
    })
    .handle(notificationStartChargeResult, ({ StartChargeSeq, StartChargeSeqStat }) => {
      const isKnown = note(StartChargeSeq, { state: StartChargeSeqStat });
      return { StartChargeSeq, SuccStat: isKnown ? 0 : 1, FailReason: isKnown ? 0 : 1 };
    })
    .handle(notificationEquipChargeStatus, (status) => {
      const { StartChargeSeq, StartChargeSeqStat } = status;
      return { StartChargeSeq, SuccStat: note(StartChargeSeq, { state: StartChargeSeqStat, status }) ? 0 : 1 };
    })
    .handle(notificationStopChargeResult, ({ StartChargeSeq, StartChargeSeqStat, SuccStat }) => {
      const isKnown = note(StartChargeSeq, SuccStat === 0 ? { state: StartChargeSeqStat } : {});
      return { StartChargeSeq, SuccStat: isKnown ? 0 : 1, FailReason: isKnown ? 0 : 1 };
    })
    .handle(notificationChargeOrderInfo, (bill) => {
      partner.stumble();
      const { StartChargeSeq, ConnectorID } = bill;
      // A bill that says something else than the one before, or does not add up, is disputed and not taken.
      const before = partner.trips.get(StartChargeSeq)?.bill;
      const isSame = before === undefined || (before.TotalMoney === bill.TotalMoney && before.TotalPower === bill.TotalPower);
      const isTaken = isSame && addsUp(bill) && note(StartChargeSeq, { state: 4, bill });
      return { StartChargeSeq, ConnectorID, ConfirmResult: isTaken ? 0 : 1 };
    })
    .handle(checkChargeOrders, (request) =>
      compareOrders.answer(
        request,
        [...partner.trips.values()].flatMap(({ bill }) => (bill ? [bill] : [])),
      ),
    );
}

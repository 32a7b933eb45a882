import { ChargeDetail } from './charging.js';
import { defineInterface } from './interface.js';
import { codes, dateTime, decimal, fixed, integer, list, object, optional, text } from './schema.js';

const seq = fixed(27);
/** Orders in one reconciliation; not in the standard, a day of a large pair fits. */
export const MOST_ORDERS = 100_000;

/** The bill of an order. `TotalSeviceMoney` is the standard's own spelling. T/CEC 102.3-2016, 推送充电订单信息 */
export const ChargeOrderInfo = object({
  StartChargeSeq: seq,
  ConnectorID: text(26, 50),
  StartTime: dateTime,
  EndTime: dateTime,
  TotalPower: decimal(2),
  TotalElecMoney: decimal(2),
  TotalSeviceMoney: decimal(2),
  TotalMoney: decimal(2),
  StopReason: integer,
  SumPeriod: optional(integer),
  ChargeDetails: optional(list(ChargeDetail, 32)),
});

/** Sent until it is confirmed. ConfirmResult 0 ok, 1 disputed. */
export const notificationChargeOrderInfo = defineInterface({
  name: 'notification_charge_order_info',
  from: 'I',
  request: ChargeOrderInfo,
  response: object({ StartChargeSeq: seq, ConnectorID: text(26, 50), ConfirmResult: integer }),
  echoes: ['StartChargeSeq'],
});

/** What both sides hold of a span, compared. T/CEC 102.3-2016, 推送订单对账结果信息 */
export const checkChargeOrders = defineInterface({
  name: 'check_charge_orders',
  from: 'either',
  request: object({
    CheckOrderSeq: seq,
    StartTime: dateTime,
    EndTime: dateTime,
    OrderCount: integer,
    TotalOrderPower: decimal(2),
    TotalOrderMoney: decimal(2),
    ChargeOrders: list(object({ StartChargeSeq: seq, TotalPower: decimal(2), TotalMoney: decimal(2) }), MOST_ORDERS),
  }),
  response: object({
    CheckOrderSeq: seq,
    StartTime: dateTime,
    EndTime: dateTime,
    TotalDisputeOrder: integer,
    TotalDisputePower: decimal(2),
    TotalDisputeMoney: decimal(2),
    DisputeOrders: list(
      object({
        StartChargeSeq: seq,
        TotalPower: decimal(2),
        TotalMoney: decimal(2),
        /** Believed to be: 1 no such order, 2 the amount differs, 3 the energy differs. The list is not confirmed. */
        DisputeReason: codes(...Array.from({ length: 100 }, (_, i) => i)),
      }),
      MOST_ORDERS,
    ),
  }),
  echoes: ['CheckOrderSeq'],
});

import type { RequestOf, ResponseOf } from '../interface.js';
import type { checkChargeOrders } from '../orders.js';
import { timeText } from '../time.js';
import type { Bill } from './order.js';

const hundredths = (value: number): number => Math.round(value * 100);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + hundredths(value), 0) / 100;

/** check_charge_orders from both sides. */
export const compareOrders = {
  /** What one side holds of a span. */
  request(seq: string, from: Date, to: Date, bills: readonly Bill[]): RequestOf<typeof checkChargeOrders> {
    return {
      CheckOrderSeq: seq,
      StartTime: timeText(from),
      EndTime: timeText(to),
      OrderCount: bills.length,
      TotalOrderPower: total(bills.map(({ TotalPower }) => TotalPower)),
      TotalOrderMoney: total(bills.map(({ TotalMoney }) => TotalMoney)),
      ChargeOrders: bills.map(({ StartChargeSeq, TotalPower, TotalMoney }) => ({ StartChargeSeq, TotalPower, TotalMoney })),
    };
  },

  /** What the other side holds otherwise: 1 no such order, 2 another amount, 3 another energy. */
  answer(
    { CheckOrderSeq, StartTime, EndTime, ChargeOrders }: RequestOf<typeof checkChargeOrders>,
    bills: readonly Bill[],
  ): ResponseOf<typeof checkChargeOrders> {
    const held = new Map(bills.map((bill) => [bill.StartChargeSeq, bill]));
    const DisputeOrders = ChargeOrders.flatMap((order) => {
      const own = held.get(order.StartChargeSeq);
      const reason = !own
        ? 1
        : hundredths(own.TotalMoney) !== hundredths(order.TotalMoney)
          ? 2
          : hundredths(own.TotalPower) !== hundredths(order.TotalPower)
            ? 3
            : 0;
      return reason === 0 ? [] : [{ ...order, DisputeReason: reason }];
    });
    return {
      CheckOrderSeq,
      StartTime,
      EndTime,
      TotalDisputeOrder: DisputeOrders.length,
      TotalDisputePower: total(DisputeOrders.map(({ TotalPower }) => TotalPower)),
      TotalDisputeMoney: total(DisputeOrders.map(({ TotalMoney }) => TotalMoney)),
      DisputeOrders,
    };
  },
};

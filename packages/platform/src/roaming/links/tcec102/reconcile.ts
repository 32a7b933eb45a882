import type { checkChargeOrders, RequestOf, ResponseOf } from '@evroam/gbt-adapter/tcec102';
import { scaled } from './values.js';

type Check = RequestOf<typeof checkChargeOrders>;
type Brief = Check['ChargeOrders'][number];
type Answer = ResponseOf<typeof checkChargeOrders>;

/** What differs of one order between two platforms. */
export interface Difference {
  seq: string;
  reason: 'unknownHere' | 'unknownThere' | 'moneyDiffers' | 'energyDiffers';
  ours?: { power: number; money: number };
  theirs?: { power: number; money: number };
}

/** Reasons of a dispute on the wire; the list is believed and not confirmed. T/CEC 102.3-2016, 推送订单对账结果信息 */
const REASON = { unknownHere: 1, moneyDiffers: 2, energyDiffers: 3 } as const;
const PLACES = 2;

/** Every order of a span that both sides do not hold alike, named; money before energy, for it is what is owed. */
export function differences(ours: readonly Brief[], theirs: readonly Brief[]): Difference[] {
  const here = new Map(ours.map((order) => [order.StartChargeSeq, order]));
  const there = new Map(theirs.map((order) => [order.StartChargeSeq, order]));
  const found: Difference[] = [];
  for (const [seq, their] of there) {
    const our = here.get(seq);
    const sides = { ...(our ? { ours: brief(our) } : {}), theirs: brief(their) };
    if (!our) found.push({ seq, reason: 'unknownHere', ...sides });
    else if (!same(our.TotalMoney, their.TotalMoney)) found.push({ seq, reason: 'moneyDiffers', ...sides });
    else if (!same(our.TotalPower, their.TotalPower)) found.push({ seq, reason: 'energyDiffers', ...sides });
  }
  for (const [seq, our] of here) if (!there.has(seq)) found.push({ seq, reason: 'unknownThere', ours: brief(our) });
  return found;
}

/** The answer to the partner's list. What only we hold is not in it: the partner learns of it from our own check. */
export function toAnswer({ CheckOrderSeq, StartTime, EndTime }: Check, found: readonly Difference[]): Answer {
  const disputes = found.flatMap(({ seq, reason, theirs }) =>
    reason === 'unknownThere' || !theirs
      ? []
      : [{ StartChargeSeq: seq, TotalPower: theirs.power, TotalMoney: theirs.money, DisputeReason: REASON[reason] }],
  );
  return {
    ...{ CheckOrderSeq, StartTime, EndTime, TotalDisputeOrder: disputes.length },
    TotalDisputePower: sum(disputes.map(({ TotalPower }) => TotalPower)),
    TotalDisputeMoney: sum(disputes.map(({ TotalMoney }) => TotalMoney)),
    DisputeOrders: disputes,
  };
}

const brief = ({ TotalPower, TotalMoney }: Brief) => ({ power: TotalPower, money: TotalMoney });
/** Two numbers of more places than the standard has are the same only as they were sent. */
const same = (a: number, b: number): boolean => a === b && scaled(a, PLACES) === scaled(b, PLACES);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + Math.round(value * 100), 0) / 100;

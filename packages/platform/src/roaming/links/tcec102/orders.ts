import { type ChargeOrderInfo, type Infer, timeOf, timeText } from '@evroam/gbt-adapter/tcec102';
import { type Refused, refuse } from '../../../kernel/refusal.js';
import type { Amount } from '../../../model/amount.js';
import type { Cdr } from '../../../model/cdr.js';
import type { ChargingPeriod, Session } from '../../../model/session.js';
import { fromMilliWh, fromNano, type Lost, toMilliWh, toNano } from './values.js';

export type Order = Infer<typeof ChargeOrderInfo>;

/** What OCPI's CDR has no place for and this standard lives by, in 10^-9 CNY with taxes. */
export interface Fees {
  electricity: bigint;
  service: bigint;
}

/** What an order says of a CDR; who charged and where is known from the start. */
export type OrderFacts = Pick<
  Cdr,
  'startedAt' | 'endedAt' | 'periods' | 'energyMilliWh' | 'chargingSeconds' | 'parkingSeconds' | 'total' | 'parts'
>;

const MONEY_PLACES = 2;

/** The bill of an order: refused where it does not add up, which the partner hears as a dispute. T/CEC 102.3-2016, 推送充电订单信息 */
export function toOrder(
  order: Order,
):
  | { accepted: true; facts: OrderFacts; fees: Fees }
  | Refused<'timeUnreadable' | 'tooFine' | 'moneySum' | 'energySum' | 'endsBeforeStart'> {
  const [startedAt, endedAt] = [timeOf(order.StartTime), timeOf(order.EndTime)];
  if (!startedAt || !endedAt) return refuse('timeUnreadable', `${order.StartTime} to ${order.EndTime}`);
  if (endedAt < startedAt) return refuse('endsBeforeStart', `${order.StartTime} to ${order.EndTime}`);
  const energyMilliWh = toMilliWh(order.TotalPower);
  const [electricity, service, total] = [order.TotalElecMoney, order.TotalSeviceMoney, order.TotalMoney].map((m) =>
    toNano(m, MONEY_PLACES),
  );
  if (energyMilliWh === undefined || electricity === undefined || service === undefined || total === undefined)
    return refuse('tooFine', 'energy and money of an order have two places');
  if (electricity + service !== total) return refuse('moneySum', 'TotalElecMoney and TotalSeviceMoney are not TotalMoney');
  const periods = periodsOf(order, startedAt, endedAt, energyMilliWh);
  if (!periods) return refuse('energySum', 'the energy of ChargeDetails is not TotalPower, or its times are not those of the order');
  const gross: Amount = { taxes: [], afterTaxes: total };
  const seconds = Math.round((endedAt.getTime() - startedAt.getTime()) / 1000);
  const facts = { startedAt, endedAt, periods, energyMilliWh, chargingSeconds: seconds, parkingSeconds: 0 };
  return { accepted: true, facts: { ...facts, total: gross, parts: { energy: gross } }, fees: { electricity, service } };
}

/** A CDR as the bill of an order. What two places cannot hold of energy and money is listed. */
export function fromOrder(
  { startedAt, endedAt, periods, energyMilliWh }: OrderFacts,
  fees: Fees,
  { seq, connectorId, stopReason }: { seq: string; connectorId: string; stopReason: number },
): { order: Order; lost: Lost[] } {
  const lost: Lost[] = [];
  const energy = fromMilliWh(energyMilliWh);
  if (energy.rest !== 0) lost.push({ field: 'TotalPower', detail: `${energy.rest} mWh` });
  const money = (field: string, nano: bigint) => {
    const { value, rest } = fromNano(nano, MONEY_PLACES);
    if (rest !== 0n) lost.push({ field, detail: `${rest} x 10^-9 CNY` });
    return value;
  };
  // The total is rounded once; the service fee is what remains of it, so that the three always add up.
  const total = money('TotalMoney', fees.electricity + fees.service);
  const electricity = money('TotalElecMoney', fees.electricity);
  const order: Order = {
    ...{ StartChargeSeq: seq, ConnectorID: connectorId, StartTime: timeText(startedAt), EndTime: timeText(endedAt) },
    TotalPower: energy.kwh,
    TotalElecMoney: electricity,
    TotalSeviceMoney: Math.round((total - electricity) * 100) / 100,
    TotalMoney: total,
    StopReason: stopReason,
    SumPeriod: periods.length,
    ChargeDetails: detailsOf(periods, endedAt, energyMilliWh - energy.rest),
  };
  return { order, lost };
}

/** Energy up to a period's end in whole steps, so that the parts always sum to the total. */
function detailsOf(periods: readonly ChargingPeriod[], endedAt: Date, wholeMilliWh: number): NonNullable<Order['ChargeDetails']> {
  let before = 0;
  let told = 0;
  return periods.map(({ startedAt, energyMilliWh }, i) => {
    before += energyMilliWh;
    const isLast = i === periods.length - 1;
    const upTo = isLast ? wholeMilliWh : before - fromMilliWh(before).rest;
    const share = upTo - told;
    told = upTo;
    const end = periods[i + 1]?.startedAt ?? endedAt;
    return { DetailStartTime: timeText(startedAt), DetailEndTime: timeText(end), DetailPower: fromMilliWh(share).kwh };
  });
}

function periodsOf({ ChargeDetails = [] }: Order, startedAt: Date, endedAt: Date, energyMilliWh: number): ChargingPeriod[] | undefined {
  const seconds = (from: Date, to: Date) => Math.round((to.getTime() - from.getTime()) / 1000);
  if (ChargeDetails.length === 0) return [{ startedAt, energyMilliWh, chargingSeconds: seconds(startedAt, endedAt), parkingSeconds: 0 }];
  const periods: ChargingPeriod[] = [];
  let sum = 0;
  let last = startedAt;
  for (const { DetailStartTime, DetailEndTime, DetailPower } of ChargeDetails) {
    const [from, to, energy] = [timeOf(DetailStartTime), timeOf(DetailEndTime), toMilliWh(DetailPower)];
    if (!from || !to || energy === undefined || from < last || to < from || to > endedAt) return undefined;
    periods.push({ startedAt: from, energyMilliWh: energy, chargingSeconds: seconds(from, to), parkingSeconds: 0 });
    sum += energy;
    last = from;
  }
  return sum === energyMilliWh ? periods : undefined;
}

/**
 * The status of a session by the order's state. 5 is unknown: the last status stays, marked as doubtful, and is asked for again; it never
 * becomes `invalid`, which would mean that nothing is to be billed. A start that failed without energy is.
 */
export function toStatus(
  state: number,
  before: Session['status'] | undefined,
  energyMilliWh: number,
): { status: Session['status']; isDoubtful: boolean; isStopping?: true } {
  switch (state) {
    case 1:
      return { status: 'pending', isDoubtful: false };
    case 2:
      return { status: 'active', isDoubtful: false };
    case 3:
      return { status: 'active', isDoubtful: false, isStopping: true };
    case 4:
      return { status: before === 'pending' && energyMilliWh === 0 ? 'invalid' : 'completed', isDoubtful: false };
    default:
      return { status: before ?? 'pending', isDoubtful: true };
  }
}

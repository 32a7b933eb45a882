import {
  checkChargeOrders,
  type RequestOf,
  type ResponseOf,
  type TcecClient,
  TcecError,
  timeOf,
  timeText,
} from '@evroam/gbt-adapter/tcec102';
import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { NewId } from '../../../kernel/ids.js';
import type { Partner } from '../../partner.js';
import type { RoamingStore } from '../../store.js';
import type { OrderCheck, TcecPeer } from '../../tcec.js';
import { orderIn } from './bill.js';
import type { Caller } from './caller.js';
import { seqOf } from './names.js';
import { type Difference, differences, toAnswer } from './reconcile.js';

type Check = RequestOf<typeof checkChargeOrders>;
type Answer = ResponseOf<typeof checkChargeOrders>;
type Brief = Check['ChargeOrders'][number];

export interface CheckingNeeds {
  store: RoamingStore;
  clock: Clock;
  newId: NewId;
  log: Logger;
}

export type Checking = ReturnType<typeof createChecking>;

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;
/** A day is compared this long after its end, when its last bills have been sent. Domain time. */
const SETTLING_MS = 30 * 60_000;

const REASONS: Readonly<Record<number, Difference['reason']>> = { 1: 'unknownThere', 2: 'moneyDiffers', 3: 'energyDiffers' };

/** What both sides hold of a day, compared from both sides: differences are kept by name, and nothing is changed by them. */
export function createChecking({ store, clock, newId, log }: CheckingNeeds) {
  /** Our bills of a day to a partner whose drivers charged through us: yesterday's once, until it has answered; another when it is asked for. */
  async function checkDay(
    partner: Partner,
    { peer, client }: { peer: TcecPeer; client: TcecClient },
    asked?: string,
  ): Promise<OrderCheck | undefined> {
    const buyer = partner.parties.find(({ role }) => role === 'emsp')?.party;
    if (buyer === undefined) return undefined;
    const from =
      (asked === undefined ? undefined : timeOf(`${asked} 00:00:00`)) ?? new Date(dayStart(clock.now().getTime() - SETTLING_MS) - DAY_MS);
    const until = new Date(from.getTime() + DAY_MS);
    const day = timeText(from).slice(0, 10);
    const done = await store.tcec.checks(partner.operatorId, partner.id);
    if (asked === undefined && done.some((check) => check.day === day && check.byWhom === 'us')) return undefined;
    const ours = (await store.tcec.billsOf(partner.operatorId, buyer, 'taken', from, until)).map(briefOf);
    const request: Check = {
      ...{ CheckOrderSeq: seqOf(peer.ourId, newId()), StartTime: timeText(from), EndTime: timeText(until), OrderCount: ours.length },
      ...{
        TotalOrderPower: sum(ours.map((one) => one.TotalPower)),
        TotalOrderMoney: sum(ours.map((one) => one.TotalMoney)),
        ChargeOrders: ours,
      },
    };
    const said = ours.length === 0 ? undefined : await client.call(checkChargeOrders, request);
    const found = (said?.DisputeOrders ?? []).map(({ StartChargeSeq, TotalPower, TotalMoney, DisputeReason }) => ({
      ...{
        seq: StartChargeSeq,
        reason: REASONS[DisputeReason] ?? `reason ${DisputeReason}`,
        theirs: { power: TotalPower, money: TotalMoney },
      },
      ...oursOf(ours, StartChargeSeq),
    }));
    return keep(partner, { day, byWhom: 'us', orders: ours.length, differences: found });
  }

  /** A partner's list of the orders that our drivers had at its piles. */
  async function answer({ partner }: Caller, request: Check): Promise<Answer> {
    const seller = partner.parties.find(({ role }) => role === 'cpo')?.party;
    const [from, until] = [timeOf(request.StartTime), timeOf(request.EndTime)];
    if (!seller || !from || !until) throw new TcecError('Parameters', 'StartTime and EndTime, of a partner with piles');
    const ours = (await store.tcec.billsOf(partner.operatorId, seller, 'asked', from, until)).map(briefOf);
    const found = differences(ours, request.ChargeOrders);
    await keep(partner, { day: request.StartTime.slice(0, 10), byWhom: 'them', orders: request.ChargeOrders.length, differences: found });
    return toAnswer(request, found);
  }

  async function keep({ operatorId, id: partnerId }: Partner, check: Omit<OrderCheck, 'partnerId' | 'checkedAt'>): Promise<OrderCheck> {
    const whole: OrderCheck = { partnerId, ...check, checkedAt: clock.now() };
    await store.tcec.saveCheck(operatorId, whole);
    const { differences: differ, ...rest } = whole;
    if (differ.length > 0)
      log.warn({ operatorId, ...rest, differences: differ.length }, 'orders of a day differ from those of a T/CEC partner');
    return whole;
  }

  return { checkDay, answer };
}

const dayStart = (ms: number): number => Math.floor((ms + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS;

function briefOf(bytes: Buffer): Brief {
  const { StartChargeSeq, TotalPower, TotalMoney } = orderIn(bytes);
  return { StartChargeSeq, TotalPower, TotalMoney };
}

function oursOf(ours: readonly Brief[], seq: string): { ours?: { power: number; money: number } } {
  const one = ours.find(({ StartChargeSeq }) => StartChargeSeq === seq);
  return one ? { ours: { power: one.TotalPower, money: one.TotalMoney } } : {};
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + Math.round(value * 100), 0) / 100;

import { type PricedSession, type Pricer, pricer, roundAmount, type Tariff } from '@evroam/ocpi/pricing';
import { canonical, digest, type TariffJson, tariffJson, tariffOf } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import { pricedSession } from '../../model/rating.js';
import { AT_HOME, agreedTariffs } from '../clear.js';
import { createUnpack, pack } from '../normalised.js';
import type { PeriodName } from '../period.js';
import { asPriced, type CdrRecord } from '../record.js';
import type { ClearingNeeds } from './clearing.js';

/** What CDRs of one pair, tariff and zone have in common. */
interface Plan {
  seller: PartyId;
  buyer: PartyId;
  currency: string;
  agreement: string;
  rounding: 'perTotal' | 'perLine';
  timeZone: string;
  tariffs: readonly TariffJson[];
}

interface ReadyPlan extends Plan {
  tariffIds: readonly string[];
  prices: Pricer;
}

/** The sums of one pair, agreement and currency, in minor units as digits. */
export interface RunGroup {
  seller: PartyId;
  buyer: PartyId;
  currency: string;
  agreement: string;
  cdrs: number;
  energyMilliWh: number;
  net: string;
  gross: string;
}

export interface Run {
  period: PeriodName;
  groups: readonly RunGroup[];
  /** CDRs whose price, made again, is another than the one that was posted: none, or something is badly wrong. */
  differing: readonly string[];
  /** SHA-256 of all of the above in canonical form: equal for two runs over the same books. */
  digest: string;
}

/** CDRs read at a time: memory does not grow with the month. */
const CHUNK = 2000;
const NORMALISE_CHUNK = 500;

export function createRun({ store, transact }: Pick<ClearingNeeds, 'store' | 'transact'>) {
  /** Brings accepted CDRs into the form that a run reads; gives how many. */
  async function normalise(): Promise<number> {
    let done = 0;
    for (;;) {
      const some = await transact(async (tx) => {
        const found = await store.unpriced(tx, NORMALISE_CHUNK);
        const byOperator = new Map<OperatorId, Parameters<typeof store.savePriced>[2][number][]>();
        const ids = new Map<string, number>();
        for (const { operatorId, record } of found) {
          const plan = planOf(record);
          const text = canonical(plan);
          const name = digest(text);
          const id = ids.get(`${operatorId} ${name}`) ?? (await store.planId(tx, operatorId, name, text));
          ids.set(`${operatorId} ${name}`, id);
          byOperator.set(operatorId, [...(byOperator.get(operatorId) ?? []), rowOf(record, id)]);
        }
        for (const [operatorId, rows] of byOperator) await store.savePriced(tx, operatorId, rows);
        return found.length;
      });
      done += some;
      if (some < NORMALISE_CHUNK) return done;
    }
  }

  /** Prices every CDR of a period again and adds up, in one pass in the order of keys. */
  async function run(
    operatorId: OperatorId,
    period: PeriodName,
    progress: (done: number, total: number) => void = () => undefined,
  ): Promise<Run> {
    await normalise();
    const total = await store.countPriced(operatorId, period);
    const unpack = createUnpack();
    const plans = new Map<number, ReadyPlan>();
    const sums = new Map<string, { plan: ReadyPlan; cdrs: number; energy: number; net: bigint; gross: bigint }>();
    const differing: string[] = [];
    let next = store.pricedIn(operatorId, period, '', CHUNK);
    for (let done = 0; ; progress(done, total)) {
      const rows = await next;
      const last = rows.length < CHUNK ? undefined : rows.at(-1)?.key;
      // PostgreSQL reads on while these are priced.
      if (last !== undefined) {
        next = store.pricedIn(operatorId, period, last, CHUNK);
        // Whoever awaits it hears of a failure; until then it is nobody's.
        next.catch(() => undefined);
      }
      await ready(operatorId, plans, rows);
      for (const { key, plan: id, sign, net, gross, energy, session } of rows) {
        const plan = plans.get(id)!;
        const kept = { net: BigInt(net), gross: BigInt(gross) };
        const again =
          sign === 0
            ? { net: 0n, gross: 0n }
            : session
              ? priceOf(plan, unpack(session, plan.tariffIds, plan.currency), sign === -1)
              : await priceOfCdr(operatorId, key, plan, sign === -1);
        if (again.net !== kept.net || again.gross !== kept.gross) differing.push(key);
        const name = `${plan.seller} ${plan.buyer} ${plan.currency} ${plan.agreement}`;
        const sum = sums.get(name) ?? { plan, cdrs: 0, energy: 0, net: 0n, gross: 0n };
        sum.cdrs += 1;
        sum.energy += Number(energy);
        sum.net += again.net;
        sum.gross += again.gross;
        sums.set(name, sum);
      }
      done += rows.length;
      if (last === undefined) break;
    }
    progress(total, total);
    const groups = [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, sum]): RunGroup => {
        const { seller, buyer, currency, agreement } = sum.plan;
        return { seller, buyer, currency, agreement, cdrs: sum.cdrs, energyMilliWh: sum.energy, net: `${sum.net}`, gross: `${sum.gross}` };
      });
    return { period, groups, differing, digest: digest(canonical({ period, groups, differing })) };
  }

  async function ready(operatorId: OperatorId, plans: Map<number, ReadyPlan>, rows: readonly { plan: number }[]): Promise<void> {
    const wanted = [...new Set(rows.map(({ plan }) => plan))].filter((id) => !plans.has(id));
    if (wanted.length === 0) return;
    for (const { id, body } of await store.plans(operatorId, wanted)) {
      const plan = body as Plan;
      const tariffs: Tariff[] = plan.tariffs.map(tariffOf);
      plans.set(id, { ...plan, tariffIds: tariffs.map((tariff) => tariff.id), prices: pricer(tariffs, { timeZone: plan.timeZone }) });
    }
  }

  async function priceOfCdr(operatorId: OperatorId, key: string, plan: ReadyPlan, negative: boolean) {
    const record = await store.cdr(undefined, operatorId, key);
    if (!record) throw new Error(`CDR ${key} is not there`);
    return rounded(
      plan,
      plan.prices.price(pricedSession(record.cdr)).lines.map(({ amount }) => amount),
      negative,
    );
  }

  return { normalise, run };
}

function priceOf(plan: ReadyPlan, session: PricedSession, negative: boolean): { net: bigint; gross: bigint } {
  if (plan.rounding === 'perTotal') return rounded(plan, plan.prices.total(session), negative);
  return rounded(
    plan,
    plan.prices.price(session).lines.map(({ amount }) => amount),
    negative,
  );
}

function rounded(
  { currency, rounding }: Plan,
  amount: Parameters<typeof roundAmount>[0],
  negative: boolean,
): { net: bigint; gross: bigint } {
  const { beforeTaxes = 0n, afterTaxes = 0n } = roundAmount(amount, currency, rounding);
  return negative ? { net: -beforeTaxes, gross: -afterTaxes } : { net: beforeTaxes, gross: afterTaxes };
}

function planOf(record: CdrRecord): Plan {
  const { cdr, agreement } = record;
  const terms = agreement ?? AT_HOME;
  return {
    seller: cdr.owner,
    buyer: cdr.token.issuer,
    currency: cdr.currency,
    agreement: agreement ? `${agreement.id}@${agreement.version}` : '',
    rounding: terms.rounding,
    timeZone: cdr.place.timeZone,
    tariffs: agreedTariffs(asPriced(record), terms).map(({ tariff }) => tariffJson(tariff)),
  };
}

function rowOf(record: CdrRecord, plan: number) {
  const { key, charge, period } = record;
  const cdr = asPriced(record);
  if (!charge || period === undefined) throw new Error(`${key} is not accepted`);
  const nothing = cdr.tariffs.length === 0 || (cdr.credit !== undefined && charge.gross === 0n && charge.net === 0n);
  const sign = nothing ? 0 : cdr.credit ? -1 : 1;
  const session = nothing
    ? undefined
    : pack(
        pricedSession(cdr),
        cdr.tariffs.map(({ tariff }) => tariff.id),
      );
  const energy = cdr.credit ? -cdr.energyMilliWh : cdr.energyMilliWh;
  return { key, period, plan, sign, net: `${charge.net}`, gross: `${charge.gross}`, energy: `${energy}`, session } as const;
}

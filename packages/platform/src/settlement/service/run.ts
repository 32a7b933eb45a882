import { type Billed, type Pricer, pricer, type Tariff } from '@evroam/ocpi/pricing';
import { canonical, digest, type TariffJson, tariffJson, tariffOf } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import { pricedSession } from '../../model/rating.js';
import { AT_HOME, agreedTariffs } from '../clear.js';
import { createUnpack, PricedFrame, pack } from '../normalised.js';
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

/** A plan made ready, and what its CDRs add up to. */
interface ReadyPlan extends Plan {
  tariffIds: readonly string[];
  prices: Pick<Pricer, 'billed'>;
  sum: Sum;
}

interface Sum {
  cdrs: number;
  energyMilliWh: number;
  net: bigint;
  gross: bigint;
}

interface Money {
  net: bigint;
  gross: bigint;
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

/** Where no tariff is attached to a connector, charging costs nothing. OCPI 2.2.1, 11.1 */
const FREE: Pick<Pricer, 'billed'> = { billed: () => ({ beforeTaxes: 0n, afterTaxes: 0n }) };

/** CDRs read at a time: memory does not grow with the month. */
const CHUNK = 2000;
const NORMALISE_CHUNK = 500;

export function createRun({ store, transact }: Pick<ClearingNeeds, 'store' | 'transact'>, chunk = CHUNK) {
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
    const differing: string[] = [];
    let next = store.pricedIn(operatorId, period, '', chunk);
    for (let done = 0; ; progress(done, total)) {
      const rows = new PricedFrame(await next);
      const { count, last } = rows.measure();
      // PostgreSQL reads on while these are priced.
      if (count === chunk) {
        next = store.pricedIn(operatorId, period, last, chunk);
        // Whoever awaits it hears of a failure; until then it is nobody's.
        next.catch(() => undefined);
      }
      while (rows.next()) {
        const plan = plans.get(rows.plan) ?? (await ready(operatorId, rows.plan, plans));
        const { session } = rows;
        const again = session === undefined ? await ofCdr(operatorId, plan, rows) : ofSession(plan, unpack, rows, session);
        if (again.net !== rows.net || again.gross !== rows.gross) differing.push(rows.key);
        plan.sum.cdrs += 1;
        plan.sum.energyMilliWh += rows.energyMilliWh;
        plan.sum.net += again.net;
        plan.sum.gross += again.gross;
      }
      done += count;
      if (count < chunk) break;
    }
    progress(total, total);
    const groups = groupsOf(plans.values());
    return { period, groups, differing, digest: digest(canonical({ period, groups, differing })) };
  }

  async function ready(operatorId: OperatorId, id: number, plans: Map<number, ReadyPlan>): Promise<ReadyPlan> {
    const plan = (await store.plan(operatorId, id)) as Plan | undefined;
    if (!plan) throw new Error(`plan ${id} of a settlement run is not there`);
    const tariffs: Tariff[] = plan.tariffs.map(tariffOf);
    const made = {
      ...plan,
      tariffIds: tariffs.map((tariff) => tariff.id),
      prices: tariffs.length === 0 ? FREE : pricer(tariffs, { timeZone: plan.timeZone }),
      sum: { cdrs: 0, energyMilliWh: 0, net: 0n, gross: 0n },
    };
    plans.set(id, made);
    return made;
  }

  /** What does not pack is priced from its CDR, and what costs nothing is not priced at all. */
  async function ofCdr(operatorId: OperatorId, plan: ReadyPlan, { key, sign }: PricedFrame): Promise<Money> {
    if (sign === 0) return { net: 0n, gross: 0n };
    const record = await store.cdr(undefined, operatorId, key);
    if (!record) throw new Error(`CDR ${key} is not there`);
    return signed(plan.prices.billed(pricedSession(record.cdr), plan.rounding), sign);
  }

  return { normalise, run };
}

function ofSession(plan: ReadyPlan, unpack: ReturnType<typeof createUnpack>, { view, sign }: PricedFrame, session: number): Money {
  const packed = unpack(view, session, plan.tariffIds, plan.currency);
  return signed(plan.prices.billed(packed, plan.rounding), sign);
}

function signed({ beforeTaxes = 0n, afterTaxes = 0n }: Billed, sign: number): Money {
  return sign < 0 ? { net: -beforeTaxes, gross: -afterTaxes } : { net: beforeTaxes, gross: afterTaxes };
}

/** Plans differ in tariffs and zones; a group is what they share. */
function groupsOf(plans: Iterable<ReadyPlan>): RunGroup[] {
  const groups = new Map<string, Pick<Plan, 'seller' | 'buyer' | 'currency' | 'agreement'> & Sum>();
  for (const { seller, buyer, currency, agreement, sum } of plans) {
    const name = `${seller} ${buyer} ${currency} ${agreement}`;
    const before = groups.get(name) ?? { cdrs: 0, energyMilliWh: 0, net: 0n, gross: 0n };
    groups.set(name, {
      seller,
      buyer,
      currency,
      agreement,
      cdrs: before.cdrs + sum.cdrs,
      energyMilliWh: before.energyMilliWh + sum.energyMilliWh,
      net: before.net + sum.net,
      gross: before.gross + sum.gross,
    });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => ({ ...group, net: `${group.net}`, gross: `${group.gross}` }));
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

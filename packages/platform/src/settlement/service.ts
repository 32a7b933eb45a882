import type { OperatorId } from '../kernel/ids.js';
import type { Page } from '../kernel/page.js';
import { asSold } from './cdr-checks.js';
import type { DeclineReason } from './cdr-clearing.js';
import { charge } from './charge.js';
import { AT_HOME, rated, ratedBy } from './clear.js';
import { type Decline, declineOf } from './decline.js';
import { type Explanation, explain } from './explain.js';
import { type Balance, imbalance } from './ledger.js';
import { asPriced, type CdrQuery, type CdrSummary } from './record.js';
import type { By } from './service/act.js';
import { createActions } from './service/actions.js';
import { createAudit } from './service/audit.js';
import { createBatch } from './service/batch.js';
import { type ClearingNeeds, createClearing } from './service/clearing.js';
import { createClosing } from './service/closing.js';
import { createReplay } from './service/replay.js';
import { createRun } from './service/run.js';

/** Findings that another message may cure (a session, a tariff, an agreement, the original of a credit), or time: a node's clock was behind. */
const MAY_COME = ['inFuture', 'noSession', 'unknownTariff', 'noAgreement', 'creditBeforeOriginal'];

export type SettlementService = ReturnType<typeof createService>;

/** Settlement: CDRs come in, are priced again and posted; periods are closed and stated. */
export function createService(needs: ClearingNeeds) {
  const { store } = needs;
  const clearing = createClearing(needs);
  const { record, retry } = clearing;
  const actions = createActions(needs, clearing);
  const closing = createClosing(needs);

  /** CDRs that wait for a person, with how long they have waited. */
  async function holds(operatorId: OperatorId, query: CdrQuery): Promise<Page<CdrSummary & { ageSeconds: number }>> {
    const now = needs.clock.now().getTime();
    const page = await store.cdrs(operatorId, { ...query, states: query.states ?? ['held', 'quarantined'] });
    return { ...page, items: page.items.map((item) => ({ ...item, ageSeconds: Math.floor((now - item.receivedAt.getTime()) / 1000) })) };
  }

  /** What sellers have to be told: their CDRs that were declined and not taken back yet, in the order of keys. */
  async function declines(operatorId: OperatorId, query: CdrQuery): Promise<Page<Decline>> {
    const page = await store.cdrs(operatorId, { ...query, states: ['declined'] });
    const told = await Promise.all(
      page.items.map(async (item) => {
        const explanation = await explainCdr(operatorId, item.key);
        return explanation && declineOf(item, explanation);
      }),
    );
    return { ...page, items: told.filter((one) => one !== undefined) };
  }

  /** One action on many held CDRs; each has its own result, and its own request key where one was given. */
  async function bulk(
    operatorId: OperatorId,
    action: 'approve' | 'decline' | 'retry',
    keys: readonly string[],
    code: DeclineReason,
    by: By,
  ) {
    const results: { key: string; accepted: boolean; reason?: string; state?: string }[] = [];
    for (const key of keys) {
      if (action === 'retry') {
        const looked = await retry(operatorId, key);
        results.push(looked ? { key, accepted: true, state: looked.state } : { key, accepted: false, reason: 'notFound' });
        continue;
      }
      const own = by.request === undefined ? by : { ...by, request: `${by.request} ${key}` };
      const acted = action === 'approve' ? await actions.approve(operatorId, key, own) : await actions.decline(operatorId, key, code, own);
      results.push(
        acted.accepted ? { key, accepted: true, state: acted.life.clearing.state } : { key, accepted: false, reason: acted.reason },
      );
    }
    return results;
  }

  /** Every cent of a CDR, from tariff element to posting. */
  async function explainCdr(operatorId: OperatorId, key: string): Promise<Explanation | undefined> {
    const record = await store.cdr(undefined, operatorId, key);
    if (!record) return undefined;
    const { cdr, source } = record;
    const terms = record.agreement ?? (await clearing.gather(operatorId, cdr, source)).agreement ?? AT_HOME;
    const seen = record.charge ? asPriced(record) : asSold(cdr, (await clearing.gather(operatorId, cdr, source)).knownTariffs);
    const exact = rated(seen, terms);
    // What is not accepted yet shows the price at which it would be.
    const would = record.charge || 'accepted' in exact ? {} : { charge: charge(exact, terms) };
    const [entries, family] = await Promise.all([store.entriesOf(undefined, operatorId, [key]), store.family(operatorId, record)]);
    return explain({ ...record, ...would }, ratedBy(seen, terms), entries, family);
  }

  /**
   * Looks again at what waits for something that may have come, less often the longer it waits (`all`: whatever waits), and lets
   * expire what came too late; gives how many were looked at.
   */
  async function sweep({ limit = 500, all = false }: { limit?: number; all?: boolean } = {}): Promise<number> {
    const waiting = await store.waiting(MAY_COME, all ? undefined : needs.clock.now(), limit);
    for (const { operatorId, key } of waiting) await retry(operatorId, key);
    const overdue = await store.overdue(needs.clock.now(), limit);
    for (const { operatorId, key } of overdue) await actions.expire(operatorId, key);
    return waiting.length + overdue.length;
  }

  /** All balances of an operator, up to a moment if given, and what debits exceed credits by in each currency: always 0. */
  async function trialBalance(operatorId: OperatorId, until?: Date): Promise<{ balances: Balance[]; imbalance: Record<string, bigint> }> {
    const balances = await store.balances(operatorId, until);
    return { balances, imbalance: imbalance(balances) };
  }

  return {
    record,
    ...createBatch(needs, clearing),
    retry,
    ...closing,
    ...actions,
    ...createAudit(needs),
    ...createRun(needs),
    replay: createReplay(needs),
    holds,
    declines,
    bulk,
    explain: explainCdr,
    sweep,
    trialBalance,
    cdr: (operatorId: OperatorId, key: string) => store.cdr(undefined, operatorId, key),
    entriesOf: (operatorId: OperatorId, key: string) => store.entriesOf(undefined, operatorId, [key]),
    cdrs: store.cdrs,
    counts: store.counts,
    actions: store.actions,
    periods: store.periods,
    statements: store.statements,
    statement: store.statement,
    bundle: store.bundle,
  };
}

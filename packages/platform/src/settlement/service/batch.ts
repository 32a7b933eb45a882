import { newId, type OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import { cdrKey } from '../../model/cdr.js';
import { NEW_LIFE } from '../cdr-clearing.js';
import { clear } from '../clear.js';
import { driverReceivable } from '../ledger.js';
import { type PeriodName, periodOf } from '../period.js';
import { type CdrRecord, digestOf } from '../record.js';
import { issuerOf } from '../statement.js';
import type { ClearingNeeds, ClearingService, Gathered, Incoming, Recorded } from './clearing.js';

/** More at once gains nothing and holds locks longer. */
const MOST = 1000;

export function createBatch({ store, transact, clock }: ClearingNeeds, clearing: ClearingService) {
  /**
   * Takes in many CDRs in one transaction (at most 1000), with the results of taking them in one by one: those that touch another
   * CDR (a repeat, a credit, a sibling of one session) are taken one by one, after the others.
   */
  async function recordAll(operatorId: OperatorId, items: readonly Incoming[], outer?: Tx): Promise<Recorded[]> {
    if (items.length > MOST) throw new RangeError(`at most ${MOST} CDRs at once`);
    const gathered = await clearing.gatherAll(operatorId, items);
    const work = async (tx: Tx): Promise<Recorded[]> => {
      const now = clock.now();
      const all = items.map(({ cdr, source }, i) => ({
        record: {
          key: cdrKey(cdr.owner, cdr.id),
          cdr,
          source,
          digest: digestOf(cdr),
          deliveries: 1,
          life: NEW_LIFE,
          receivedAt: now,
          decidedAt: now,
        },
        gathered: gathered[i]!,
      }));
      await store.lockNames(
        tx,
        operatorId,
        all.flatMap((one) => clearing.namesOf(one.record.cdr, one.gathered)),
      );
      const alone = await entangled(tx, operatorId, all);
      const states = new Map<string, Recorded['state']>();
      await insert(
        tx,
        operatorId,
        all.filter(({ record }) => !alone.has(record.key)),
        states,
      );
      const results: Recorded[] = [];
      for (const { record } of all) {
        const state = states.get(record.key);
        results.push(state === undefined ? await clearing.record(operatorId, record.cdr, record.source, tx) : { key: record.key, state });
      }
      return results;
    };
    return outer ? work(outer) : transact(work);
  }

  async function entangled(
    tx: Tx,
    operatorId: OperatorId,
    all: readonly { record: CdrRecord; gathered: Gathered }[],
  ): Promise<ReadonlySet<string>> {
    const sessions = new Map<string, string>();
    const alone = new Set<string>();
    const keys = new Set<string>();
    const asked = all.map(({ record: { key, cdr }, gathered: { session } }) => {
      const own = [...new Set([session?.id, cdr.sessionId].flatMap((id) => (id === undefined ? [] : [id])))];
      if (cdr.credit) {
        alone.add(key);
        alone.add(cdrKey(cdr.owner, cdr.credit.of));
      }
      if (keys.has(key)) alone.add(key);
      keys.add(key);
      for (const id of own) {
        const name = `${cdr.owner}/${id.toUpperCase()}`;
        const other = sessions.get(name);
        if (other !== undefined && other !== key) alone.add(other).add(key);
        sessions.set(name, key);
      }
      return { key, owner: cdr.owner, sessions: own };
    });
    for (const key of await store.entangled(tx, operatorId, asked)) alone.add(key);
    return alone;
  }

  async function insert(
    tx: Tx,
    operatorId: OperatorId,
    simple: readonly { record: CdrRecord; gathered: Gathered }[],
    states: Map<string, Recorded['state']>,
  ): Promise<void> {
    if (simple.length === 0) return;
    const ours = simple.filter(({ record, gathered }) => gathered.hosted.includes(record.cdr.token.issuer));
    const names = await store.driverNames(
      tx,
      operatorId,
      ours.map(({ record }) => record.cdr.token),
      newId,
    );
    const periods = new Map<PeriodName, PeriodName>();
    const decided: CdrRecord[] = [];
    const postings: Parameters<typeof store.postAll>[2][number][] = [];
    for (const { record, gathered } of simple) {
      const { cdr, receivedAt } = record;
      const driver = names.get(`${cdr.token.issuer}/${cdr.token.uid.toUpperCase()}`);
      const payer = driver === undefined ? 'suspense' : driverReceivable(driver);
      const facts = {
        ...gathered,
        cdr,
        receivedAt,
        hosted: new Set(gathered.hosted),
        payer,
        otherStands: false,
        creditWaits: false,
      } as const;
      const decision = clear(record.life, facts);
      const event = periodOf(cdr.endedAt, gathered.agreement?.cycle ?? 'monthly');
      let period: PeriodName | undefined;
      if (decision.life.clearing.state === 'accepted') {
        period = periods.get(event) ?? (await clearing.openPeriod(tx, operatorId, event, receivedAt));
        periods.set(event, period);
        const issuer = issuerOf(cdr, gathered.hosted);
        for (const entry of decision.entries) postings.push({ entry, period, postedAt: record.decidedAt, issuer });
      }
      decided.push(clearing.decided(record, decision, gathered.agreement, period, record.decidedAt));
      states.set(record.key, decision.life.clearing.state);
    }
    await store.insertDecided(tx, operatorId, decided);
    await store.postAll(tx, operatorId, postings);
  }

  return { recordAll };
}

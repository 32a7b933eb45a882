import type { OperatorId } from '../../kernel/ids.js';
import { refuse } from '../../kernel/refusal.js';
import type { Tx } from '../../kernel/transact.js';
import { apply, type CdrLife, type ClearingEvent, type DeclineReason } from '../cdr-clearing.js';
import { approve as approved, dealOf } from '../clear.js';
import type { Entry } from '../ledger.js';
import { applyPeriod, type Period, type PeriodName, periodOf } from '../period.js';
import { openDispute, returnDispute } from '../postings.js';
import type { CdrRecord } from '../record.js';
import { issuerOf, type Statement } from '../statement.js';
import { type Acted, type By, createAct } from './act.js';
import type { ClearingNeeds, ClearingService } from './clearing.js';

export function createActions(needs: ClearingNeeds, clearing: ClearingService) {
  const { store, clock, ports } = needs;
  const act = createAct(needs);

  const onCdr = (
    operatorId: OperatorId,
    key: string,
    action: string,
    by: By,
    work: (tx: Tx, record: CdrRecord) => Promise<Acted<{ life: CdrLife }>>,
    detail?: unknown,
  ) =>
    act(operatorId, { subject: `cdr ${key}`, action, ...(detail === undefined ? {} : { detail }) }, by, async (tx) => {
      const seen = await store.cdr(undefined, operatorId, key);
      if (!seen) return refuse('notFound', `there is no CDR ${key}`);
      await clearing.lock(tx, operatorId, seen.cdr, await clearing.gather(operatorId, seen.cdr, seen.source));
      const record = await store.cdr(tx, operatorId, key);
      return record ? work(tx, record) : refuse('notFound', `there is no CDR ${key}`);
    });

  /** A person accepts a held CDR at our own price. One that came too late needs two persons. */
  async function approve(operatorId: OperatorId, key: string, by: By): Promise<Acted<{ life: CdrLife }>> {
    return onCdr(operatorId, key, 'approve', by, async (tx, record) => {
      const gathered = await clearing.gather(operatorId, record.cdr, record.source);
      const facts = await clearing.factsOf(tx, operatorId, record, gathered, false);
      const expired = record.life.clearing.state === 'expired';
      if (expired) {
        const others = (await store.actorsOf(tx, operatorId, `cdr ${key}`, 'approve')).filter((actor) => actor !== by.actor);
        if (others.length === 0) return refuse('secondPerson', 'it came too late: a second person must approve as well');
      }
      const decision = approved(record.life, facts, expired ? 'two' : 'one');
      if ('accepted' in decision) return decision;
      await clearing.save(tx, operatorId, record, decision, gathered);
      await clearing.followUp(tx, operatorId, record, decision.life);
      return { accepted: true, life: decision.life };
    });
  }

  /** A person tells the CPO why not. It may credit the CDR and send a new one. */
  const decline = (operatorId: OperatorId, key: string, reason: DeclineReason, by: By) =>
    onCdr(operatorId, key, 'decline', by, (tx, record) => moveLife(tx, operatorId, record, { type: 'declined', reason }), reason);

  /** The end of a CDR that cannot be mended, or that the CPO forgoes. */
  const reject = (operatorId: OperatorId, key: string, reason: DeclineReason, by: By) =>
    onCdr(operatorId, key, 'reject', by, (tx, record) => moveLife(tx, operatorId, record, { type: 'rejected', reason }), reason);

  const expire = (operatorId: OperatorId, key: string) =>
    onCdr(operatorId, key, 'expire', { actor: 'settlement', reason: 'the late window has passed' }, (tx, record) =>
      moveLife(tx, operatorId, record, { type: 'expired' }),
    );

  async function moveLife(tx: Tx, operatorId: OperatorId, record: CdrRecord, event: ClearingEvent): Promise<Acted<{ life: CdrLife }>> {
    const move = apply(record.life, event);
    if (!move.accepted) return move;
    await store.saveDecision(tx, operatorId, { ...record, life: move.life, decidedAt: clock.now() });
    await clearing.followUp(tx, operatorId, record, move.life);
    return { accepted: true, life: move.life };
  }

  /** P2: moves what is owed for a CDR aside, until it is resolved. */
  const dispute = (operatorId: OperatorId, key: string, by: By) =>
    onCdr(operatorId, key, 'dispute', by, (tx, record) =>
      postMove(tx, operatorId, record, { type: 'disputed' }, (posted) => openDispute(dealOf(record.cdr), posted, 1)),
    );

  /** P2 back: the claim stands as it was. Where the seller was wrong it credits the CDR instead. */
  const resolve = (operatorId: OperatorId, key: string, by: By) =>
    onCdr(operatorId, key, 'resolve', by, (tx, record) =>
      postMove(tx, operatorId, record, { type: 'settledDispute' }, (posted) => {
        const opened = posted.filter(({ posting }) => posting === 'P2.open').at(-1);
        return opened ? returnDispute(dealOf(record.cdr), opened) : [];
      }),
    );

  async function postMove(
    tx: Tx,
    operatorId: OperatorId,
    record: CdrRecord,
    event: ClearingEvent,
    post: (posted: readonly Entry[]) => readonly Entry[],
  ): Promise<Acted<{ life: CdrLife }>> {
    const move = apply(record.life, event);
    if (!move.accepted) return move;
    const posted = (await store.entriesOf(tx, operatorId, [record.key])).filter(
      ({ posting }) => posting.startsWith('P1') || posting.startsWith('P2'),
    );
    const now = clock.now();
    const period = await clearing.openPeriod(tx, operatorId, periodOf(now, record.agreement?.cycle ?? 'monthly'), now);
    await store.saveDecision(tx, operatorId, { ...record, life: move.life });
    await store.post(tx, operatorId, post(posted), {
      period,
      postedAt: now,
      issuer: issuerOf(record.cdr, await ports.hosted.parties(operatorId)),
    });
    return { accepted: true, life: move.life };
  }

  /** Opens a closed period again, by two persons; its next closing states it anew as the next version. */
  async function reopen(operatorId: OperatorId, name: PeriodName, by: By): Promise<Acted<{ period: Period }>> {
    const before = await store.period(operatorId, name);
    const subject = `period ${name} v${before?.version ?? 0}`;
    return act(operatorId, { subject, action: 'reopen', asks: `period ${name}` }, by, async (tx) => {
      const period = await store.lockPeriod(tx, operatorId, name);
      if (!period) return refuse('notFound', `there is no period ${name}`);
      const approvedBy = [by.actor, ...(await store.actorsOf(tx, operatorId, subject, 'reopen'))];
      const accepted = (await store.statements(operatorId, { period: name, state: 'accepted', limit: 1 })).length;
      const moved = applyPeriod(period, { type: 'reopened', approvedBy, accepted });
      if (!moved.accepted) return moved;
      await store.savePeriod(tx, operatorId, moved.period, clock.now());
      await store.unstate(tx, operatorId, name);
      return moved;
    });
  }

  /** The counterparty agrees: from now on only an adjustment in an open period changes anything. */
  async function acceptStatement(operatorId: OperatorId, id: string, by: By): Promise<Acted<{ statement: Statement }>> {
    return act(operatorId, { subject: `statement ${id}`, action: 'accept' }, by, async (tx) => {
      const statement = await store.statement(operatorId, id);
      if (!statement) return refuse('notFound', `there is no statement ${id}`);
      const acceptedAt = clock.now();
      if (!(await store.saveAccepted(tx, operatorId, id, acceptedAt))) return refuse('notIssued', `statement ${id} is ${statement.state}`);
      return { accepted: true, statement: { ...statement, state: 'accepted', acceptedAt } };
    });
  }

  return { approve, decline, reject, expire, dispute, resolve, reopen, acceptStatement };
}

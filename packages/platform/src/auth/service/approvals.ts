import type { Clock } from '../../kernel/clock.js';
import type { NewId, OperatorId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import { type Approval, type Decision, decide } from '../approval.js';
import type { AuthStore } from '../store.js';

export interface By {
  actor: string;
  reason: string;
}

/** What is asked to be approved. The digest is of the content, so that what was approved is what is done. */
export type Asked = Pick<Approval, 'subject' | 'action' | 'digest'>;

/** Does what was approved, in the transaction of the approval: a refusal undoes both. */
export type Effect = (tx: Tx, operatorId: OperatorId, approval: Approval) => Promise<Accepted | Refused<string>>;

export interface ApprovalsNeeds {
  store: AuthStore;
  transact: Transact;
  clock: Clock;
  newId: NewId;
}

/** Approval by a second person: who wants something done asks, another agrees, and then it is done. Each step is in the audit trail. */
export function createApprovals({ store, transact, clock, newId }: ApprovalsNeeds) {
  const effects = new Map<string, Effect>();

  async function note(
    tx: Tx,
    operatorId: OperatorId,
    { subject, action }: Pick<Asked, 'subject' | 'action'>,
    step: string,
    by: By,
  ): Promise<void> {
    await store.insertAudit(tx, operatorId, {
      id: newId(),
      at: clock.now(),
      actor: by.actor,
      action: `${action}.${step}`,
      subject,
      reason: by.reason,
    });
  }

  /** Asks for an approval; asked for again while it is open, it is the same one. */
  async function ask(tx: Tx, operatorId: OperatorId, what: Asked, by: By): Promise<Approval> {
    const { subject, action, digest } = what;
    const wanted: Approval = {
      id: newId(),
      subject,
      action,
      digest,
      askedBy: by.actor,
      askedAt: clock.now(),
      reason: by.reason,
      state: 'open',
    };
    const { approval, isNew } = await store.insertApproval(tx, operatorId, wanted);
    if (isNew) await note(tx, operatorId, what, 'asked', by);
    return approval;
  }

  /** A person decides. What was approved is done in the same transaction, or the approval does not stand. */
  async function decideOn(
    operatorId: OperatorId,
    id: string,
    decision: Decision,
    by: By,
  ): Promise<Accepted<{ approval: Approval }> | Refused<string>> {
    try {
      return await transact(async (tx) => {
        const known = await store.lockApproval(tx, operatorId, id);
        if (!known) return refuse('unknownApproval', `there is no approval ${id}`);
        const decided = decide(known, decision, { ...by, at: clock.now() });
        if (!decided.accepted) return decided;
        await store.saveApproval(tx, operatorId, decided.approval);
        await note(tx, operatorId, known, decision, by);
        const effect = decision === 'approved' ? effects.get(known.action) : undefined;
        const done = await effect?.(tx, operatorId, decided.approval);
        if (done && !done.accepted) throw new Undone(done);
        return decided;
      });
    } catch (error) {
      if (error instanceof Undone) return error.refused;
      throw error;
    }
  }

  /**
   * The same in one call, for a module that keeps its own transaction: the first person's call asks, another's call with the same content
   * approves. True when it may be done now.
   */
  async function agree(tx: Tx, operatorId: OperatorId, what: Asked, by: By): Promise<boolean> {
    const approval = await ask(tx, operatorId, what, by);
    const locked = await store.lockApproval(tx, operatorId, approval.id);
    const decided = locked && decide(locked, 'approved', { ...by, at: clock.now() });
    if (!decided?.accepted) return false;
    await store.saveApproval(tx, operatorId, decided.approval);
    await note(tx, operatorId, what, 'approved', by);
    return true;
  }

  return {
    ask,
    agree,
    decide: decideOn,
    list: store.approvals,
    one: store.approval,
    /** Says what is done once an action was approved. One effect an action. */
    onApproved(action: string, effect: Effect): void {
      if (effects.has(action)) throw new Error(`there is an effect of ${action} already`);
      effects.set(action, effect);
    },
    /** A line in the audit trail for what one person may do alone. */
    note: (operatorId: OperatorId, what: Pick<Asked, 'subject' | 'action'>, by: By) =>
      transact((tx) => note(tx, operatorId, what, 'done', by)),
    audit: store.audit,
  };
}

/** Carries a refusal out of a transaction that is to be rolled back. */
class Undone extends Error {
  readonly refused: Refused<string>;
  constructor(refused: Refused<string>) {
    super(refused.detail ?? refused.reason);
    this.refused = refused;
  }
}

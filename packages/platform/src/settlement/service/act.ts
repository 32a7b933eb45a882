import { digest } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import { toJson } from '../../kernel/json.js';
import { type Refused, refuse } from '../../kernel/refusal.js';
import type { Tx } from '../../kernel/transact.js';
import type { ClearingNeeds } from './clearing.js';

/** Who acts, and why: money never moves without both. */
export interface By {
  actor: string;
  reason: string;
  /** The caller's own key: asked again with it, the same request gets the same answer, another is refused. */
  request?: string;
  /** Says what would happen, and changes nothing. */
  dryRun?: boolean;
}

export type ActionRefusal =
  | 'notFound'
  | 'illegal'
  | 'notPriceable'
  | 'secondPerson'
  | 'otherRequest'
  | 'notOpen'
  | 'notCutOff'
  | 'notClosed'
  | 'statementAccepted'
  | 'notIssued';

export type Acted<T extends object = object> = ({ accepted: true } & T) | Refused<ActionRefusal>;

interface What {
  subject: string;
  action: string;
  detail?: unknown;
  /** What a request is about, where the subject itself moves on with it: a repeat is known by this. */
  asks?: string;
  unchanged?: () => boolean;
}

export function createAct({ store, transact, clock }: Pick<ClearingNeeds, 'store' | 'transact' | 'clock'>) {
  /**
   * Runs an action once per request key, in one transaction with its line in the audit trail; `unchanged` leaves that line out where
   * nothing was done and nothing has to be remembered.
   */
  return async function act<T extends object>(
    operatorId: OperatorId,
    { unchanged, asks, ...what }: What,
    by: By,
    work: (tx: Tx) => Promise<Acted<T>>,
  ): Promise<Acted<T>> {
    const { request, dryRun, ...who } = by;
    const asked = digest(toJson([{ ...what, subject: asks ?? what.subject }, who]));
    const run = async (tx: Tx): Promise<Acted<T>> => {
      if (request !== undefined) {
        await store.lockNames(tx, operatorId, [`request ${request}`]);
        const before = await store.answered(tx, operatorId, request);
        if (before)
          return before.digest === asked ? (before.answer as Acted<T>) : refuse('otherRequest', 'this key was used for another request');
      }
      const answer = await work(tx);
      // A first of two persons is refused, and remembered.
      const idle = request === undefined && unchanged?.() === true;
      if (!idle && (answer.accepted || answer.reason === 'secondPerson')) {
        const kept = request === undefined ? {} : { request: { key: request, digest: asked, answer } };
        await store.act(tx, operatorId, { subject: what.subject, action: what.action, ...who, at: clock.now(), ...kept });
      }
      if (dryRun) throw new DryRun(answer);
      return answer;
    };
    try {
      return await transact(run);
    } catch (error) {
      if (error instanceof DryRun) return error.answer as Acted<T>;
      throw error;
    }
  };
}

/** Carries the answer out of a transaction that is to be rolled back. */
class DryRun extends Error {
  readonly answer: object;
  constructor(answer: object) {
    super('nothing was changed');
    this.answer = answer;
  }
}

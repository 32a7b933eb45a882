import type { OperatorId } from '../kernel/ids.js';
import { type Balance, imbalance } from './ledger.js';
import { createActions } from './service/actions.js';
import { type ClearingNeeds, createClearing } from './service/clearing.js';
import { createClosing } from './service/closing.js';

export type SettlementService = ReturnType<typeof createService>;

/** Settlement: CDRs come in, are priced again and posted; periods are closed and stated. */
export function createService(needs: ClearingNeeds) {
  const { store } = needs;
  const clearing = createClearing(needs);
  const { record, retry } = clearing;
  const actions = createActions(needs, clearing);
  const closing = createClosing(needs);

  /** All balances of an operator, up to a moment if given, and what debits exceed credits by in each currency: always 0. */
  async function trialBalance(operatorId: OperatorId, until?: Date): Promise<{ balances: Balance[]; imbalance: Record<string, bigint> }> {
    const balances = await store.balances(operatorId, until);
    return { balances, imbalance: imbalance(balances) };
  }

  return {
    record,
    retry,
    ...closing,
    ...actions,
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

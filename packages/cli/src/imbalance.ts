import { isRecord } from './output/path.js';

/** The sum of all imbalances, as money: `0.00` when debits and credits are equal in every currency. */
export function imbalanceOf(trial: unknown): string {
  const each = isRecord(trial) && isRecord(trial.imbalance) ? Object.values(trial.imbalance).map(String) : [];
  return each.find((amount) => !/^-?0(\.0*)?( [A-Z]{3})?$/.test(amount)) ?? '0.00';
}

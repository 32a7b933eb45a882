import type { StatementBundle, StatementLine } from '@evroam/ocpi/statement';

/** What one statement says otherwise than another, line by line. */
export interface StatementDiff {
  added: readonly string[];
  removed: readonly string[];
  changed: readonly { cdr: string; field: 'amount' | 'due' | 'energy' | 'digest' | 'kind'; before: string; after: string }[];
  /** What is due in the second less what is due in the first, in minor units. */
  due: string;
}

/**
 * Compares two versions of a statement, or two parties' views of one period: lines are told apart by their CDR, so the accounts
 * (our receivable, their payable) may bear other names.
 */
export function diffStatements(before: StatementBundle, after: StatementBundle): StatementDiff {
  const [old, now] = [byCdr(before), byCdr(after)];
  const changed: StatementDiff['changed'][number][] = [];
  for (const [cdr, line] of now) {
    const other = old.get(cdr);
    if (!other) continue;
    const [was, is] = [facts(other), facts(line)];
    for (const field of ['kind', 'amount', 'due', 'energy', 'digest'] as const) {
      if (was[field] !== is[field]) changed.push({ cdr, field, before: was[field], after: is[field] });
    }
  }
  return {
    added: [...now.keys()].filter((cdr) => !old.has(cdr)),
    removed: [...old.keys()].filter((cdr) => !now.has(cdr)),
    changed,
    due: (dueOf(after) - dueOf(before)).toString(),
  };
}

function byCdr({ lines }: StatementBundle): Map<string, StatementLine> {
  const named = lines.map((line): [string, StatementLine] => [
    line.cdr ? `${line.cdr.countryCode}-${line.cdr.partyId}/${line.cdr.id.toUpperCase()}` : line.entries.join(' '),
    line,
  ]);
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function facts({ kind, amount, due, energyMilliWh, cdr }: StatementLine) {
  const whole = amount.afterTaxes ?? amount.beforeTaxes ?? '';
  return { kind, amount: whole, due, energy: String(energyMilliWh), digest: cdr?.digest ?? '' };
}

function dueOf({ lines }: StatementBundle): bigint {
  return lines.reduce((sum, { due }) => sum + BigInt(due), 0n);
}

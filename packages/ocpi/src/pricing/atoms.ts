import { shareOut } from './exact.js';

/** Amounts are summed in atoms: whole numbers for every price of 10^-9 per kWh or hour, every mWh and ms, every tax rate of 10^-6. */
export const PER_NANO = 18_000_000n;
export const RATE = 1_000_000n;
export const ATOMS = PER_NANO * RATE;

/** Atoms of one line, before they are cut to 10^-9. */
export interface Exact {
  before: bigint | undefined;
  after: bigint | undefined;
  taxes: { name: string; rate?: number; atoms: bigint }[];
}

/** The sum of lines; a side is unknown when any of them lacks it. */
export function add(lines: readonly Exact[]): Exact {
  const sum: Exact = { before: 0n, after: 0n, taxes: [] };
  for (const line of lines) {
    sum.before = sum.before === undefined || line.before === undefined ? undefined : sum.before + line.before;
    sum.after = sum.after === undefined || line.after === undefined ? undefined : sum.after + line.after;
    for (const tax of line.taxes) {
      const same = sum.taxes.find((t) => t.name === tax.name && t.rate === tax.rate);
      if (same) same.atoms += tax.atoms;
      else sum.taxes.push({ ...tax });
    }
  }
  return sum;
}

/** Splits a tax in proportion to the taxes given, whole atoms that sum to it. */
export function spread<T extends { atoms: bigint }>(tax: bigint, taxes: readonly T[]): T[] {
  const shares = shareOut(
    tax,
    taxes.map(({ atoms }) => (atoms < 0n ? -atoms : atoms)),
  );
  return taxes.map((t, i) => ({ ...t, atoms: shares[i]! }));
}

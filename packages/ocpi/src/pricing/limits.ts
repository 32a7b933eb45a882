import type { LineDimension, Remark } from './amounts.js';
import { ATOMS, add, type Exact, spread } from './atoms.js';
import { jam } from './exact.js';
import type { PriceLimit, Tariff } from './tariff.js';

/** The lines that min_price and max_price add. Each side of the taxes is limited for itself. OCPI 2.2.1, 11.3.1 */
export function limits(
  tariff: Tariff,
  lines: readonly Exact[],
  remarks: Map<string, Remark>,
): { dimension: LineDimension; exact: Exact }[] {
  const out: { dimension: LineDimension; exact: Exact }[] = [];
  let sum = add(lines);
  for (const [dimension, limit] of [
    ['MIN_PRICE', tariff.minPrice],
    ['MAX_PRICE', tariff.maxPrice],
  ] as const) {
    const change = limit && limitOf(tariff, limit, sum, dimension === 'MIN_PRICE', remarks);
    if (!change) continue;
    out.push({ dimension, exact: change });
    sum = add([sum, change]);
  }
  return out;
}

function limitOf(tariff: Tariff, limit: PriceLimit, sum: Exact, isMin: boolean, remarks: Map<string, Remark>): Exact | undefined {
  const beyond = (value: bigint, bound: bigint) => (isMin ? value < bound : value > bound);
  const before = change(sum.before, limit.beforeTaxes);
  const after = change(sum.after, tariff.taxIncluded === 'notApplicable' ? (limit.afterTaxes ?? limit.beforeTaxes) : limit.afterTaxes);
  if (
    (limit.beforeTaxes !== undefined && sum.before === undefined && limit.afterTaxes === undefined) ||
    (before === undefined && after === undefined)
  ) {
    remarks.set('limitUnknown', {
      code: 'limitUnknown',
      message: `a limit of tariff ${tariff.id} is on the side of the taxes that is not known`,
    });
    return undefined;
  }
  // Where the tariff limits one side only, the other follows in proportion.
  const one = before ?? follow(after, sum.after, sum.before);
  const other = after ?? follow(before, sum.before, sum.after);
  if ((one ?? 0n) === 0n && (other ?? 0n) === 0n) return undefined;
  const exact: Exact = {
    before: sum.before === undefined ? undefined : one,
    after: sum.after === undefined ? undefined : other,
    taxes: [],
  };
  if (exact.before !== undefined && exact.after !== undefined) {
    const tax = exact.after - exact.before;
    if (tax !== 0n) exact.taxes = spread(tax, sum.taxes.length > 0 ? sum.taxes : [{ name: 'VAT', atoms: 1n }]);
  }
  return exact;

  function change(value: bigint | undefined, bound: bigint | undefined): bigint | undefined {
    if (value === undefined || bound === undefined) return undefined;
    const atoms = bound * ATOMS;
    return beyond(value, atoms) ? atoms - value : 0n;
  }
}

function follow(change: bigint | undefined, from: bigint | undefined, to: bigint | undefined): bigint | undefined {
  if (change === undefined || from === undefined || to === undefined) return undefined;
  if (change === 0n) return 0n;
  return from === 0n ? undefined : jam(to * change, from);
}

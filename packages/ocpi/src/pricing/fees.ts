import type { Amount, PricedLine } from './amounts.js';
import { sumAmounts } from './amounts.js';
import { shareOut } from './exact.js';
import type { FeeType } from './tariff.js';

/**
 * What of a price is for electricity, service, start, idling and reservation, in 10^-9; the parts sum to the total.
 * What a minimum or maximum price adds or takes is spread over the fees in proportion.
 */
export function amountsByFee(lines: readonly PricedLine[]): Partial<Record<FeeType, Amount>> {
  const parts: Partial<Record<FeeType, Amount>> = {};
  const put = (type: FeeType, amount: Amount) => {
    const before = parts[type];
    parts[type] = before ? sumAmounts([before, amount]) : amount;
  };
  for (const { fees, amount } of lines) {
    if (fees.length === 1) put(fees[0]!.type, amount);
    else
      splitAmount(
        amount,
        fees.map(({ price }) => price),
      ).forEach((part, i) => {
        put(fees[i]!.type, part);
      });
  }
  for (const { fees, amount } of lines) {
    if (fees.length > 0) continue;
    const types = Object.keys(parts) as FeeType[];
    if (types.length === 0) put('service', amount);
    else
      splitAmount(
        amount,
        types.map((type) => parts[type]?.beforeTaxes ?? parts[type]?.afterTaxes ?? 0n),
      ).forEach((part, i) => {
        put(types[i]!, part);
      });
  }
  return parts;
}

/** Shares of an amount by weights (negative ones count as their size); each side of the taxes sums to its own whole. */
export function splitAmount(amount: Amount, weights: readonly bigint[]): Amount[] {
  const sizes = weights.map((w) => (w < 0n ? -w : w));
  const before = amount.beforeTaxes === undefined ? undefined : shareOut(amount.beforeTaxes, sizes);
  const taxes = amount.taxes.map((tax) => ({ tax, shares: shareOut(tax.amount, sizes) }));
  const after = amount.afterTaxes === undefined ? undefined : shareOut(amount.afterTaxes, sizes);
  return weights.map((_, i) => {
    const beforeTaxes = before?.[i];
    const parts = taxes.map(({ tax, shares }) => ({ ...tax, amount: shares[i]! }));
    // Where both sides are known, the taxes decide the after-tax share, so that each part adds up in itself.
    const afterTaxes = beforeTaxes === undefined ? after?.[i] : after && beforeTaxes + parts.reduce((sum, t) => sum + t.amount, 0n);
    return { ...(beforeTaxes === undefined ? {} : { beforeTaxes }), taxes: parts, ...(afterTaxes === undefined ? {} : { afterTaxes }) };
  });
}

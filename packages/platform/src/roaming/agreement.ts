import type { Agreement } from '../model/agreement.js';

/** The version in force at a moment: the newest that has begun and has not ended. */
export function inForceAt(versions: readonly Agreement[], at: Date): Agreement | undefined {
  const begun = versions.filter(
    ({ effectiveFrom, effectiveUntil }) => effectiveFrom <= at && (effectiveUntil === undefined || at < effectiveUntil),
  );
  return begun.reduce<Agreement | undefined>((best, one) => (best && best.version > one.version ? best : one), undefined);
}

/** Why this cannot be activated; undefined if it can. */
export function agreementFault(agreement: Agreement): string | undefined {
  if (agreement.seller === agreement.buyer) return 'seller and buyer are the same party';
  if (!/^[A-Z]{3}$/.test(agreement.currency)) return `"${agreement.currency}" is no ISO 4217 currency`;
  if (agreement.effectiveUntil && agreement.effectiveUntil <= agreement.effectiveFrom) return 'effectiveUntil is not after effectiveFrom';
  const negative = Object.entries(agreement.tolerance).find(([, value]) => value < 0);
  if (negative) return `tolerance ${negative[0]} is negative`;
  if (agreement.lateWindowDays < 0) return 'lateWindowDays is negative';
  return undefined;
}

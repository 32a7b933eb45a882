import type { TariffVersion } from '../model/tariff.js';

/** The version on sale at a moment: the newest that has begun, unless it has ended. */
export function inForceAt(versions: readonly TariffVersion[], at: Date): TariffVersion | undefined {
  const begun = versions.filter(({ validFrom }) => validFrom <= at);
  const newest = begun.reduce<TariffVersion | undefined>((a, b) => (a && a.version > b.version ? a : b), undefined);
  return newest?.validUntil && newest.validUntil <= at ? undefined : newest;
}

/** Why this cannot be released as the next version; undefined if it can. */
export function releaseFault(version: TariffVersion, before: TariffVersion | undefined): string | undefined {
  const { tariff } = version;
  if (tariff.elements.length === 0) return 'a tariff has at least one element';
  if (tariff.id !== version.id) return `the tariff inside is ${tariff.id}, not ${version.id}`;
  for (const [index, { components }] of tariff.elements.entries()) {
    const split = components.find(({ price, fees }) => fees && fees.reduce((sum, fee) => sum + fee.price, 0n) !== price);
    if (split) return `/elements/${index}: the fees of the ${split.dimension} component do not sum to its price`;
  }
  if (before && before.tariff.currency !== tariff.currency)
    return `the currency of ${tariff.id} is ${before.tariff.currency}; another currency needs another tariff id`;
  if (version.validUntil && version.validUntil <= version.validFrom) return 'validUntil is not after validFrom';
  return undefined;
}

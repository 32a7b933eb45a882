import type { Fee, PriceComponent } from '@evroam/ocpi/pricing';
import type { Agreement } from './agreement.js';
import type { TariffVersion } from './tariff.js';

export type Terms = Pick<Agreement, 'rounding' | 'taxTreatment' | 'tax'>;

/**
 * The tariff as it counts between the two parties: a tax rate that the tariff leaves open is the agreed one, and no tax is added
 * where none is due on the invoice. This is the tariff that a statement shows, so that whoever prices by it gets the same.
 */
export function agreedTariff(version: TariffVersion, { taxTreatment, tax }: Terms): TariffVersion {
  const { tariff } = version;
  if (tariff.taxIncluded === 'notApplicable') return version;
  const taxes = taxTreatment === 'domestic' ? [{ name: tax.name, rate: tax.rate }] : [];
  const touched = (component: PriceComponent) =>
    taxTreatment === 'domestic' ? component.taxes === undefined : tariff.taxIncluded === 'no' && component.taxes?.length !== 0;
  if (!tariff.elements.some(({ components }) => components.some(touched))) return version;
  const elements = tariff.elements.map((element) => ({
    ...element,
    components: element.components.map((component) => (touched(component) ? { ...component, taxes } : component)),
  }));
  return { ...version, tariff: { ...tariff, elements } };
}

const RATE_ONE = 1_000_000n;

/**
 * The tariff for whoever can only say prices before taxes: each is the one with taxes by the agreed rate, to 10^-9. Undefined where a rate
 * is not known, for no tax is guessed.
 */
export function netTariff(version: TariffVersion): TariffVersion | undefined {
  const { tariff } = version;
  if (tariff.taxIncluded !== 'yes') return version;
  if (tariff.minPrice ?? tariff.maxPrice) return undefined;
  const components = tariff.elements.flatMap((element) => element.components);
  if (components.some(({ taxes }) => taxes === undefined)) return undefined;
  const elements = tariff.elements.map((element) => ({
    ...element,
    components: element.components.map(({ price, fees, ...rest }) => {
      const whole = RATE_ONE + BigInt((rest.taxes ?? []).reduce((sum, { rate }) => sum + rate, 0));
      const net = (gross: bigint) => (gross * RATE_ONE * 2n + whole) / (whole * 2n);
      return { ...rest, price: net(price), ...(fees ? { fees: sharedOut(net(price), fees, net) } : {}) };
    }),
  }));
  return { ...version, tariff: { ...tariff, taxIncluded: 'no', elements } };
}

/** The last fee takes what the others left, so that the fees are the price. */
function sharedOut(price: bigint, fees: readonly Fee[], net: (gross: bigint) => bigint): Fee[] {
  let left = price;
  return fees.map((fee, i) => {
    const part = i === fees.length - 1 ? left : net(fee.price);
    left -= part;
    return { ...fee, price: part };
  });
}

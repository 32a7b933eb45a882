import { type Period, type PricedSession, period, type Restrictions, type Tariff } from '../pricing/index.js';

/** A normalised tariff as JSON: amounts of 10^-9 are digits. */
export interface TariffJson {
  readonly id: string;
  readonly currency: string;
  readonly taxIncluded: Tariff['taxIncluded'];
  readonly elements: readonly {
    readonly components: readonly {
      readonly dimension: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';
      readonly price: string;
      readonly stepSize: number;
      readonly taxes?: readonly { readonly name: string; readonly rate: number }[];
      readonly fees?: readonly { readonly type: 'electricity' | 'service' | 'start' | 'idle' | 'reservation'; readonly price: string }[];
    }[];
    readonly restrictions?: Restrictions;
  }[];
  readonly minPrice?: { readonly beforeTaxes?: string; readonly afterTaxes?: string };
  readonly maxPrice?: { readonly beforeTaxes?: string; readonly afterTaxes?: string };
  readonly validFrom?: number;
  readonly validTo?: number;
}

/** A normalised session as JSON: what is nothing or unknown is left out. */
export interface SessionJson {
  readonly start: number;
  readonly end: number;
  readonly currency?: string;
  readonly reservation?: 'used' | 'expired';
  readonly periods: readonly (Partial<Period> & Pick<Period, 'start' | 'end'>)[];
}

/** The JSON form of a normalised tariff. */
export function tariffJson(tariff: Tariff): TariffJson {
  return digits(tariff) as TariffJson;
}

/** The tariff of its JSON form. */
export function tariffOf(json: TariffJson): Tariff {
  const { elements, minPrice, maxPrice, ...rest } = json;
  const limit = (side: { beforeTaxes?: string; afterTaxes?: string }) => ({
    ...(side.beforeTaxes === undefined ? {} : { beforeTaxes: BigInt(side.beforeTaxes) }),
    ...(side.afterTaxes === undefined ? {} : { afterTaxes: BigInt(side.afterTaxes) }),
  });
  return {
    ...rest,
    elements: elements.map((element) => ({
      ...element,
      components: element.components.map(({ price, fees, ...component }) => ({
        ...component,
        price: BigInt(price),
        ...(fees === undefined ? {} : { fees: fees.map((fee) => ({ ...fee, price: BigInt(fee.price) })) }),
      })),
    })),
    ...(minPrice === undefined ? {} : { minPrice: limit(minPrice) }),
    ...(maxPrice === undefined ? {} : { maxPrice: limit(maxPrice) }),
  };
}

/** The JSON form of a normalised session. */
export function sessionJson(session: PricedSession): SessionJson {
  const { start, end, currency, reservation, periods } = session;
  return {
    start,
    end,
    ...(currency === undefined ? {} : { currency }),
    ...(reservation === undefined ? {} : { reservation }),
    periods: periods.map((p) => {
      const known = Object.entries(p).filter(([key, value]) => value !== undefined && value !== empty[key as keyof Period]);
      return { ...Object.fromEntries(known), start: p.start, end: p.end };
    }),
  };
}

/** The session of its JSON form. */
export function sessionOf(json: SessionJson): PricedSession {
  return { ...json, periods: json.periods.map(period) };
}

const empty: Period = period({ start: Number.NaN, end: Number.NaN });

function digits(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(digits);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => [k, digits(v)]),
  );
}

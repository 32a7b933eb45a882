/** The price of one band in 10^-5 CNY per kWh, as the driver pays it: taxes are in it. */
export interface BandPrice {
  electricity: number;
  service: number;
}

/** What a 云快充 pile can charge by: four bands (尖峰平谷), and which of them holds in each half hour of every day. YKC V1.6, 10.6 */
export interface BillingModel {
  /** Sharp, peak, flat, valley. */
  bands: readonly [BandPrice, BandPrice, BandPrice, BandPrice];
  /** 48 half hours from 00:00 China time, each the number of its band. */
  slots: readonly number[];
}

/** Why a tariff cannot be put on a pile; `pointer` says where in it. */
export interface Inexpressible {
  reason:
    | 'noTariff'
    | 'severalTariffs'
    | 'currency'
    | 'timeZone'
    | 'taxUnknown'
    | 'priceLimit'
    | 'dimension'
    | 'fee'
    | 'stepSize'
    | 'restriction'
    | 'notOnHalfHour'
    | 'uncovered'
    | 'tooManyBands'
    | 'priceTooFine'
    | 'priceTooLarge';
  pointer: string;
  detail: string;
}

/** One immutable model of a pile, and the tariff version that it was made of. */
export interface NumberedModel {
  /** Four decimal digits, never given to another model of that pile. */
  number: string;
  model: BillingModel;
}

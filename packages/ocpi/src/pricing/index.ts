export type { Amount, LineDimension, PricedLine, Remark, Slice, TaxAmount } from './amounts.js';
export { sumAmounts } from './amounts.js';
export { priceBorders } from './borders.js';
export type { PricingErrorCode } from './errors.js';
export { PricingError } from './errors.js';
export { decimal, NANO, scale, scaleText, shareOut } from './exact.js';
export type { Language } from './explain.js';
export { explainPrice, explainTariff } from './explain.js';
export { amountsByFee, splitAmount } from './fees.js';
export type { Finding } from './lint.js';
export { lintTariff } from './lint.js';
export type { Policies } from './policies.js';
export { defaultPolicies } from './policies.js';
export type { PreviewState, PriceWindow } from './preview.js';
export { previewTariff } from './preview.js';
export type { OpenPrice, Price, Pricer, PricingOptions } from './price.js';
export { openPrice, price, pricer } from './price.js';
export type { Billed, RoundedAmount, RoundingRule } from './rounding.js';
export { minorDigits, roundAmount } from './rounding.js';
export type { Period, PricedSession, ReadOptions } from './session.js';
export { period, readCdr, readSession, reservationOf } from './session.js';
export type {
  Dimension,
  Fee,
  FeeType,
  OcpiVersion,
  PriceComponent,
  PriceLimit,
  ReadTariffOptions,
  Restrictions,
  Tariff,
  TariffElement,
  TaxRate,
} from './tariff.js';
export { readTariff } from './tariff.js';
export type { Span, Zone } from './zone.js';
export { zoneOf } from './zone.js';

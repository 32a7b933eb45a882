import { boolean, dateTime, type Infer, integer, list, natural, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { SalesTariffEntryType } from '../v201/price-schedule.js';

// Unchanged since 2.0.1.
export { ConsumptionCostType, CostType, RelativeTimeIntervalType, SalesTariffEntryType } from '../v201/price-schedule.js';

/** What a vehicle is told about prices (ISO 15118-2). OCPP 2.1, K15 */
export const SalesTariffType = object({
  id: natural,
  salesTariffDescription: optional(text(32)),
  numEPriceLevels: optional(natural),
  salesTariffEntry: list(SalesTariffEntryType, { minItems: 1, maxItems: 1_024 }),
});
export type SalesTariffType = Infer<typeof SalesTariffType>;

/** 10 to the power of the exponent times the value (ISO 15118-20). OCPP 2.1, K17 */
export const RationalNumberType = object({
  exponent: integer(),
  value: integer(),
});
export type RationalNumberType = Infer<typeof RationalNumberType>;

/** OCPP 2.1, K17 */
export const PriceRuleType = object({
  parkingFeePeriod: optional(integer()),
  carbonDioxideEmission: optional(natural),
  renewableGenerationPercentage: optional(integer({ minimum: 0, maximum: 100 })),
  energyFee: RationalNumberType,
  parkingFee: optional(RationalNumberType),
  powerRangeStart: RationalNumberType,
});
export type PriceRuleType = Infer<typeof PriceRuleType>;

/** OCPP 2.1, K17 */
export const PriceRuleStackType = object({
  duration: integer(),
  priceRule: list(PriceRuleType, { minItems: 1, maxItems: 8 }),
});
export type PriceRuleStackType = Infer<typeof PriceRuleStackType>;

/** OCPP 2.1, K17 */
export const TaxRuleType = object({
  taxRuleID: natural,
  taxRuleName: optional(text(100)),
  taxIncludedInPrice: optional(boolean),
  appliesToEnergyFee: boolean,
  appliesToParkingFee: boolean,
  appliesToOverstayFee: boolean,
  appliesToMinimumMaximumCost: boolean,
  taxRate: RationalNumberType,
});
export type TaxRuleType = Infer<typeof TaxRuleType>;

/** OCPP 2.1, K17 */
export const OverstayRuleType = object({
  overstayFee: RationalNumberType,
  overstayRuleDescription: optional(text(32)),
  startTime: integer(),
  overstayFeePeriod: integer(),
});
export type OverstayRuleType = Infer<typeof OverstayRuleType>;

/** OCPP 2.1, K17 */
export const OverstayRuleListType = object({
  overstayPowerThreshold: optional(RationalNumberType),
  overstayRule: list(OverstayRuleType, { minItems: 1, maxItems: 5 }),
  overstayTimeThreshold: optional(integer()),
});
export type OverstayRuleListType = Infer<typeof OverstayRuleListType>;

/** OCPP 2.1, K17 */
export const AdditionalSelectedServicesType = object({
  serviceFee: RationalNumberType,
  serviceName: text(80),
});
export type AdditionalSelectedServicesType = Infer<typeof AdditionalSelectedServicesType>;

/** Prices that a vehicle is told (ISO 15118-20). OCPP 2.1, K17 */
export const AbsolutePriceScheduleType = object({
  timeAnchor: dateTime,
  priceScheduleID: natural,
  priceScheduleDescription: optional(text(160)),
  currency: text(3),
  language: text(8),
  priceAlgorithm: text(2_000),
  minimumCost: optional(RationalNumberType),
  maximumCost: optional(RationalNumberType),
  priceRuleStacks: list(PriceRuleStackType, { minItems: 1, maxItems: 1_024 }),
  taxRules: optional(list(TaxRuleType, { minItems: 1, maxItems: 10 })),
  overstayRuleList: optional(OverstayRuleListType),
  additionalSelectedServices: optional(list(AdditionalSelectedServicesType, { minItems: 1, maxItems: 5 })),
});
export type AbsolutePriceScheduleType = Infer<typeof AbsolutePriceScheduleType>;

/** OCPP 2.1, K17 */
export const PriceLevelScheduleEntryType = object({
  duration: integer(),
  priceLevel: natural,
});
export type PriceLevelScheduleEntryType = Infer<typeof PriceLevelScheduleEntryType>;

/** How prices compare over time, without amounts (ISO 15118-20). OCPP 2.1, K17 */
export const PriceLevelScheduleType = object({
  priceLevelScheduleEntries: list(PriceLevelScheduleEntryType, { minItems: 1, maxItems: 100 }),
  timeAnchor: dateTime,
  priceScheduleId: natural,
  priceScheduleDescription: optional(text(32)),
  numberOfPriceLevels: natural,
});
export type PriceLevelScheduleType = Infer<typeof PriceLevelScheduleType>;

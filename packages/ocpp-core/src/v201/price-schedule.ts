import { type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from './object.js';

/** Seconds from the beginning of the tariff. OCPP 2.0.1, K15 */
export const RelativeTimeIntervalType = object({
  start: integer(),
  duration: optional(integer()),
});
export type RelativeTimeIntervalType = Infer<typeof RelativeTimeIntervalType>;

/** An amount without unit; 10 to the power of the multiplier times `amount`. OCPP 2.0.1, K15 */
export const CostType = object({
  costKind: oneOf('CarbonDioxideEmission', 'RelativePricePercentage', 'RenewableGenerationPercentage'),
  amount: integer(),
  amountMultiplier: optional(integer()),
});
export type CostType = Infer<typeof CostType>;

/** Costs from a power on. OCPP 2.0.1, K15 */
export const ConsumptionCostType = object({
  startValue: number(),
  cost: list(CostType, { minItems: 1, maxItems: 3 }),
});
export type ConsumptionCostType = Infer<typeof ConsumptionCostType>;

/** Prices over one stretch of time. OCPP 2.0.1, K15 */
export const SalesTariffEntryType = object({
  relativeTimeInterval: RelativeTimeIntervalType,
  ePriceLevel: optional(natural),
  consumptionCost: optional(list(ConsumptionCostType, { minItems: 1, maxItems: 3 })),
});
export type SalesTariffEntryType = Infer<typeof SalesTariffEntryType>;

/** What a vehicle is told about prices (ISO 15118-2). OCPP 2.0.1, K15 */
export const SalesTariffType = object({
  id: integer(),
  salesTariffDescription: optional(text(32)),
  numEPriceLevels: optional(integer()),
  salesTariffEntry: list(SalesTariffEntryType, { minItems: 1, maxItems: 1_024 }),
});
export type SalesTariffType = Infer<typeof SalesTariffType>;

import { boolean, dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { PriceType } from './tariff-types.js';

/** OCPP 2.1, I12 */
export const CostDimensionType = object({
  type: oneOf('Energy', 'MaxCurrent', 'MinCurrent', 'MaxPower', 'MinPower', 'IdleTIme', 'ChargingTime'),
  volume: number(),
});
export type CostDimensionType = Infer<typeof CostDimensionType>;

/** A stretch of a transaction with one tariff. OCPP 2.1, I12 */
export const ChargingPeriodType = object({
  dimensions: optional(list(CostDimensionType, { minItems: 1 })),
  tariffId: optional(text(60)),
  startPeriod: dateTime,
});
export type ChargingPeriodType = Infer<typeof ChargingPeriodType>;

/** OCPP 2.1, I12 */
export const TotalPriceType = object({
  exclTax: optional(number()),
  inclTax: optional(number()),
});
export type TotalPriceType = Infer<typeof TotalPriceType>;

/** OCPP 2.1, I12 */
export const TotalCostType = object({
  currency: text(3),
  typeOfCost: oneOf('NormalCost', 'MinCost', 'MaxCost'),
  fixed: optional(PriceType),
  energy: optional(PriceType),
  chargingTime: optional(PriceType),
  idleTime: optional(PriceType),
  reservationTime: optional(PriceType),
  reservationFixed: optional(PriceType),
  total: TotalPriceType,
});
export type TotalCostType = Infer<typeof TotalCostType>;

/** Energy in kWh, times in seconds. OCPP 2.1, I12 */
export const TotalUsageType = object({
  energy: number(),
  chargingTime: integer(),
  idleTime: integer(),
  reservationTime: optional(integer()),
});
export type TotalUsageType = Infer<typeof TotalUsageType>;

/** What a transaction costs, as the station reckons. OCPP 2.1, I12 */
export const CostDetailsType = object({
  chargingPeriods: optional(list(ChargingPeriodType, { minItems: 1 })),
  totalCost: TotalCostType,
  totalUsage: TotalUsageType,
  failureToCalculate: optional(boolean),
  failureReason: optional(text(500)),
});
export type CostDetailsType = Infer<typeof CostDetailsType>;

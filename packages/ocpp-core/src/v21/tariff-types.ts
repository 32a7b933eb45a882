import { dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { MessageContentType } from './types.js';

/** OCPP 2.1, I07 */
export const DayOfWeekEnumType = oneOf('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday');

/** OCPP 2.1, I07 */
export const EvseKindEnumType = oneOf('AC', 'DC');

/** When a price holds; all that are given must. OCPP 2.1, I07 */
export const TariffConditionsType = object({
  startTimeOfDay: optional(text()),
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnumType, { minItems: 1, maxItems: 7 })),
  validFromDate: optional(text()),
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnumType),
  minEnergy: optional(number()),
  maxEnergy: optional(number()),
  minCurrent: optional(number()),
  maxCurrent: optional(number()),
  minPower: optional(number()),
  maxPower: optional(number()),
  minTime: optional(integer()),
  maxTime: optional(integer()),
  minChargingTime: optional(integer()),
  maxChargingTime: optional(integer()),
  minIdleTime: optional(integer()),
  maxIdleTime: optional(integer()),
});
export type TariffConditionsType = Infer<typeof TariffConditionsType>;

/** A price for each kWh. OCPP 2.1, I07 */
export const TariffEnergyPriceType = object({
  priceKwh: number(),
  conditions: optional(TariffConditionsType),
});
export type TariffEnergyPriceType = Infer<typeof TariffEnergyPriceType>;

/** A tax in percent; a higher stack is charged on the lower ones too. OCPP 2.1, I07 */
export const TaxRateType = object({
  type: text(20),
  tax: number(),
  stack: optional(natural),
});
export type TaxRateType = Infer<typeof TaxRateType>;

/** OCPP 2.1, I07 */
export const TariffEnergyType = object({
  prices: list(TariffEnergyPriceType, { minItems: 1 }),
  taxRates: optional(list(TaxRateType, { minItems: 1, maxItems: 5 })),
});
export type TariffEnergyType = Infer<typeof TariffEnergyType>;

/** A price for each minute. OCPP 2.1, I07 */
export const TariffTimePriceType = object({
  priceMinute: number(),
  conditions: optional(TariffConditionsType),
});
export type TariffTimePriceType = Infer<typeof TariffTimePriceType>;

/** OCPP 2.1, I07 */
export const TariffTimeType = object({
  prices: list(TariffTimePriceType, { minItems: 1 }),
  taxRates: optional(list(TaxRateType, { minItems: 1, maxItems: 5 })),
});
export type TariffTimeType = Infer<typeof TariffTimeType>;

/** When a fixed price holds; all that are given must. OCPP 2.1, I07 */
export const TariffConditionsFixedType = object({
  startTimeOfDay: optional(text()),
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnumType, { minItems: 1, maxItems: 7 })),
  validFromDate: optional(text()),
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnumType),
  paymentBrand: optional(text(20)),
  paymentRecognition: optional(text(20)),
});
export type TariffConditionsFixedType = Infer<typeof TariffConditionsFixedType>;

/** A price for the whole transaction. OCPP 2.1, I07 */
export const TariffFixedPriceType = object({
  conditions: optional(TariffConditionsFixedType),
  priceFixed: number(),
});
export type TariffFixedPriceType = Infer<typeof TariffFixedPriceType>;

/** OCPP 2.1, I07 */
export const TariffFixedType = object({
  prices: list(TariffFixedPriceType, { minItems: 1 }),
  taxRates: optional(list(TaxRateType, { minItems: 1, maxItems: 5 })),
});
export type TariffFixedType = Infer<typeof TariffFixedType>;

/** An amount without and with taxes, at least one of them. OCPP 2.1, I07 */
export const PriceType = object({
  exclTax: optional(number()),
  inclTax: optional(number()),
  taxRates: optional(list(TaxRateType, { minItems: 1, maxItems: 5 })),
});
export type PriceType = Infer<typeof PriceType>;

/** What charging costs: each part is a list of prices with conditions, the first that fits counts. OCPP 2.1, I07 */
export const TariffType = object({
  tariffId: text(60),
  description: optional(list(MessageContentType, { minItems: 1, maxItems: 10 })),
  currency: text(3),
  energy: optional(TariffEnergyType),
  validFrom: optional(dateTime),
  chargingTime: optional(TariffTimeType),
  idleTime: optional(TariffTimeType),
  fixedFee: optional(TariffFixedType),
  reservationTime: optional(TariffTimeType),
  reservationFixed: optional(TariffFixedType),
  minCost: optional(PriceType),
  maxCost: optional(PriceType),
});
export type TariffType = Infer<typeof TariffType>;

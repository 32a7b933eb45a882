import { dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { object } from './object.js';
import { SalesTariffType } from './price-schedule.js';

/** OCPP 2.0.1, K10 */
export const ChargingProfilePurposeEnumType = oneOf(
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
);

/** OCPP 2.0.1, K08 */
export const ChargingRateUnitEnumType = oneOf('W', 'A');

/** From `startPeriod` seconds on these limits hold. OCPP 2.0.1, K01 */
export const ChargingSchedulePeriodType = object({
  startPeriod: integer(),
  limit: number(),
  numberPhases: optional(integer()),
  phaseToUse: optional(integer()),
});
export type ChargingSchedulePeriodType = Infer<typeof ChargingSchedulePeriodType>;

/** Limits over time, in A per phase or in W. OCPP 2.0.1, K01 */
export const ChargingScheduleType = object({
  id: integer(),
  startSchedule: optional(dateTime),
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnumType,
  chargingSchedulePeriod: list(ChargingSchedulePeriodType, { minItems: 1, maxItems: 1_024 }),
  minChargingRate: optional(number()),
  salesTariff: optional(SalesTariffType),
});
export type ChargingScheduleType = Infer<typeof ChargingScheduleType>;

/** What the station may draw, when, and before what else. OCPP 2.0.1, K01 */
export const ChargingProfileType = object({
  id: integer(),
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurposeEnumType,
  chargingProfileKind: oneOf('Absolute', 'Recurring', 'Relative'),
  recurrencyKind: optional(oneOf('Daily', 'Weekly')),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: list(ChargingScheduleType, { minItems: 1, maxItems: 3 }),
  transactionId: optional(text(36)),
});
export type ChargingProfileType = Infer<typeof ChargingProfileType>;

import { boolean, dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { ChargingRateUnitEnumType } from '../v201/charging-profile.js';
import { object } from '../v201/object.js';
import { AbsolutePriceScheduleType, PriceLevelScheduleType, SalesTariffType } from './price-schedule.js';

// Unchanged since 2.0.1.
export { ChargingRateUnitEnumType } from '../v201/charging-profile.js';

/** OCPP 2.1, K10 */
export const ChargingProfilePurposeEnumType = oneOf(
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
  'PriorityCharging',
  'LocalGeneration',
);

/** OCPP 2.1, K01 */
export const OperationModeEnumType = oneOf(
  'Idle',
  'ChargingOnly',
  'CentralSetpoint',
  'ExternalSetpoint',
  'ExternalLimits',
  'CentralFrequency',
  'LocalFrequency',
  'LocalLoadBalancing',
);

/** One point of power over frequency. OCPP 2.1, Q08 */
export const V2XFreqWattPointType = object({
  frequency: number(),
  power: number(),
});
export type V2XFreqWattPointType = Infer<typeof V2XFreqWattPointType>;

/** One point of power over the aFRR signal. OCPP 2.1, Q08 */
export const V2XSignalWattPointType = object({
  signal: integer(),
  power: number(),
});
export type V2XSignalWattPointType = Infer<typeof V2XSignalWattPointType>;

/** From `startPeriod` seconds on these limits hold. OCPP 2.1, K01 */
export const ChargingSchedulePeriodType = object({
  startPeriod: integer(),
  limit: optional(number()),
  limit_L2: optional(number()),
  limit_L3: optional(number()),
  numberPhases: optional(integer({ minimum: 0, maximum: 3 })),
  phaseToUse: optional(integer({ minimum: 0, maximum: 3 })),
  dischargeLimit: optional(number({ maximum: 0 })),
  dischargeLimit_L2: optional(number({ maximum: 0 })),
  dischargeLimit_L3: optional(number({ maximum: 0 })),
  setpoint: optional(number()),
  setpoint_L2: optional(number()),
  setpoint_L3: optional(number()),
  setpointReactive: optional(number()),
  setpointReactive_L2: optional(number()),
  setpointReactive_L3: optional(number()),
  preconditioningRequest: optional(boolean),
  evseSleep: optional(boolean),
  v2xBaseline: optional(number()),
  operationMode: optional(OperationModeEnumType),
  v2xFreqWattCurve: optional(list(V2XFreqWattPointType, { minItems: 1, maxItems: 20 })),
  v2xSignalWattCurve: optional(list(V2XSignalWattPointType, { minItems: 1, maxItems: 20 })),
});
export type ChargingSchedulePeriodType = Infer<typeof ChargingSchedulePeriodType>;

/** A limit from a state of charge on. OCPP 2.1, K01 */
export const LimitAtSoCType = object({
  soc: integer({ minimum: 0, maximum: 100 }),
  limit: number(),
});
export type LimitAtSoCType = Infer<typeof LimitAtSoCType>;

/** Limits over time, in A per phase or in W. OCPP 2.1, K01 */
export const ChargingScheduleType = object({
  id: integer(),
  limitAtSoC: optional(LimitAtSoCType),
  startSchedule: optional(dateTime),
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnumType,
  minChargingRate: optional(number()),
  powerTolerance: optional(number()),
  signatureId: optional(natural),
  digestValue: optional(text(88)),
  useLocalTime: optional(boolean),
  chargingSchedulePeriod: list(ChargingSchedulePeriodType, { minItems: 1, maxItems: 1_024 }),
  randomizedDelay: optional(natural),
  salesTariff: optional(SalesTariffType),
  absolutePriceSchedule: optional(AbsolutePriceScheduleType),
  priceLevelSchedule: optional(PriceLevelScheduleType),
});
export type ChargingScheduleType = Infer<typeof ChargingScheduleType>;

/** What the station may draw, when, and before what else. OCPP 2.1, K01 */
export const ChargingProfileType = object({
  id: integer(),
  stackLevel: natural,
  chargingProfilePurpose: ChargingProfilePurposeEnumType,
  chargingProfileKind: oneOf('Absolute', 'Recurring', 'Relative', 'Dynamic'),
  recurrencyKind: optional(oneOf('Daily', 'Weekly')),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  transactionId: optional(text(36)),
  maxOfflineDuration: optional(integer()),
  chargingSchedule: list(ChargingScheduleType, { minItems: 1, maxItems: 3 }),
  invalidAfterOfflineDuration: optional(boolean),
  dynUpdateInterval: optional(integer()),
  dynUpdateTime: optional(dateTime),
  priceScheduleSignature: optional(text(256)),
});
export type ChargingProfileType = Infer<typeof ChargingProfileType>;

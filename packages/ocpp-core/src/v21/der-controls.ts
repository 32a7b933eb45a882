import { boolean, dateTime, type Infer, list, natural, number, oneOf, optional } from '../schema.js';
import { object } from '../v201/object.js';

/** OCPP 2.1, R02 */
export const DERControlEnumType = oneOf(
  'EnterService',
  'FreqDroop',
  'FreqWatt',
  'FixedPFAbsorb',
  'FixedPFInject',
  'FixedVar',
  'Gradients',
  'HFMustTrip',
  'HFMayTrip',
  'HVMustTrip',
  'HVMomCess',
  'HVMayTrip',
  'LimitMaxDischarge',
  'LFMustTrip',
  'LVMustTrip',
  'LVMomCess',
  'LVMayTrip',
  'PowerMonitoringMustTrip',
  'VoltVar',
  'VoltWatt',
  'WattPF',
  'WattVar',
);

/** OCPP 2.1, R04 */
export const DERCurvePointsType = object({
  x: number(),
  y: number(),
});
export type DERCurvePointsType = Infer<typeof DERCurvePointsType>;

/** OCPP 2.1, R04 */
export const HysteresisType = object({
  hysteresisHigh: optional(number()),
  hysteresisLow: optional(number()),
  hysteresisDelay: optional(number()),
  hysteresisGradient: optional(number()),
});
export type HysteresisType = Infer<typeof HysteresisType>;

/** OCPP 2.1, R04 */
export const ReactivePowerParamsType = object({
  vRef: optional(number()),
  autonomousVRefEnable: optional(boolean),
  autonomousVRefTimeConstant: optional(number()),
});
export type ReactivePowerParamsType = Infer<typeof ReactivePowerParamsType>;

/** OCPP 2.1, R04 */
export const VoltageParamsType = object({
  hv10MinMeanValue: optional(number()),
  hv10MinMeanTripDelay: optional(number()),
  powerDuringCessation: optional(oneOf('Active', 'Reactive')),
});
export type VoltageParamsType = Infer<typeof VoltageParamsType>;

/** OCPP 2.1, R04 */
export const DERUnitEnumType = oneOf('Not_Applicable', 'PctMaxW', 'PctMaxVar', 'PctWAvail', 'PctVarAvail', 'PctEffectiveV');

/** A curve of at most ten points. OCPP 2.1, R04 */
export const DERCurveType = object({
  curveData: list(DERCurvePointsType, { minItems: 1, maxItems: 10 }),
  hysteresis: optional(HysteresisType),
  priority: natural,
  reactivePowerParams: optional(ReactivePowerParamsType),
  voltageParams: optional(VoltageParamsType),
  yUnit: DERUnitEnumType,
  responseTime: optional(number()),
  startTime: optional(dateTime),
  duration: optional(number()),
});
export type DERCurveType = Infer<typeof DERCurveType>;

/** OCPP 2.1, R04 */
export const EnterServiceType = object({
  priority: natural,
  highVoltage: number(),
  lowVoltage: number(),
  highFreq: number(),
  lowFreq: number(),
  delay: optional(number()),
  randomDelay: optional(number()),
  rampRate: optional(number()),
});
export type EnterServiceType = Infer<typeof EnterServiceType>;

/** OCPP 2.1, R04 */
export const FixedPFType = object({
  priority: natural,
  displacement: number(),
  excitation: boolean,
  startTime: optional(dateTime),
  duration: optional(number()),
});
export type FixedPFType = Infer<typeof FixedPFType>;

/** OCPP 2.1, R04 */
export const FixedVarType = object({
  priority: natural,
  setpoint: number(),
  unit: DERUnitEnumType,
  startTime: optional(dateTime),
  duration: optional(number()),
});
export type FixedVarType = Infer<typeof FixedVarType>;

/** OCPP 2.1, R04 */
export const FreqDroopType = object({
  priority: natural,
  overFreq: number(),
  underFreq: number(),
  overDroop: number(),
  underDroop: number(),
  responseTime: number(),
  startTime: optional(dateTime),
  duration: optional(number()),
});
export type FreqDroopType = Infer<typeof FreqDroopType>;

/** OCPP 2.1, R04 */
export const GradientType = object({
  priority: natural,
  gradient: number(),
  softGradient: number(),
});
export type GradientType = Infer<typeof GradientType>;

/** OCPP 2.1, R04 */
export const LimitMaxDischargeType = object({
  priority: natural,
  pctMaxDischargePower: optional(number()),
  powerMonitoringMustTrip: optional(DERCurveType),
  startTime: optional(dateTime),
  duration: optional(number()),
});
export type LimitMaxDischargeType = Infer<typeof LimitMaxDischargeType>;

import { dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { DERControlEnumType } from './der-controls.js';

/** OCPP 2.1, K15 */
export const EnergyTransferModeEnumType = oneOf(
  'AC_single_phase',
  'AC_two_phase',
  'AC_three_phase',
  'DC',
  'AC_BPT',
  'AC_BPT_DER',
  'AC_DER',
  'DC_BPT',
  'DC_ACDP',
  'DC_ACDP_BPT',
  'WPT',
);

/** In Wh, A and V. OCPP 2.1, K15 */
export const ACChargingParametersType = object({
  energyAmount: number(),
  evMinCurrent: number(),
  evMaxCurrent: number(),
  evMaxVoltage: number(),
});
export type ACChargingParametersType = Infer<typeof ACChargingParametersType>;

/** OCPP 2.1, R02 */
export const IslandingDetectionEnumType = oneOf(
  'NoAntiIslandingSupport',
  'RoCoF',
  'UVP_OVP',
  'UFP_OFP',
  'VoltageVectorShift',
  'ZeroCrossingDetection',
  'OtherPassive',
  'ImpedanceMeasurement',
  'ImpedanceAtFrequency',
  'SlipModeFrequencyShift',
  'SandiaFrequencyShift',
  'SandiaVoltageShift',
  'FrequencyJump',
  'RCLQFactor',
  'OtherActive',
);

/** What grid support the vehicle is capable of. OCPP 2.1, R02 */
export const DERChargingParametersType = object({
  evSupportedDERControl: optional(list(DERControlEnumType, { minItems: 1 })),
  evOverExcitedMaxDischargePower: optional(number()),
  evOverExcitedPowerFactor: optional(number()),
  evUnderExcitedMaxDischargePower: optional(number()),
  evUnderExcitedPowerFactor: optional(number()),
  maxApparentPower: optional(number()),
  maxChargeApparentPower: optional(number()),
  maxChargeApparentPower_L2: optional(number()),
  maxChargeApparentPower_L3: optional(number()),
  maxDischargeApparentPower: optional(number()),
  maxDischargeApparentPower_L2: optional(number()),
  maxDischargeApparentPower_L3: optional(number()),
  maxChargeReactivePower: optional(number()),
  maxChargeReactivePower_L2: optional(number()),
  maxChargeReactivePower_L3: optional(number()),
  minChargeReactivePower: optional(number()),
  minChargeReactivePower_L2: optional(number()),
  minChargeReactivePower_L3: optional(number()),
  maxDischargeReactivePower: optional(number()),
  maxDischargeReactivePower_L2: optional(number()),
  maxDischargeReactivePower_L3: optional(number()),
  minDischargeReactivePower: optional(number()),
  minDischargeReactivePower_L2: optional(number()),
  minDischargeReactivePower_L3: optional(number()),
  nominalVoltage: optional(number()),
  nominalVoltageOffset: optional(number()),
  maxNominalVoltage: optional(number()),
  minNominalVoltage: optional(number()),
  evInverterManufacturer: optional(text(50)),
  evInverterModel: optional(text(50)),
  evInverterSerialNumber: optional(text(50)),
  evInverterSwVersion: optional(text(50)),
  evInverterHwVersion: optional(text(50)),
  evIslandingDetectionMethod: optional(list(IslandingDetectionEnumType, { minItems: 1 })),
  evIslandingTripTime: optional(number()),
  evMaximumLevel1DCInjection: optional(number()),
  evDurationLevel1DCInjection: optional(number()),
  evMaximumLevel2DCInjection: optional(number()),
  evDurationLevel2DCInjection: optional(number()),
  evReactiveSusceptance: optional(number()),
  evSessionTotalDischargeEnergyAvailable: optional(number()),
});
export type DERChargingParametersType = Infer<typeof DERChargingParametersType>;

/** OCPP 2.1, Q05 */
export const EVPriceRuleType = object({
  energyFee: number(),
  powerRangeStart: number(),
});
export type EVPriceRuleType = Infer<typeof EVPriceRuleType>;

/** OCPP 2.1, Q05 */
export const EVAbsolutePriceScheduleEntryType = object({
  duration: integer(),
  evPriceRule: list(EVPriceRuleType, { minItems: 1, maxItems: 8 }),
});
export type EVAbsolutePriceScheduleEntryType = Infer<typeof EVAbsolutePriceScheduleEntryType>;

/** OCPP 2.1, Q05 */
export const EVAbsolutePriceScheduleType = object({
  timeAnchor: dateTime,
  currency: text(3),
  evAbsolutePriceScheduleEntries: list(EVAbsolutePriceScheduleEntryType, { minItems: 1, maxItems: 1_024 }),
  priceAlgorithm: text(2_000),
});
export type EVAbsolutePriceScheduleType = Infer<typeof EVAbsolutePriceScheduleType>;

/** OCPP 2.1, Q05 */
export const EVPowerScheduleEntryType = object({
  duration: integer(),
  power: number(),
});
export type EVPowerScheduleEntryType = Infer<typeof EVPowerScheduleEntryType>;

/** OCPP 2.1, Q05 */
export const EVPowerScheduleType = object({
  evPowerScheduleEntries: list(EVPowerScheduleEntryType, { minItems: 1, maxItems: 1_024 }),
  timeAnchor: dateTime,
});
export type EVPowerScheduleType = Infer<typeof EVPowerScheduleType>;

/** OCPP 2.1, Q05 */
export const EVEnergyOfferType = object({
  evAbsolutePriceSchedule: optional(EVAbsolutePriceScheduleType),
  evPowerSchedule: EVPowerScheduleType,
});
export type EVEnergyOfferType = Infer<typeof EVEnergyOfferType>;

/** In A, V, W, Wh and percent. OCPP 2.1, K15 */
export const DCChargingParametersType = object({
  evMaxCurrent: number(),
  evMaxVoltage: number(),
  evMaxPower: optional(number()),
  evEnergyCapacity: optional(number()),
  energyAmount: optional(number()),
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParametersType = Infer<typeof DCChargingParametersType>;

/** In W, A, V and Wh. OCPP 2.1, Q01 */
export const V2XChargingParametersType = object({
  minChargePower: optional(number()),
  minChargePower_L2: optional(number()),
  minChargePower_L3: optional(number()),
  maxChargePower: optional(number()),
  maxChargePower_L2: optional(number()),
  maxChargePower_L3: optional(number()),
  minDischargePower: optional(number()),
  minDischargePower_L2: optional(number()),
  minDischargePower_L3: optional(number()),
  maxDischargePower: optional(number()),
  maxDischargePower_L2: optional(number()),
  maxDischargePower_L3: optional(number()),
  minChargeCurrent: optional(number()),
  maxChargeCurrent: optional(number()),
  minDischargeCurrent: optional(number()),
  maxDischargeCurrent: optional(number()),
  minVoltage: optional(number()),
  maxVoltage: optional(number()),
  evTargetEnergyRequest: optional(number()),
  evMinEnergyRequest: optional(number()),
  evMaxEnergyRequest: optional(number()),
  evMinV2XEnergyRequest: optional(number()),
  evMaxV2XEnergyRequest: optional(number()),
  targetSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type V2XChargingParametersType = Infer<typeof V2XChargingParametersType>;

/** What a vehicle asks for. OCPP 2.1, K15 */
export const ChargingNeedsType = object({
  acChargingParameters: optional(ACChargingParametersType),
  derChargingParameters: optional(DERChargingParametersType),
  evEnergyOffer: optional(EVEnergyOfferType),
  requestedEnergyTransfer: EnergyTransferModeEnumType,
  dcChargingParameters: optional(DCChargingParametersType),
  v2xChargingParameters: optional(V2XChargingParametersType),
  availableEnergyTransfer: optional(list(EnergyTransferModeEnumType, { minItems: 1 })),
  controlMode: optional(oneOf('ScheduledControl', 'DynamicControl')),
  mobilityNeedsMode: optional(oneOf('EVCC', 'EVCC_SECC')),
  departureTime: optional(dateTime),
});
export type ChargingNeedsType = Infer<typeof ChargingNeedsType>;

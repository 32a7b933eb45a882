import { boolean, dateTime, type Infer, integer, list, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import {
  ChargingProfilePurposeEnumType,
  ChargingProfileType,
  ChargingRateUnitEnumType,
  ChargingSchedulePeriodType,
  ChargingScheduleType,
} from './charging-profile.js';
import { object } from './object.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, K10 */
export const ClearChargingProfileType = object({
  evseId: optional(integer()),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnumType),
  stackLevel: optional(integer()),
});
export type ClearChargingProfileType = Infer<typeof ClearChargingProfileType>;

/** OCPP 2.0.1, K09 */
export const ChargingLimitSourceEnumType = oneOf('EMS', 'Other', 'SO', 'CSO');

/** Which profiles are meant. OCPP 2.0.1, K09 */
export const ChargingProfileCriterionType = object({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnumType),
  stackLevel: optional(integer()),
  chargingProfileId: optional(list(integer(), { minItems: 1 })),
  chargingLimitSource: optional(list(ChargingLimitSourceEnumType, { minItems: 1, maxItems: 4 })),
});
export type ChargingProfileCriterionType = Infer<typeof ChargingProfileCriterionType>;

/** The limits that result from all profiles. OCPP 2.0.1, K08 */
export const CompositeScheduleType = object({
  chargingSchedulePeriod: list(ChargingSchedulePeriodType, { minItems: 1 }),
  evseId: integer(),
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnumType,
});
export type CompositeScheduleType = Infer<typeof CompositeScheduleType>;

/** Who set a limit. OCPP 2.0.1, K11 */
export const ChargingLimitType = object({
  chargingLimitSource: ChargingLimitSourceEnumType,
  isGridCritical: optional(boolean),
});
export type ChargingLimitType = Infer<typeof ChargingLimitType>;

/** A profile with the id of an earlier one replaces it; EVSE 0 is the whole station. OCPP 2.0.1, K01 */
export const SetChargingProfile = action.call({
  name: 'SetChargingProfile',
  from: 'csms',
  request: object({
    evseId: integer(),
    chargingProfile: ChargingProfileType,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which profiles are installed; they come in ReportChargingProfiles parts. OCPP 2.0.1, K09 */
export const GetChargingProfiles = action.call({
  name: 'GetChargingProfiles',
  from: 'csms',
  request: object({
    requestId: integer(),
    evseId: optional(integer()),
    chargingProfile: ChargingProfileCriterionType,
  }),
  response: object({
    status: oneOf('Accepted', 'NoProfiles'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of the installed profiles; `tbc` says that more follow. OCPP 2.0.1, K09 */
export const ReportChargingProfiles = action.call({
  name: 'ReportChargingProfiles',
  from: 'station',
  request: object({
    requestId: integer(),
    chargingLimitSource: ChargingLimitSourceEnumType,
    chargingProfile: list(ChargingProfileType, { minItems: 1 }),
    tbc: optional(boolean),
    evseId: integer(),
  }),
  response: object({}),
});

/** By id, or by what the criteria name; what is left out fits every profile. OCPP 2.0.1, K10 */
export const ClearChargingProfile = action.call({
  name: 'ClearChargingProfile',
  from: 'csms',
  request: object({
    chargingProfileId: optional(integer()),
    chargingProfileCriteria: optional(ClearChargingProfileType),
  }),
  response: object({
    status: oneOf('Accepted', 'Unknown'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks for the limits that result from all profiles over the next `duration` seconds. OCPP 2.0.1, K08 */
export const GetCompositeSchedule = action.call({
  name: 'GetCompositeSchedule',
  from: 'csms',
  request: object({
    duration: integer(),
    chargingRateUnit: optional(ChargingRateUnitEnumType),
    evseId: integer(),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
    schedule: optional(CompositeScheduleType),
  }),
});

/** A limit came from another system than the CSMS. OCPP 2.0.1, K11 and K12 */
export const NotifyChargingLimit = action.call({
  name: 'NotifyChargingLimit',
  from: 'station',
  request: object({
    chargingSchedule: optional(list(ChargingScheduleType, { minItems: 1 })),
    evseId: optional(integer()),
    chargingLimit: ChargingLimitType,
  }),
  response: object({}),
});

/** A limit of another system is gone. OCPP 2.0.1, K13 */
export const ClearedChargingLimit = action.call({
  name: 'ClearedChargingLimit',
  from: 'station',
  request: object({
    chargingLimitSource: ChargingLimitSourceEnumType,
    evseId: optional(integer()),
  }),
  response: object({}),
});

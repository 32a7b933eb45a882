import { boolean, dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import {
  ChargingProfilePurposeEnumType,
  ChargingProfileType,
  ChargingRateUnitEnumType,
  ChargingSchedulePeriodType,
  ChargingScheduleType,
} from './charging-profile.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.1, K10 */
export const ClearChargingProfileType = object({
  evseId: optional(natural),
  chargingProfilePurpose: optional(ChargingProfilePurposeEnumType),
  stackLevel: optional(natural),
});
export type ClearChargingProfileType = Infer<typeof ClearChargingProfileType>;

/** Which profiles are meant. OCPP 2.1, K09 */
export const ChargingProfileCriterionType = object({
  chargingProfilePurpose: optional(ChargingProfilePurposeEnumType),
  stackLevel: optional(natural),
  chargingProfileId: optional(list(integer(), { minItems: 1 })),
  chargingLimitSource: optional(list(text(20), { minItems: 1, maxItems: 4 })),
});
export type ChargingProfileCriterionType = Infer<typeof ChargingProfileCriterionType>;

/** The limits that result from all profiles. OCPP 2.1, K08 */
export const CompositeScheduleType = object({
  evseId: natural,
  duration: integer(),
  scheduleStart: dateTime,
  chargingRateUnit: ChargingRateUnitEnumType,
  chargingSchedulePeriod: list(ChargingSchedulePeriodType, { minItems: 1 }),
});
export type CompositeScheduleType = Infer<typeof CompositeScheduleType>;

/** Who set a limit. OCPP 2.1, K11 */
export const ChargingLimitType = object({
  chargingLimitSource: text(20),
  isLocalGeneration: optional(boolean),
  isGridCritical: optional(boolean),
});
export type ChargingLimitType = Infer<typeof ChargingLimitType>;

/** New values for a Dynamic profile. OCPP 2.1, K28 */
export const ChargingScheduleUpdateType = object({
  limit: optional(number()),
  limit_L2: optional(number()),
  limit_L3: optional(number()),
  dischargeLimit: optional(number({ maximum: 0 })),
  dischargeLimit_L2: optional(number({ maximum: 0 })),
  dischargeLimit_L3: optional(number({ maximum: 0 })),
  setpoint: optional(number()),
  setpoint_L2: optional(number()),
  setpoint_L3: optional(number()),
  setpointReactive: optional(number()),
  setpointReactive_L2: optional(number()),
  setpointReactive_L3: optional(number()),
});
export type ChargingScheduleUpdateType = Infer<typeof ChargingScheduleUpdateType>;

/** OCPP 2.1, K28 */
export const ChargingProfileStatusEnumType = oneOf('Accepted', 'Rejected');

/** A profile with the id of an earlier one replaces it; EVSE 0 is the whole station. OCPP 2.1, K01 */
export const SetChargingProfile = action.call({
  name: 'SetChargingProfile',
  from: 'csms',
  request: object({
    evseId: natural,
    chargingProfile: ChargingProfileType,
  }),
  response: object({
    status: ChargingProfileStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which profiles are installed; they come in ReportChargingProfiles parts. OCPP 2.1, K09 */
export const GetChargingProfiles = action.call({
  name: 'GetChargingProfiles',
  from: 'csms',
  request: object({
    requestId: integer(),
    evseId: optional(natural),
    chargingProfile: ChargingProfileCriterionType,
  }),
  response: object({
    status: oneOf('Accepted', 'NoProfiles'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of the installed profiles; `tbc` says that more follow. OCPP 2.1, K09 */
export const ReportChargingProfiles = action.call({
  name: 'ReportChargingProfiles',
  from: 'station',
  request: object({
    requestId: integer(),
    chargingLimitSource: text(20),
    chargingProfile: list(ChargingProfileType, { minItems: 1 }),
    tbc: optional(boolean),
    evseId: natural,
  }),
  response: object({}),
});

/** By id, or by what the criteria name; what is left out fits every profile. OCPP 2.1, K10 */
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

/** Asks for the limits that result from all profiles over the next `duration` seconds. OCPP 2.1, K08 */
export const GetCompositeSchedule = action.call({
  name: 'GetCompositeSchedule',
  from: 'csms',
  request: object({
    duration: integer(),
    chargingRateUnit: optional(ChargingRateUnitEnumType),
    evseId: natural,
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
    schedule: optional(CompositeScheduleType),
  }),
});

/** A limit came from another system than the CSMS. OCPP 2.1, K11 and K12 */
export const NotifyChargingLimit = action.call({
  name: 'NotifyChargingLimit',
  from: 'station',
  request: object({
    chargingSchedule: optional(list(ChargingScheduleType, { minItems: 1 })),
    evseId: optional(natural),
    chargingLimit: ChargingLimitType,
  }),
  response: object({}),
});

/** A limit of another system is gone. OCPP 2.1, K13 */
export const ClearedChargingLimit = action.call({
  name: 'ClearedChargingLimit',
  from: 'station',
  request: object({
    chargingLimitSource: text(20),
    evseId: optional(natural),
  }),
  response: object({}),
});

/** Lets a transaction charge by its priority profile, or no longer. OCPP 2.1, K21 */
export const UsePriorityCharging = action.call({
  name: 'UsePriorityCharging',
  from: 'csms',
  request: object({
    transactionId: text(36),
    activate: boolean,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'NoProfile'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** The driver asked for priority at the station, or gave it up. OCPP 2.1, K22 */
export const NotifyPriorityCharging = action.call({
  name: 'NotifyPriorityCharging',
  from: 'station',
  request: object({
    transactionId: text(36),
    activated: boolean,
  }),
  response: object({}),
});

/** New limits or setpoints for the one period of a Dynamic profile. OCPP 2.1, K28 */
export const UpdateDynamicSchedule = action.call({
  name: 'UpdateDynamicSchedule',
  from: 'csms',
  request: object({
    chargingProfileId: integer(),
    scheduleUpdate: ChargingScheduleUpdateType,
  }),
  response: object({
    status: ChargingProfileStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** The station asks for new values of a Dynamic profile. OCPP 2.1, K28 */
export const PullDynamicScheduleUpdate = action.call({
  name: 'PullDynamicScheduleUpdate',
  from: 'station',
  request: object({
    chargingProfileId: integer(),
  }),
  response: object({
    scheduleUpdate: optional(ChargingScheduleUpdateType),
    status: ChargingProfileStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

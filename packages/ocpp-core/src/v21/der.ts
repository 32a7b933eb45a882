import { boolean, dateTime, type Infer, integer, list, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import {
  DERControlEnumType,
  DERCurveType,
  EnterServiceType,
  FixedPFType,
  FixedVarType,
  FreqDroopType,
  GradientType,
  LimitMaxDischargeType,
} from './der-controls.js';
import { StatusInfoType } from './types.js';

/** OCPP 2.1, R04 */
export const DERControlStatusEnumType = oneOf('Accepted', 'Rejected', 'NotSupported', 'NotFound');

/** OCPP 2.1, R05 */
export const GridEventFaultEnumType = oneOf(
  'CurrentImbalance',
  'LocalEmergency',
  'LowInputPower',
  'OverCurrent',
  'OverFrequency',
  'OverVoltage',
  'PhaseRotation',
  'RemoteEmergency',
  'UnderFrequency',
  'UnderVoltage',
  'VoltageImbalance',
);

/** OCPP 2.1, R04 */
export const DERCurveGetType = object({
  curve: DERCurveType,
  id: text(36),
  curveType: DERControlEnumType,
  isDefault: boolean,
  isSuperseded: boolean,
});
export type DERCurveGetType = Infer<typeof DERCurveGetType>;

/** OCPP 2.1, R04 */
export const EnterServiceGetType = object({
  enterService: EnterServiceType,
  id: text(36),
});
export type EnterServiceGetType = Infer<typeof EnterServiceGetType>;

/** OCPP 2.1, R04 */
export const FixedPFGetType = object({
  fixedPF: FixedPFType,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FixedPFGetType = Infer<typeof FixedPFGetType>;

/** OCPP 2.1, R04 */
export const FixedVarGetType = object({
  fixedVar: FixedVarType,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FixedVarGetType = Infer<typeof FixedVarGetType>;

/** OCPP 2.1, R04 */
export const FreqDroopGetType = object({
  freqDroop: FreqDroopType,
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
});
export type FreqDroopGetType = Infer<typeof FreqDroopGetType>;

/** OCPP 2.1, R04 */
export const GradientGetType = object({
  gradient: GradientType,
  id: text(36),
});
export type GradientGetType = Infer<typeof GradientGetType>;

/** OCPP 2.1, R04 */
export const LimitMaxDischargeGetType = object({
  id: text(36),
  isDefault: boolean,
  isSuperseded: boolean,
  limitMaxDischarge: LimitMaxDischargeType,
});
export type LimitMaxDischargeGetType = Infer<typeof LimitMaxDischargeGetType>;

/** Sets a grid-support control; exactly the field of its type is given. OCPP 2.1, R04 */
export const SetDERControl = action.call({
  name: 'SetDERControl',
  from: 'csms',
  request: object({
    isDefault: boolean,
    controlId: text(36),
    controlType: DERControlEnumType,
    curve: optional(DERCurveType),
    enterService: optional(EnterServiceType),
    fixedPFAbsorb: optional(FixedPFType),
    fixedPFInject: optional(FixedPFType),
    fixedVar: optional(FixedVarType),
    freqDroop: optional(FreqDroopType),
    gradient: optional(GradientType),
    limitMaxDischarge: optional(LimitMaxDischargeType),
  }),
  response: object({
    status: DERControlStatusEnumType,
    statusInfo: optional(StatusInfoType),
    supersededIds: optional(list(text(36), { minItems: 1, maxItems: 24 })),
  }),
});

/** Asks which controls are set; they come in ReportDERControl parts. OCPP 2.1, R04 */
export const GetDERControl = action.call({
  name: 'GetDERControl',
  from: 'csms',
  request: object({
    requestId: integer(),
    isDefault: optional(boolean),
    controlType: optional(DERControlEnumType),
    controlId: optional(text(36)),
  }),
  response: object({
    status: DERControlStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** OCPP 2.1, R04 */
export const ClearDERControl = action.call({
  name: 'ClearDERControl',
  from: 'csms',
  request: object({
    isDefault: boolean,
    controlType: optional(DERControlEnumType),
    controlId: optional(text(36)),
  }),
  response: object({
    status: DERControlStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of the controls that are set; `tbc` says that more follow. OCPP 2.1, R04 */
export const ReportDERControl = action.call({
  name: 'ReportDERControl',
  from: 'station',
  request: object({
    curve: optional(list(DERCurveGetType, { minItems: 1, maxItems: 24 })),
    enterService: optional(list(EnterServiceGetType, { minItems: 1, maxItems: 24 })),
    fixedPFAbsorb: optional(list(FixedPFGetType, { minItems: 1, maxItems: 24 })),
    fixedPFInject: optional(list(FixedPFGetType, { minItems: 1, maxItems: 24 })),
    fixedVar: optional(list(FixedVarGetType, { minItems: 1, maxItems: 24 })),
    freqDroop: optional(list(FreqDroopGetType, { minItems: 1, maxItems: 24 })),
    gradient: optional(list(GradientGetType, { minItems: 1, maxItems: 24 })),
    limitMaxDischarge: optional(list(LimitMaxDischargeGetType, { minItems: 1, maxItems: 24 })),
    requestId: integer(),
    tbc: optional(boolean),
  }),
  response: object({}),
});

/** A fault of the grid began or ended. OCPP 2.1, R05 */
export const NotifyDERAlarm = action.call({
  name: 'NotifyDERAlarm',
  from: 'station',
  request: object({
    controlType: DERControlEnumType,
    gridEventFault: optional(GridEventFaultEnumType),
    alarmEnded: optional(boolean),
    timestamp: dateTime,
    extraInfo: optional(text(200)),
  }),
  response: object({}),
});

/** A scheduled control began or ended. OCPP 2.1, R04 */
export const NotifyDERStartStop = action.call({
  name: 'NotifyDERStartStop',
  from: 'station',
  request: object({
    controlId: text(36),
    started: boolean,
    timestamp: dateTime,
    supersededIds: optional(list(text(36), { minItems: 1, maxItems: 24 })),
  }),
  response: object({}),
});

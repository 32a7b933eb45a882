import { boolean, dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { ComponentType, ComponentVariableType, VariableType } from './device-model.js';
import { object } from './object.js';
import { GenericDeviceModelStatusEnumType, GenericStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, N06 */
export const ClearMonitoringResultType = object({
  status: oneOf('Accepted', 'Rejected', 'NotFound'),
  id: integer(),
  statusInfo: optional(StatusInfoType),
});
export type ClearMonitoringResultType = Infer<typeof ClearMonitoringResultType>;

/** OCPP 2.0.1, N07 */
export const EventDataType = object({
  eventId: integer(),
  timestamp: dateTime,
  trigger: oneOf('Alerting', 'Delta', 'Periodic'),
  cause: optional(integer()),
  actualValue: text(2_500),
  techCode: optional(text(50)),
  techInfo: optional(text(500)),
  cleared: optional(boolean),
  transactionId: optional(text(36)),
  component: ComponentType,
  variableMonitoringId: optional(integer()),
  eventNotificationType: oneOf('HardWiredNotification', 'HardWiredMonitor', 'PreconfiguredMonitor', 'CustomMonitor'),
  variable: VariableType,
});
export type EventDataType = Infer<typeof EventDataType>;

/** OCPP 2.0.1, N02 */
export const MonitorEnumType = oneOf('UpperThreshold', 'LowerThreshold', 'Delta', 'Periodic', 'PeriodicClockAligned');

/** OCPP 2.0.1, N02 */
export const VariableMonitoringType = object({
  id: integer(),
  transaction: boolean,
  value: number(),
  type: MonitorEnumType,
  severity: integer(),
});
export type VariableMonitoringType = Infer<typeof VariableMonitoringType>;

/** OCPP 2.0.1, N02 */
export const MonitoringDataType = object({
  component: ComponentType,
  variable: VariableType,
  variableMonitoring: list(VariableMonitoringType, { minItems: 1 }),
});
export type MonitoringDataType = Infer<typeof MonitoringDataType>;

/** OCPP 2.0.1, N04 */
export const SetMonitoringDataType = object({
  id: optional(integer()),
  transaction: optional(boolean),
  value: number(),
  type: MonitorEnumType,
  severity: integer(),
  component: ComponentType,
  variable: VariableType,
});
export type SetMonitoringDataType = Infer<typeof SetMonitoringDataType>;

/** OCPP 2.0.1, N04 */
export const SetMonitoringResultType = object({
  id: optional(integer()),
  statusInfo: optional(StatusInfoType),
  status: oneOf('Accepted', 'UnknownComponent', 'UnknownVariable', 'UnsupportedMonitorType', 'Rejected', 'Duplicate'),
  type: MonitorEnumType,
  component: ComponentType,
  variable: VariableType,
  severity: integer(),
});
export type SetMonitoringResultType = Infer<typeof SetMonitoringResultType>;

/** Activates a set of monitors that the station brings along. OCPP 2.0.1, N03 */
export const SetMonitoringBase = action.call({
  name: 'SetMonitoringBase',
  from: 'csms',
  request: object({
    monitoringBase: oneOf('All', 'FactoryDefault', 'HardWiredOnly'),
  }),
  response: object({
    status: GenericDeviceModelStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Events of a severity above this number are not reported. OCPP 2.0.1, N05 */
export const SetMonitoringLevel = action.call({
  name: 'SetMonitoringLevel',
  from: 'csms',
  request: object({
    severity: integer(),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Sets monitors; each is answered for itself. OCPP 2.0.1, N04 */
export const SetVariableMonitoring = action.call({
  name: 'SetVariableMonitoring',
  from: 'csms',
  request: object({
    setMonitoringData: list(SetMonitoringDataType, { minItems: 1 }),
  }),
  response: object({
    setMonitoringResult: list(SetMonitoringResultType, { minItems: 1 }),
  }),
});

/** Removes monitors by id; each is answered for itself. OCPP 2.0.1, N06 */
export const ClearVariableMonitoring = action.call({
  name: 'ClearVariableMonitoring',
  from: 'csms',
  request: object({
    id: list(integer(), { minItems: 1 }),
  }),
  response: object({
    clearMonitoringResult: list(ClearMonitoringResultType, { minItems: 1 }),
  }),
});

/** Asks which monitors are set; they come in NotifyMonitoringReport parts. OCPP 2.0.1, N02 */
export const GetMonitoringReport = action.call({
  name: 'GetMonitoringReport',
  from: 'csms',
  request: object({
    componentVariable: optional(list(ComponentVariableType, { minItems: 1 })),
    requestId: integer(),
    monitoringCriteria: optional(list(oneOf('ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring'), { minItems: 1, maxItems: 3 })),
  }),
  response: object({
    status: GenericDeviceModelStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of a report of monitors: `seqNo` counts from 0, `tbc` says that more follow. OCPP 2.0.1, N02 */
export const NotifyMonitoringReport = action.call({
  name: 'NotifyMonitoringReport',
  from: 'station',
  request: object({
    monitor: optional(list(MonitoringDataType, { minItems: 1 })),
    requestId: integer(),
    tbc: optional(boolean),
    seqNo: integer(),
    generatedAt: dateTime,
  }),
  response: object({}),
});

/** Monitored or hard-wired events of variables; `tbc` says that more follow. OCPP 2.0.1, N07 and N08 */
export const NotifyEvent = action.call({
  name: 'NotifyEvent',
  from: 'station',
  request: object({
    generatedAt: dateTime,
    tbc: optional(boolean),
    seqNo: integer(),
    eventData: list(EventDataType, { minItems: 1 }),
  }),
  response: object({}),
});

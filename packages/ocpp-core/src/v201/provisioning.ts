import { boolean, dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { ComponentType, ComponentVariableType, VariableType } from './device-model.js';
import { object } from './object.js';
import { GenericDeviceModelStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, B01 */
export const ModemType = object({
  iccid: optional(text(20)),
  imsi: optional(text(20)),
});
export type ModemType = Infer<typeof ModemType>;

/** What a station says about itself. OCPP 2.0.1, B01 */
export const ChargingStationType = object({
  serialNumber: optional(text(25)),
  model: text(20),
  modem: optional(ModemType),
  vendorName: text(50),
  firmwareVersion: optional(text(50)),
});
export type ChargingStationType = Infer<typeof ChargingStationType>;

/** OCPP 2.0.1, B01 to B03 */
export const BootReasonEnumType = oneOf(
  'ApplicationReset',
  'FirmwareUpdate',
  'LocalReset',
  'PowerUp',
  'RemoteReset',
  'ScheduledReset',
  'Triggered',
  'Unknown',
  'Watchdog',
);

/** OCPP 2.0.1, B06 */
export const AttributeEnumType = oneOf('Actual', 'Target', 'MinSet', 'MaxSet');

/** OCPP 2.0.1, B06 */
export const GetVariableDataType = object({
  attributeType: optional(AttributeEnumType),
  component: ComponentType,
  variable: VariableType,
});
export type GetVariableDataType = Infer<typeof GetVariableDataType>;

/** OCPP 2.0.1, B06 */
export const GetVariableResultType = object({
  attributeStatusInfo: optional(StatusInfoType),
  attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'),
  attributeType: optional(AttributeEnumType),
  attributeValue: optional(text(2_500)),
  component: ComponentType,
  variable: VariableType,
});
export type GetVariableResultType = Infer<typeof GetVariableResultType>;

/** One of up to four values of a variable. OCPP 2.0.1, B07 */
export const VariableAttributeType = object({
  type: optional(AttributeEnumType),
  value: optional(text(2_500)),
  mutability: optional(oneOf('ReadOnly', 'WriteOnly', 'ReadWrite')),
  persistent: optional(boolean),
  constant: optional(boolean),
});
export type VariableAttributeType = Infer<typeof VariableAttributeType>;

/** What a variable’s values may be. OCPP 2.0.1, B07 */
export const VariableCharacteristicsType = object({
  unit: optional(text(16)),
  dataType: oneOf('string', 'decimal', 'integer', 'dateTime', 'boolean', 'OptionList', 'SequenceList', 'MemberList'),
  minLimit: optional(number()),
  maxLimit: optional(number()),
  valuesList: optional(text(1_000)),
  supportsMonitoring: boolean,
});
export type VariableCharacteristicsType = Infer<typeof VariableCharacteristicsType>;

/** One variable with its values and what they may be. OCPP 2.0.1, B07 */
export const ReportDataType = object({
  component: ComponentType,
  variable: VariableType,
  variableAttribute: list(VariableAttributeType, { minItems: 1, maxItems: 4 }),
  variableCharacteristics: optional(VariableCharacteristicsType),
});
export type ReportDataType = Infer<typeof ReportDataType>;

/** Access to a mobile network. OCPP 2.0.1, B09 */
export const APNType = object({
  apn: text(512),
  apnUserName: optional(text(20)),
  apnPassword: optional(text(20)),
  simPin: optional(integer()),
  preferredNetwork: optional(text(6)),
  useOnlyPreferredNetwork: optional(boolean),
  apnAuthentication: oneOf('CHAP', 'NONE', 'PAP', 'AUTO'),
});
export type APNType = Infer<typeof APNType>;

/** OCPP 2.0.1, B09 */
export const VPNType = object({
  server: text(512),
  user: text(20),
  group: optional(text(20)),
  password: text(20),
  key: text(255),
  type: oneOf('IKEv2', 'IPSec', 'L2TP', 'PPTP'),
});
export type VPNType = Infer<typeof VPNType>;

/** A way to reach a CSMS. OCPP 2.0.1, B09 */
export const NetworkConnectionProfileType = object({
  apn: optional(APNType),
  ocppVersion: oneOf('OCPP12', 'OCPP15', 'OCPP16', 'OCPP20'),
  ocppTransport: oneOf('JSON', 'SOAP'),
  ocppCsmsUrl: text(512),
  messageTimeout: integer(),
  securityProfile: integer(),
  ocppInterface: oneOf('Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3'),
  vpn: optional(VPNType),
});
export type NetworkConnectionProfileType = Infer<typeof NetworkConnectionProfileType>;

/** OCPP 2.0.1, B05 */
export const SetVariableDataType = object({
  attributeType: optional(AttributeEnumType),
  attributeValue: text(1_000),
  component: ComponentType,
  variable: VariableType,
});
export type SetVariableDataType = Infer<typeof SetVariableDataType>;

/** OCPP 2.0.1, B05 */
export const SetVariableResultType = object({
  attributeType: optional(AttributeEnumType),
  attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType', 'RebootRequired'),
  attributeStatusInfo: optional(StatusInfoType),
  component: ComponentType,
  variable: VariableType,
});
export type SetVariableResultType = Infer<typeof SetVariableResultType>;

/** Sent after each (re)boot; until Accepted the station sends nothing else of its own. `interval` is in seconds. OCPP 2.0.1, B01 to B03 */
export const BootNotification = action.call({
  name: 'BootNotification',
  from: 'station',
  request: object({
    chargingStation: ChargingStationType,
    reason: BootReasonEnumType,
  }),
  response: object({
    currentTime: dateTime,
    interval: integer(),
    status: oneOf('Accepted', 'Pending', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** A sign of life that is answered with the time. OCPP 2.0.1, G02 */
export const Heartbeat = action.call({
  name: 'Heartbeat',
  from: 'station',
  request: object({}),
  response: object({
    currentTime: dateTime,
  }),
});

/** Reads variables; each is answered for itself. An omitted attribute means Actual. OCPP 2.0.1, B06 */
export const GetVariables = action.call({
  name: 'GetVariables',
  from: 'csms',
  request: object({
    getVariableData: list(GetVariableDataType, { minItems: 1 }),
  }),
  response: object({
    getVariableResult: list(GetVariableResultType, { minItems: 1 }),
  }),
});

/** Writes variables; each is answered for itself. An omitted attribute means Actual. OCPP 2.0.1, B05 */
export const SetVariables = action.call({
  name: 'SetVariables',
  from: 'csms',
  request: object({
    setVariableData: list(SetVariableDataType, { minItems: 1 }),
  }),
  response: object({
    setVariableResult: list(SetVariableResultType, { minItems: 1 }),
  }),
});

/** Asks for a report of the device model; it comes in NotifyReport parts. OCPP 2.0.1, B07 */
export const GetBaseReport = action.call({
  name: 'GetBaseReport',
  from: 'csms',
  request: object({
    requestId: integer(),
    reportBase: oneOf('ConfigurationInventory', 'FullInventory', 'SummaryInventory'),
  }),
  response: object({
    status: GenericDeviceModelStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks for a report of named components and variables; it comes in NotifyReport parts. OCPP 2.0.1, B08 */
export const GetReport = action.call({
  name: 'GetReport',
  from: 'csms',
  request: object({
    componentVariable: optional(list(ComponentVariableType, { minItems: 1 })),
    requestId: integer(),
    componentCriteria: optional(list(oneOf('Active', 'Available', 'Enabled', 'Problem'), { minItems: 1, maxItems: 4 })),
  }),
  response: object({
    status: GenericDeviceModelStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** One part of a report: `seqNo` counts from 0, `tbc` says that more follow. OCPP 2.0.1, B07 and B08 */
export const NotifyReport = action.call({
  name: 'NotifyReport',
  from: 'station',
  request: object({
    requestId: integer(),
    generatedAt: dateTime,
    reportData: optional(list(ReportDataType, { minItems: 1 })),
    tbc: optional(boolean),
    seqNo: integer(),
  }),
  response: object({}),
});

/** Writes one slot of the station’s ways to a CSMS; `messageTimeout` is in seconds. OCPP 2.0.1, B09 */
export const SetNetworkProfile = action.call({
  name: 'SetNetworkProfile',
  from: 'csms',
  request: object({
    configurationSlot: integer(),
    connectionData: NetworkConnectionProfileType,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Failed'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Restarts the station or one EVSE, at once or when it is idle. OCPP 2.0.1, B11 and B12 */
export const Reset = action.call({
  name: 'Reset',
  from: 'csms',
  request: object({
    type: oneOf('Immediate', 'OnIdle'),
    evseId: optional(integer()),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Scheduled'),
    statusInfo: optional(StatusInfoType),
  }),
});

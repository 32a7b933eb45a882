import { boolean, dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { AttributeEnumType, BootReasonEnumType, ChargingStationType, VariableAttributeType } from '../v201/provisioning.js';
import { action } from './action.js';
import { ComponentType, ComponentVariableType, VariableType } from './device-model.js';
import { GenericDeviceModelStatusEnumType, StatusInfoType } from './types.js';

// Unchanged since 2.0.1.
export { AttributeEnumType, BootReasonEnumType, ChargingStationType, ModemType, VariableAttributeType } from '../v201/provisioning.js';

/** OCPP 2.1, B06 */
export const GetVariableDataType = object({
  attributeType: optional(AttributeEnumType),
  component: ComponentType,
  variable: VariableType,
});
export type GetVariableDataType = Infer<typeof GetVariableDataType>;

/** OCPP 2.1, B06 */
export const GetVariableResultType = object({
  attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'),
  attributeStatusInfo: optional(StatusInfoType),
  attributeType: optional(AttributeEnumType),
  attributeValue: optional(text(2_500)),
  component: ComponentType,
  variable: VariableType,
});
export type GetVariableResultType = Infer<typeof GetVariableResultType>;

/** What a variable’s values may be. OCPP 2.1, B07 */
export const VariableCharacteristicsType = object({
  unit: optional(text(16)),
  dataType: oneOf('string', 'decimal', 'integer', 'dateTime', 'boolean', 'OptionList', 'SequenceList', 'MemberList'),
  minLimit: optional(number()),
  maxLimit: optional(number()),
  maxElements: optional(integer({ minimum: 1 })),
  valuesList: optional(text(1_000)),
  supportsMonitoring: boolean,
});
export type VariableCharacteristicsType = Infer<typeof VariableCharacteristicsType>;

/** One variable with its values and what they may be. OCPP 2.1, B07 */
export const ReportDataType = object({
  component: ComponentType,
  variable: VariableType,
  variableAttribute: list(VariableAttributeType, { minItems: 1, maxItems: 4 }),
  variableCharacteristics: optional(VariableCharacteristicsType),
});
export type ReportDataType = Infer<typeof ReportDataType>;

/** Access to a mobile network. OCPP 2.1, B09 */
export const APNType = object({
  apn: text(2_000),
  apnUserName: optional(text(50)),
  apnPassword: optional(text(64)),
  simPin: optional(integer()),
  preferredNetwork: optional(text(6)),
  useOnlyPreferredNetwork: optional(boolean),
  apnAuthentication: oneOf('PAP', 'CHAP', 'NONE', 'AUTO'),
});
export type APNType = Infer<typeof APNType>;

/** OCPP 2.1, B09 */
export const OCPPInterfaceEnumType = oneOf(
  'Wired0',
  'Wired1',
  'Wired2',
  'Wired3',
  'Wireless0',
  'Wireless1',
  'Wireless2',
  'Wireless3',
  'Any',
);

/** OCPP 2.1, B09 */
export const VPNType = object({
  server: text(2_000),
  user: text(50),
  group: optional(text(50)),
  password: text(64),
  key: text(255),
  type: oneOf('IKEv2', 'IPSec', 'L2TP', 'PPTP'),
});
export type VPNType = Infer<typeof VPNType>;

/** A way to reach a CSMS. OCPP 2.1, B09 */
export const NetworkConnectionProfileType = object({
  apn: optional(APNType),
  ocppVersion: optional(oneOf('OCPP12', 'OCPP15', 'OCPP16', 'OCPP20', 'OCPP201', 'OCPP21')),
  ocppInterface: OCPPInterfaceEnumType,
  ocppTransport: oneOf('SOAP', 'JSON'),
  messageTimeout: integer(),
  ocppCsmsUrl: text(2_000),
  securityProfile: natural,
  identity: optional(text(48)),
  basicAuthPassword: optional(text(64)),
  vpn: optional(VPNType),
});
export type NetworkConnectionProfileType = Infer<typeof NetworkConnectionProfileType>;

/** OCPP 2.1, B05 */
export const SetVariableDataType = object({
  attributeType: optional(AttributeEnumType),
  attributeValue: text(2_500),
  component: ComponentType,
  variable: VariableType,
});
export type SetVariableDataType = Infer<typeof SetVariableDataType>;

/** OCPP 2.1, B05 */
export const SetVariableResultType = object({
  attributeType: optional(AttributeEnumType),
  attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType', 'RebootRequired'),
  attributeStatusInfo: optional(StatusInfoType),
  component: ComponentType,
  variable: VariableType,
});
export type SetVariableResultType = Infer<typeof SetVariableResultType>;

/** Sent after each (re)boot; until Accepted the station sends nothing else of its own. `interval` is in seconds. OCPP 2.1, B01 to B03 */
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

/** A sign of life that is answered with the time. OCPP 2.1, G02 */
export const Heartbeat = action.call({
  name: 'Heartbeat',
  from: 'station',
  request: object({}),
  response: object({
    currentTime: dateTime,
  }),
});

/** Reads variables; each is answered for itself. An omitted attribute means Actual. OCPP 2.1, B06 */
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

/** Writes variables; each is answered for itself. An omitted attribute means Actual. OCPP 2.1, B05 */
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

/** Asks for a report of the device model; it comes in NotifyReport parts. OCPP 2.1, B07 */
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

/** Asks for a report of named components and variables; it comes in NotifyReport parts. OCPP 2.1, B08 */
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

/** One part of a report: `seqNo` counts from 0, `tbc` says that more follow. OCPP 2.1, B07 and B08 */
export const NotifyReport = action.call({
  name: 'NotifyReport',
  from: 'station',
  request: object({
    requestId: integer(),
    generatedAt: dateTime,
    reportData: optional(list(ReportDataType, { minItems: 1 })),
    tbc: optional(boolean),
    seqNo: natural,
  }),
  response: object({}),
});

/** Writes one slot of the station’s ways to a CSMS; `messageTimeout` is in seconds. OCPP 2.1, B09 */
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

/** Restarts the station or one EVSE, at once or when it is idle. OCPP 2.1, B11 and B12 */
export const Reset = action.call({
  name: 'Reset',
  from: 'csms',
  request: object({
    type: oneOf('Immediate', 'OnIdle', 'ImmediateAndResume'),
    evseId: optional(natural),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Scheduled'),
    statusInfo: optional(StatusInfoType),
  }),
});

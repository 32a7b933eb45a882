import { boolean, dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { OperationModeEnumType } from './charging-profile.js';
import { CostDetailsType } from './cost-details.js';
import { MeterValueType } from './metering.js';
import { EVSEType, IdTokenInfoType, IdTokenType, MessageContentType } from './types.js';

/** OCPP 2.1, E01 to E13 */
export const TriggerReasonEnumType = oneOf(
  'AbnormalCondition',
  'Authorized',
  'CablePluggedIn',
  'ChargingRateChanged',
  'ChargingStateChanged',
  'CostLimitReached',
  'Deauthorized',
  'EnergyLimitReached',
  'EVCommunicationLost',
  'EVConnectTimeout',
  'EVDeparted',
  'EVDetected',
  'LimitSet',
  'MeterValueClock',
  'MeterValuePeriodic',
  'OperationModeChanged',
  'RemoteStart',
  'RemoteStop',
  'ResetCommand',
  'RunningCost',
  'SignedDataReceived',
  'SoCLimitReached',
  'StopAuthorized',
  'TariffChanged',
  'TariffNotAccepted',
  'TimeLimitReached',
  'Trigger',
  'TxResumed',
  'UnlockCommand',
);

/** OCPP 2.1, E01 */
export const ReasonEnumType = oneOf(
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'MasterPass',
  'Local',
  'LocalOutOfCredit',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'SOCLimitReached',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
  'ReqEnergyTransferRejected',
);

/** The most that a transaction may cost, take or last. OCPP 2.1, E16 */
export const TransactionLimitType = object({
  maxCost: optional(number()),
  maxEnergy: optional(number()),
  maxTime: optional(integer()),
  maxSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type TransactionLimitType = Infer<typeof TransactionLimitType>;

/** OCPP 2.1, E01 */
export const TransactionType = object({
  transactionId: text(36),
  chargingState: optional(oneOf('EVConnected', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Idle')),
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnumType),
  remoteStartId: optional(integer()),
  operationMode: optional(OperationModeEnumType),
  tariffId: optional(text(60)),
  transactionLimit: optional(TransactionLimitType),
});
export type TransactionType = Infer<typeof TransactionType>;

/**
 * A transaction starts, changes or ends; the station names it, and `seqNo` numbers its events. Answered always, whatever
 * is thought of it. OCPP 2.1, E01 to E13
 */
export const TransactionEvent = action.call({
  name: 'TransactionEvent',
  from: 'station',
  request: object({
    costDetails: optional(CostDetailsType),
    eventType: oneOf('Ended', 'Started', 'Updated'),
    meterValue: optional(list(MeterValueType, { minItems: 1 })),
    timestamp: dateTime,
    triggerReason: TriggerReasonEnumType,
    seqNo: natural,
    offline: optional(boolean),
    numberOfPhasesUsed: optional(integer({ minimum: 0, maximum: 3 })),
    cableMaxCurrent: optional(integer()),
    reservationId: optional(natural),
    preconditioningStatus: optional(oneOf('Unknown', 'Ready', 'NotReady', 'Preconditioning')),
    evseSleep: optional(boolean),
    transactionInfo: TransactionType,
    evse: optional(EVSEType),
    idToken: optional(IdTokenType),
  }),
  response: object({
    totalCost: optional(number()),
    chargingPriority: optional(integer()),
    idTokenInfo: optional(IdTokenInfoType),
    transactionLimit: optional(TransactionLimitType),
    updatedPersonalMessage: optional(MessageContentType),
    updatedPersonalMessageExtra: optional(list(MessageContentType, { minItems: 1, maxItems: 4 })),
  }),
});

/** Asks whether a transaction goes on, and whether messages about it still wait in the station’s queue. OCPP 2.1, E14 */
export const GetTransactionStatus = action.call({
  name: 'GetTransactionStatus',
  from: 'csms',
  request: object({
    transactionId: optional(text(36)),
  }),
  response: object({
    ongoingIndicator: optional(boolean),
    messagesInQueue: boolean,
  }),
});

import { boolean, dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { MeterValueType } from './metering.js';
import { object } from './object.js';
import { EVSEType, IdTokenInfoType, IdTokenType, MessageContentType } from './types.js';

/** OCPP 2.0.1, E01 to E13 */
export const TriggerReasonEnumType = oneOf(
  'Authorized',
  'CablePluggedIn',
  'ChargingRateChanged',
  'ChargingStateChanged',
  'Deauthorized',
  'EnergyLimitReached',
  'EVCommunicationLost',
  'EVConnectTimeout',
  'MeterValueClock',
  'MeterValuePeriodic',
  'TimeLimitReached',
  'Trigger',
  'UnlockCommand',
  'StopAuthorized',
  'EVDeparted',
  'EVDetected',
  'RemoteStop',
  'RemoteStart',
  'AbnormalCondition',
  'SignedDataReceived',
  'ResetCommand',
);

/** OCPP 2.0.1, E01 */
export const ReasonEnumType = oneOf(
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
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
);

/** OCPP 2.0.1, E01 */
export const TransactionType = object({
  transactionId: text(36),
  chargingState: optional(oneOf('Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle')),
  timeSpentCharging: optional(integer()),
  stoppedReason: optional(ReasonEnumType),
  remoteStartId: optional(integer()),
});
export type TransactionType = Infer<typeof TransactionType>;

/**
 * A transaction starts, changes or ends; the station names it, and `seqNo` numbers its events. Answered always, whatever
 * is thought of it. OCPP 2.0.1, E01 to E13
 */
export const TransactionEvent = action.call({
  name: 'TransactionEvent',
  from: 'station',
  request: object({
    eventType: oneOf('Ended', 'Started', 'Updated'),
    meterValue: optional(list(MeterValueType, { minItems: 1 })),
    timestamp: dateTime,
    triggerReason: TriggerReasonEnumType,
    seqNo: integer(),
    offline: optional(boolean),
    numberOfPhasesUsed: optional(integer()),
    cableMaxCurrent: optional(integer()),
    reservationId: optional(integer()),
    transactionInfo: TransactionType,
    evse: optional(EVSEType),
    idToken: optional(IdTokenType),
  }),
  response: object({
    totalCost: optional(number()),
    chargingPriority: optional(integer()),
    idTokenInfo: optional(IdTokenInfoType),
    updatedPersonalMessage: optional(MessageContentType),
  }),
});

/** Asks whether a transaction goes on, and whether messages about it still wait in the station’s queue. OCPP 2.0.1, E14 */
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

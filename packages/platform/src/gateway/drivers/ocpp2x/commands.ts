import type { ResponseOf } from '@evroam/ocpp-core';
import type { GetCompositeSchedule } from '@evroam/ocpp-core/v201';
import type { ChargingLimit, CompositeSchedule, StationCommand, TokenName, TriggerMessage } from '../../../model/station-command.js';
import type { Call } from '../call.js';

const optional = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
const evse = (connectorNumber: number | undefined) => (connectorNumber === undefined ? {} : { evse: { id: connectorNumber } });

/** A command in the words of OCPP 2.0.1 and 2.1, which are the same for these; undefined for what they do not have. */
export function toCall(command: StationCommand): Call | undefined {
  switch (command.kind) {
    case 'start':
      return {
        action: 'RequestStartTransaction',
        payload: { idToken: toIdToken(command.token), remoteStartId: command.remoteStartId, evseId: command.connectorNumber },
      };
    case 'stop':
      return { action: 'RequestStopTransaction', payload: { transactionId: command.transactionKey } };
    case 'reserve':
      return {
        action: 'ReserveNow',
        payload: {
          id: command.reservationNumber,
          expiryDateTime: command.until,
          idToken: toIdToken(command.token),
          evseId: command.connectorNumber,
          ...(command.groupId === undefined ? {} : { groupIdToken: { idToken: command.groupId, type: 'Central' } }),
        },
      };
    case 'cancelReservation':
      return { action: 'CancelReservation', payload: { reservationId: command.reservationNumber } };
    case 'unlock':
      return { action: 'UnlockConnector', payload: { evseId: command.connectorNumber, connectorId: 1 } };
    case 'reset':
      return { action: 'Reset', payload: { type: command.hard ? 'Immediate' : 'OnIdle', ...optional('evseId', command.connectorNumber) } };
    case 'availability':
      return {
        action: 'ChangeAvailability',
        payload: { operationalStatus: command.operative ? 'Operative' : 'Inoperative', ...evse(command.connectorNumber) },
      };
    case 'trigger':
      return { action: 'TriggerMessage', payload: { requestedMessage: TRIGGERS[command.message], ...triggered(command) } };
    case 'getVariables':
      // Without names the report is the way; it comes in parts.
      return command.variables === undefined
        ? undefined
        : { action: 'GetVariables', payload: { getVariableData: command.variables.map(variable) } };
    case 'setVariable':
      return {
        action: 'SetVariables',
        payload: { setVariableData: [{ attributeValue: command.value, ...variable(command) }] },
        read: (answer) => (/"attributeStatus":"(Accepted|RebootRequired)"/.test(JSON.stringify(answer)) ? 'accepted' : 'rejected'),
      };
    case 'inventory':
      return { action: 'GetBaseReport', payload: { requestId: command.requestId, reportBase: 'FullInventory' } };
    case 'localListVersion':
      return { action: 'GetLocalListVersion', payload: {} };
    case 'sendLocalList':
      return { action: 'SendLocalList', payload: localList(command) };
    case 'clearCache':
      return { action: 'ClearCache', payload: {} };
    case 'firmware':
      return {
        action: 'UpdateFirmware',
        payload: {
          requestId: command.requestId,
          firmware: {
            location: command.url,
            retrieveDateTime: command.retrieveAt,
            ...optional('installDateTime', command.installAt),
            ...optional('signingCertificate', command.certificate),
            ...optional('signature', command.signature),
          },
        },
      };
    case 'log':
      return {
        action: 'GetLog',
        payload: {
          requestId: command.requestId,
          logType: command.security ? 'SecurityLog' : 'DiagnosticsLog',
          log: { remoteLocation: command.url, ...optional('oldestTimestamp', command.from), ...optional('latestTimestamp', command.until) },
        },
      };
    case 'setProfile':
      return {
        action: 'SetChargingProfile',
        payload: { evseId: command.connectorNumber, chargingProfile: profile(command.profile, command.transactionKey) },
      };
    case 'clearProfile':
      return {
        action: 'ClearChargingProfile',
        payload: {
          ...optional('chargingProfileId', command.profileId),
          ...(command.connectorNumber === undefined ? {} : { chargingProfileCriteria: { evseId: command.connectorNumber } }),
        },
      };
    case 'compositeSchedule':
      return {
        action: 'GetCompositeSchedule',
        payload: { evseId: command.connectorNumber, duration: command.seconds, ...optional('chargingRateUnit', command.unit) },
        schedule: toSchedule,
      };
    case 'cost':
      return { action: 'CostUpdated', payload: { totalCost: command.total, transactionId: command.transactionKey } };
    case 'certificateSigned':
      return { action: 'CertificateSigned', payload: { certificateChain: command.chain, ...optional('certificateType', command.use) } };
    case 'installCertificate':
      return { action: 'InstallCertificate', payload: { certificateType: command.use, certificate: command.certificate } };
    case 'certificates':
      return { action: 'GetInstalledCertificateIds', payload: command.use === undefined ? {} : { certificateType: [command.use] } };
    case 'deleteCertificate':
      return { action: 'DeleteCertificate', payload: { certificateHashData: command.hash } };
    case 'raw':
      return { action: command.action, payload: command.payload };
  }
}

const TOKEN_TYPES = { rfid: 'ISO14443', appUser: 'Central', adHocUser: 'Central', emaid: 'eMAID', other: 'Central' } as const;
const toIdToken = ({ uid, type }: TokenName) => ({ idToken: uid, type: TOKEN_TYPES[type] });

const TRIGGERS: Readonly<Record<TriggerMessage, string>> = {
  BootNotification: 'BootNotification',
  Heartbeat: 'Heartbeat',
  StatusNotification: 'StatusNotification',
  // In a transaction readings come as events of it.
  MeterValues: 'TransactionEvent',
  FirmwareStatusNotification: 'FirmwareStatusNotification',
  LogStatusNotification: 'LogStatusNotification',
  SignCertificate: 'SignChargingStationCertificate',
};

/** A status is of a connector, not of an EVSE alone. OCPP 2.0.1, F06.FR.12 */
const triggered = ({ message, connectorNumber }: StationCommand & { kind: 'trigger' }) =>
  connectorNumber === undefined || message !== 'StatusNotification'
    ? evse(connectorNumber)
    : { evse: { id: connectorNumber, connectorId: 1 } };

/** The names of 1.6 keys stand in components of 2.x. */
const variable = ({ component = 'ChargingStation', name }: { component?: string; name: string }) => ({
  component: { name: component },
  variable: { name },
});

const localList = ({ version, full, tokens }: StationCommand & { kind: 'sendLocalList' }) => ({
  versionNumber: version,
  updateType: full ? 'Full' : 'Differential',
  // An empty list is left out.
  ...(tokens.length === 0
    ? {}
    : {
        localAuthorizationList: tokens.map(({ groupId, removed, ...token }) => ({
          idToken: toIdToken(token),
          ...(removed
            ? {}
            : {
                idTokenInfo: {
                  status: 'Accepted',
                  ...(groupId === undefined ? {} : { groupIdToken: { idToken: groupId, type: 'Central' } }),
                },
              }),
        })),
      }),
});

const PURPOSES = { station: 'ChargingStationMaxProfile', default: 'TxDefaultProfile', transaction: 'TxProfile' } as const;

function profile({ id, stackLevel, purpose, unit, startAt, seconds, minRate, periods }: ChargingLimit, transactionKey?: string): object {
  return {
    id,
    stackLevel,
    chargingProfilePurpose: PURPOSES[purpose],
    chargingProfileKind: startAt === undefined ? 'Relative' : 'Absolute',
    ...optional('transactionId', transactionKey),
    chargingSchedule: [
      {
        id,
        chargingRateUnit: unit,
        ...optional('startSchedule', startAt),
        ...optional('duration', seconds),
        ...optional('minChargingRate', minRate),
        chargingSchedulePeriod: periods.map(({ startSecond, limit, phases }) => ({
          startPeriod: startSecond,
          // Truncated, never rounded up: a limit is a limit. OCPP 2.0.1, K01
          limit: Math.floor(limit * 10) / 10,
          ...optional('numberPhases', phases),
        })),
      },
    ],
  };
}

function toSchedule(answer: unknown): CompositeSchedule | undefined {
  const { schedule } = answer as ResponseOf<typeof GetCompositeSchedule>;
  if (!schedule) return undefined;
  const { scheduleStart: startAt, chargingRateUnit: unit, duration: seconds, chargingSchedulePeriod } = schedule;
  const periods = chargingSchedulePeriod.flatMap(({ startPeriod, limit }) =>
    limit === undefined ? [] : [{ startSecond: startPeriod, limit }],
  );
  return { startAt, unit, seconds, periods };
}

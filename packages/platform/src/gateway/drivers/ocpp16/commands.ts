import type { ResponseOf } from '@evroam/ocpp-core';
import type { GetCompositeSchedule } from '@evroam/ocpp-core/v16';
import type { ChargingLimit, CompositeSchedule, StationCommand } from '../../../model/station-command.js';
import type { Call } from '../call.js';

const optional = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });

/** A command in the words of OCPP 1.6; undefined for what it does not have. */
export function toCall(command: StationCommand): Call | undefined {
  switch (command.kind) {
    case 'start':
      return { action: 'RemoteStartTransaction', payload: { connectorId: command.connectorNumber, idTag: command.token.uid } };
    case 'stop':
      return { action: 'RemoteStopTransaction', payload: { transactionId: Number(command.transactionKey) } };
    case 'reserve':
      return {
        action: 'ReserveNow',
        payload: {
          connectorId: command.connectorNumber,
          expiryDate: command.until,
          idTag: command.token.uid,
          reservationId: command.reservationNumber,
          ...optional('parentIdTag', command.groupId),
        },
      };
    case 'cancelReservation':
      return { action: 'CancelReservation', payload: { reservationId: command.reservationNumber } };
    case 'unlock':
      return { action: 'UnlockConnector', payload: { connectorId: command.connectorNumber } };
    case 'reset':
      return command.connectorNumber === undefined ? { action: 'Reset', payload: { type: command.hard ? 'Hard' : 'Soft' } } : undefined;
    case 'availability':
      return {
        action: 'ChangeAvailability',
        payload: { connectorId: command.connectorNumber ?? 0, type: command.operative ? 'Operative' : 'Inoperative' },
      };
    case 'trigger':
      return trigger(command);
    case 'getVariables':
      return {
        action: 'GetConfiguration',
        payload: optional(
          'key',
          command.variables?.map(({ name }) => name),
        ),
      };
    case 'inventory':
      return { action: 'GetConfiguration', payload: {} };
    case 'setVariable':
      return { action: 'ChangeConfiguration', payload: { key: command.name, value: command.value } };
    case 'localListVersion':
      return { action: 'GetLocalListVersion', payload: {} };
    case 'sendLocalList':
      return {
        action: 'SendLocalList',
        payload: {
          listVersion: command.version,
          updateType: command.full ? 'Full' : 'Differential',
          localAuthorizationList: command.tokens.map(({ uid, groupId, removed }) => ({
            idTag: uid,
            ...(removed ? {} : { idTagInfo: { status: 'Accepted', ...optional('parentIdTag', groupId) } }),
          })),
        },
      };
    case 'clearCache':
      return { action: 'ClearCache', payload: {} };
    case 'firmware':
      return firmware(command);
    case 'log':
      return log(command);
    case 'setProfile':
      return {
        action: 'SetChargingProfile',
        payload: { connectorId: command.connectorNumber, csChargingProfiles: profile(command.profile, command.transactionKey) },
      };
    case 'clearProfile':
      return {
        action: 'ClearChargingProfile',
        payload: { ...optional('id', command.profileId), ...optional('connectorId', command.connectorNumber) },
      };
    case 'compositeSchedule':
      return {
        action: 'GetCompositeSchedule',
        payload: { connectorId: command.connectorNumber, duration: command.seconds, ...optional('chargingRateUnit', command.unit) },
        schedule: toSchedule,
      };
    case 'cost':
      return undefined;
    case 'certificateSigned':
      return { action: 'CertificateSigned', payload: { certificateChain: command.chain } };
    case 'installCertificate':
      return { action: 'InstallCertificate', payload: { certificateType: command.use, certificate: command.certificate } };
    case 'certificates':
      return { action: 'GetInstalledCertificateIds', payload: { certificateType: command.use ?? 'CentralSystemRootCertificate' } };
    case 'deleteCertificate':
      return { action: 'DeleteCertificate', payload: { certificateHashData: command.hash } };
    case 'raw':
      return { action: command.action, payload: command.payload };
  }
}

/** Messages of the security whitepaper need its own trigger. */
function trigger({ message, connectorNumber }: StationCommand & { kind: 'trigger' }): Call {
  const where = optional('connectorId', connectorNumber);
  if (message === 'SignCertificate')
    return { action: 'ExtendedTriggerMessage', payload: { requestedMessage: 'SignChargePointCertificate' } };
  if (message === 'LogStatusNotification') return { action: 'ExtendedTriggerMessage', payload: { requestedMessage: message, ...where } };
  return { action: 'TriggerMessage', payload: { requestedMessage: message, ...where } };
}

/** Signed firmware has a message of its own. Security whitepaper, L01 */
function firmware({ requestId, url, retrieveAt, installAt, certificate, signature }: StationCommand & { kind: 'firmware' }): Call {
  if (certificate === undefined || signature === undefined)
    return { action: 'UpdateFirmware', payload: { location: url, retrieveDate: retrieveAt } };
  return {
    action: 'SignedUpdateFirmware',
    payload: {
      requestId,
      firmware: {
        location: url,
        retrieveDateTime: retrieveAt,
        ...optional('installDateTime', installAt),
        signingCertificate: certificate,
        signature,
      },
    },
  };
}

function log({ requestId, url, security, from, until }: StationCommand & { kind: 'log' }): Call {
  if (!security)
    return { action: 'GetDiagnostics', payload: { location: url, ...optional('startTime', from), ...optional('stopTime', until) } };
  return {
    action: 'GetLog',
    payload: {
      requestId,
      logType: 'SecurityLog',
      log: { remoteLocation: url, ...optional('oldestTimestamp', from), ...optional('latestTimestamp', until) },
    },
  };
}

const PURPOSES = { station: 'ChargePointMaxProfile', default: 'TxDefaultProfile', transaction: 'TxProfile' } as const;

function profile({ id, stackLevel, purpose, unit, startAt, seconds, minRate, periods }: ChargingLimit, transactionKey?: string): object {
  return {
    chargingProfileId: id,
    stackLevel,
    chargingProfilePurpose: PURPOSES[purpose],
    chargingProfileKind: startAt === undefined ? 'Relative' : 'Absolute',
    ...(transactionKey === undefined ? {} : { transactionId: Number(transactionKey) }),
    chargingSchedule: {
      chargingRateUnit: unit,
      ...optional('startSchedule', startAt),
      ...optional('duration', seconds),
      ...optional('minChargingRate', minRate),
      chargingSchedulePeriod: periods.map(({ startSecond, limit, phases }) => ({
        startPeriod: startSecond,
        // Truncated, never rounded up: a limit is a limit. OCPP 1.6, 7.14
        limit: Math.floor(limit * 10) / 10,
        ...optional('numberPhases', phases),
      })),
    },
  };
}

function toSchedule(answer: unknown): CompositeSchedule | undefined {
  const { scheduleStart, chargingSchedule } = answer as ResponseOf<typeof GetCompositeSchedule>;
  const startAt = scheduleStart ?? chargingSchedule?.startSchedule;
  if (!chargingSchedule || startAt === undefined) return undefined;
  const { chargingRateUnit: unit, duration, minChargingRate, chargingSchedulePeriod } = chargingSchedule;
  return {
    ...{ startAt, unit },
    ...optional('seconds', duration),
    ...optional('minRate', minChargingRate),
    periods: chargingSchedulePeriod.map(({ startPeriod, limit }) => ({ startSecond: startPeriod, limit })),
  };
}

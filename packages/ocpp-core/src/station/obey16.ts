import type { Endpoint } from '../endpoint.js';
import { fromProfile16, type Purpose, wireLimit } from '../smart-charging/index.js';
import * as v16 from '../v16/index.js';
import { listed, settingOfKey, write } from './settings.js';
import type { Body } from './voice.js';

const purposes = {
  ChargePointMaxProfile: 'stationMax',
  TxDefaultProfile: 'txDefault',
  TxProfile: 'tx',
} as const satisfies Record<string, Purpose>;

/** Carries out the commands of OCPP 1.6. */
export function obey16(endpoint: Endpoint<'station', typeof v16>, body: Body): void {
  endpoint
    .handle(v16.RemoteStartTransaction, async ({ idTag, connectorId, chargingProfile }) => {
      if (chargingProfile && chargingProfile.chargingProfilePurpose !== 'TxProfile') return { status: 'Rejected' };
      const accepted = body.remoteStart({
        idToken: idTag,
        ...(connectorId === undefined ? {} : { connectorId }),
        ...(chargingProfile ? { profile: (chosen: number) => fromProfile16(chargingProfile, chosen) } : {}),
      });
      return { status: accepted ? 'Accepted' : 'Rejected' };
    })
    .handle(v16.RemoteStopTransaction, async ({ transactionId }) => ({
      status: body.remoteStop(({ givenId }) => givenId === transactionId) ? 'Accepted' : 'Rejected',
    }))
    .handle(v16.Reset, async () => ({ status: body.reset() ? 'Accepted' : 'Rejected' }))
    .handle(v16.ChangeAvailability, async ({ connectorId, type }) => ({
      status: body.setOperative(connectorId === 0 ? undefined : connectorId, type === 'Operative'),
    }))
    .handle(v16.UnlockConnector, async ({ connectorId }) => ({ status: body.unlock(connectorId) ? 'Unlocked' : 'UnlockFailed' }))
    .handle(v16.TriggerMessage, async ({ requestedMessage, connectorId }) => {
      if (requestedMessage === 'DiagnosticsStatusNotification' || requestedMessage === 'FirmwareStatusNotification')
        return { status: 'NotImplemented' };
      return { status: body.trigger(requestedMessage, connectorId) ? 'Accepted' : 'Rejected' };
    })
    .handle(v16.GetConfiguration, async ({ key = [] }) => {
      const all = [
        { key: 'NumberOfConnectors', readonly: true, value: String(body.connectorIds.length) },
        ...listed(body.settings).map(({ key16, value }) => ({ key: key16, readonly: false, value })),
      ];
      if (key.length === 0) return { configurationKey: all };
      const found = (name: string) => all.find((one) => one.key.toLowerCase() === name.toLowerCase());
      return {
        configurationKey: key.flatMap((name) => found(name) ?? []),
        unknownKey: key.filter((name) => !found(name)),
      };
    })
    .handle(v16.ChangeConfiguration, async ({ key, value }) => {
      const setting = settingOfKey(key);
      if (!setting) return { status: key === 'NumberOfConnectors' ? 'Rejected' : 'NotSupported' };
      return { status: write(body.settings, setting, value) ? 'Accepted' : 'Rejected' };
    })
    .handle(v16.SetChargingProfile, async ({ connectorId, csChargingProfiles }) => ({
      status: body.limits.set(fromProfile16(csChargingProfiles, connectorId)) ? 'Accepted' : 'Rejected',
    }))
    .handle(v16.ClearChargingProfile, async ({ id, connectorId, chargingProfilePurpose, stackLevel }) => ({
      status: body.limits.clear({
        ...(id === undefined ? {} : { id }),
        ...(connectorId === undefined ? {} : { evseId: connectorId }),
        ...(chargingProfilePurpose === undefined ? {} : { purpose: purposes[chargingProfilePurpose] }),
        ...(stackLevel === undefined ? {} : { stackLevel }),
      })
        ? 'Accepted'
        : 'Unknown',
    }))
    .handle(v16.GetCompositeSchedule, async ({ connectorId, duration, chargingRateUnit = 'W' }) => {
      const periods = body.limits.composite(connectorId, duration, chargingRateUnit);
      if (!periods) return { status: 'Rejected' };
      const scheduleStart = body.now().toISOString();
      const chargingSchedulePeriod = periods.map(({ startSeconds, limitMilli, phases }) => ({
        startPeriod: startSeconds,
        limit: wireLimit(limitMilli),
        numberPhases: phases,
      }));
      return {
        status: 'Accepted',
        connectorId,
        scheduleStart,
        chargingSchedule: { duration, startSchedule: scheduleStart, chargingRateUnit, chargingSchedulePeriod },
      };
    })
    .handle(v16.GetLocalListVersion, async () => ({ listVersion: -1 }))
    .handle(v16.ClearCache, async () => ({ status: 'Accepted' }))
    .handle(v16.DataTransfer, async () => ({ status: 'UnknownVendorId' }));
}

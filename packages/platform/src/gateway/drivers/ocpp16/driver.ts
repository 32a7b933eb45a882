import { handlersFor } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import { type Connection, type Speaker, type SpeakOptions, speak } from '@evroam/ocpp-core/websocket';
import { OcppLink, type Speech } from '../call.js';
import { type DriverNeeds, toWireTime } from '../desk.js';
import { toCall } from './commands.js';
import { fromVerdict, toActivity, toEvseStatus, toSamples, toStart, toStop } from './translate.js';

const SPEECH: Speech = { protocol: 'ocpp1.6', actions: v16, toCall };
const STATUS = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const;

/** OCPP 1.6 stations behind the driver port. */
export function ocpp16(needs: DriverNeeds, options: SpeakOptions<'csms', typeof v16>): Speaker<'csms'> {
  const open = ({ identity, endpoint }: Connection<'csms', typeof v16>): void => {
    const desk = needs.openDesk(identity, endpoint);
    desk.opened(new OcppLink(desk, endpoint, SPEECH));
  };
  // One table for all connections: ten thousand stations share it.
  return speak<'csms', typeof v16>(v16, open, { ...options, handlers: handlers(needs) });
}

function handlers({ charging, clock, log, deskOf }: DriverNeeds) {
  return handlersFor('csms', v16)
    .handle(v16.BootNotification, async (request, { endpoint }) => {
      const {
        chargePointVendor: vendor,
        chargePointModel: model,
        chargePointSerialNumber,
        chargeBoxSerialNumber,
        firmwareVersion,
        iccid,
        imsi,
      } = request;
      const serialNumber = chargePointSerialNumber ?? chargeBoxSerialNumber;
      const { status, intervalSeconds } = await deskOf(endpoint).booted({
        vendor,
        model,
        ...(serialNumber === undefined ? {} : { serialNumber }),
        ...(firmwareVersion === undefined ? {} : { firmware: firmwareVersion }),
        ...(iccid === undefined ? {} : { iccid }),
        ...(imsi === undefined ? {} : { imsi }),
      });
      return { currentTime: toWireTime(clock.now()), interval: intervalSeconds, status: STATUS[status] };
    })
    .handle(v16.Heartbeat, async (_, { endpoint }) => {
      deskOf(endpoint).alive();
      return { currentTime: toWireTime(clock.now()) };
    })
    .handle(v16.StatusNotification, async ({ connectorId, status, timestamp }, { endpoint }) => {
      const desk = deskOf(endpoint);
      const at = timestamp === undefined ? clock.now() : new Date(timestamp);
      await desk.status(connectorId, toEvseStatus(status), at);
      const activity = toActivity(status);
      if (activity && connectorId > 0) {
        const ours = timestamp === undefined ? { ourClock: true as const } : {};
        await charging.heardActivity(desk.operatorId, { ...(await desk.hold), connectorNumber: connectorId, activity, at, ...ours });
      }
      return {};
    })
    .handle(v16.Authorize, async ({ idTag }, { endpoint }) => {
      const { operatorId, stationId } = deskOf(endpoint);
      return { idTagInfo: fromVerdict(await charging.authorize(operatorId, idTag, 'token', stationId)) };
    })
    .handle(v16.StartTransaction, async (request, { endpoint }) => {
      const { operatorId, stationId, hold } = deskOf(endpoint);
      const result = await charging.heardStart(operatorId, { ...(await hold), ...toStart(request) });
      if (!result.accepted) {
        // An answer is owed all the same; the number belongs to no session, so the stop will be kept for a person.
        log.warn(
          { operatorId, stationId, request, reason: result.reason, detail: result.detail },
          'a session began at a connector that is not on record',
        );
        return { transactionId: 0, idTagInfo: { status: 'Invalid' } };
      }
      return { transactionId: result.transactionNumber, idTagInfo: fromVerdict(result.verdict) };
    })
    .handle(v16.MeterValues, async ({ connectorId, transactionId, meterValue }, { endpoint }) => {
      const desk = deskOf(endpoint);
      const { samples, signed } = toSamples(meterValue);
      await charging.heardReadings(desk.operatorId, {
        ...(await desk.hold),
        connectorNumber: connectorId,
        ...(transactionId === undefined ? {} : { transactionNumber: transactionId }),
        samples,
        ...(signed.length === 0 ? {} : { signed }),
      });
      return {};
    })
    .handle(v16.StopTransaction, async (request, { endpoint }) => {
      const { operatorId, hold } = deskOf(endpoint);
      await charging.heardStop(operatorId, { ...(await hold), ...toStop(request) });
      return {};
    })
    .handle(v16.DataTransfer, async () => ({ status: 'UnknownVendorId' }))
    .handle(v16.DiagnosticsStatusNotification, async ({ status }, { endpoint }) => {
      await deskOf(endpoint).progress('log', status);
      return {};
    })
    .handle(v16.LogStatusNotification, async ({ status, requestId }, { endpoint }) => {
      await deskOf(endpoint).progress('log', status, requestId);
      return {};
    })
    .handle(v16.FirmwareStatusNotification, async ({ status }, { endpoint }) => {
      await deskOf(endpoint).progress('firmware', status);
      return {};
    })
    .handle(v16.SignedFirmwareStatusNotification, async ({ status, requestId }, { endpoint }) => {
      await deskOf(endpoint).progress('firmware', status, requestId);
      return {};
    })
    .handle(v16.SecurityEventNotification, async ({ type, timestamp, techInfo }, { endpoint }) => {
      await deskOf(endpoint).securityEvent(type, new Date(timestamp), techInfo);
      return {};
    })
    .handle(v16.SignCertificate, async ({ csr }, { endpoint }) => ({
      status: (await deskOf(endpoint).signCertificate(csr, 'ChargingStationCertificate')) ? 'Accepted' : 'Rejected',
    }));
}

import type { AnyAction, Reports, RequestOf } from '@evroam/ocpp-core';
import type * as v21 from '@evroam/ocpp-core/v21';
import type * as v201 from '@evroam/ocpp-core/v201';
import { type Desk, type DriverNeeds, toWireTime } from '../desk.js';
import { fromVerdict, type TransactionEvent, toEvseStatus, toKind, toSamples, toTransaction } from './translate.js';

/** What came beside a message; both versions have it. */
interface Incoming {
  readonly endpoint: object;
}

/** What a connection has beside its desk: reports that come in parts. */
export interface Table {
  desk: Desk;
  reports: Reports<unknown>;
}

type Either<Name extends keyof typeof v201 & keyof typeof v21> =
  | RequestOf<Extract<(typeof v201)[Name], AnyAction>>
  | RequestOf<Extract<(typeof v21)[Name], AnyAction>>;

const STATUS = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const;

/** The answers to what stations of OCPP 2.0.1 and 2.1 say: the messages differ, what is done with them does not. */
export function answers({ charging, clock, log }: DriverNeeds, tableOf: (endpoint: object) => Table) {
  return {
    async boot({ chargingStation }: Either<'BootNotification'>, { endpoint }: Incoming) {
      const { vendorName: vendor, model, serialNumber, firmwareVersion, modem } = chargingStation;
      const { status, intervalSeconds } = await tableOf(endpoint).desk.booted({
        vendor,
        model,
        ...(serialNumber === undefined ? {} : { serialNumber }),
        ...(firmwareVersion === undefined ? {} : { firmware: firmwareVersion }),
        ...(modem?.iccid === undefined ? {} : { iccid: modem.iccid }),
        ...(modem?.imsi === undefined ? {} : { imsi: modem.imsi }),
      });
      return { currentTime: toWireTime(clock.now()), interval: intervalSeconds, status: STATUS[status] };
    },

    async heartbeat(_: unknown, { endpoint }: Incoming) {
      tableOf(endpoint).desk.alive();
      return { currentTime: toWireTime(clock.now()) };
    },

    async status({ evseId, connectorStatus, timestamp }: Either<'StatusNotification'>, { endpoint }: Incoming) {
      await tableOf(endpoint).desk.status(evseId, toEvseStatus(connectorStatus), new Date(timestamp));
      return {};
    },

    async authorize({ idToken }: Either<'Authorize'>, { endpoint }: Incoming) {
      const { operatorId, stationId } = tableOf(endpoint).desk;
      return { idTokenInfo: fromVerdict(await charging.authorize(operatorId, idToken.idToken, toKind(idToken.type), stationId)) };
    },

    async transactionEvent(event: TransactionEvent, { endpoint }: Incoming) {
      const { desk } = tableOf(endpoint);
      const heard = { ...(await desk.hold), ...toTransaction(event) };
      const result = await charging.heardTransaction(desk.operatorId, heard);
      if (!result.accepted) {
        // Answered always, whatever is thought of it. OCPP 2.0.1, E01
        const { reason, detail } = result;
        log.warn(
          { operatorId: desk.operatorId, stationId: desk.stationId, event, reason, detail },
          'a session began at an EVSE that is not on record',
        );
        return event.idToken === undefined ? {} : { idTokenInfo: { status: 'Invalid' as const } };
      }
      return result.verdict ? { idTokenInfo: fromVerdict(result.verdict) } : {};
    },

    /** Readings of an EVSE, outside of any transaction. OCPP 2.0.1, J01 */
    async meterValues({ evseId, meterValue }: Either<'MeterValues'>, { endpoint }: Incoming) {
      const { desk } = tableOf(endpoint);
      await charging.heardReadings(desk.operatorId, { ...(await desk.hold), connectorNumber: evseId, ...toSamples(meterValue) });
      return {};
    },

    async notifyReport({ requestId, seqNo, tbc, reportData = [] }: Either<'NotifyReport'>, { endpoint }: Incoming) {
      const { desk, reports } = tableOf(endpoint);
      const part = reports.add({ requestId, seqNo, ...(tbc === undefined ? {} : { tbc }), items: reportData });
      if (part.state === 'complete') await desk.inventory(part.items);
      else if (part.state === 'tooLarge')
        log.warn({ stationId: desk.stationId, requestId }, 'the report of a station is too large and was dropped');
      return {};
    },

    async reservationEnded({ reservationId, reservationUpdateStatus }: Either<'ReservationStatusUpdate'>, { endpoint }: Incoming) {
      const { operatorId, stationId } = tableOf(endpoint).desk;
      await charging.heardReservationEnded(operatorId, stationId, reservationId, reservationUpdateStatus === 'Removed');
      return {};
    },

    async securityEvent({ type, timestamp, techInfo }: Either<'SecurityEventNotification'>, { endpoint }: Incoming) {
      await tableOf(endpoint).desk.securityEvent(type, new Date(timestamp), techInfo);
      return {};
    },

    async signCertificate({ csr, certificateType }: Either<'SignCertificate'>, { endpoint }: Incoming) {
      const signed = await tableOf(endpoint).desk.signCertificate(csr, certificateType ?? 'ChargingStationCertificate');
      return { status: signed ? ('Accepted' as const) : ('Rejected' as const) };
    },

    async firmwareStatus({ status, requestId }: Either<'FirmwareStatusNotification'>, { endpoint }: Incoming) {
      await tableOf(endpoint).desk.progress('firmware', status, requestId);
      return {};
    },

    async logStatus({ status, requestId }: Either<'LogStatusNotification'>, { endpoint }: Incoming) {
      await tableOf(endpoint).desk.progress('log', status, requestId);
      return {};
    },

    nothing: async () => ({}),
    dataTransfer: async () => ({ status: 'UnknownVendorId' as const }),
  };
}

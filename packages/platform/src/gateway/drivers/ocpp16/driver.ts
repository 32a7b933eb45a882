import { OcppError } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import { type Connection, type Speaker, type SpeakOptions, speak } from '@evroam/ocpp-core/websocket';
import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import type { StationLink } from '../../driver.js';
import type { ChargingPort, Outcome, StationsPort } from '../../ports.js';
import { fromVerdict, toEvseStatus, toReadings, toStart, toStop } from './translate.js';

export interface DriverNeeds {
  charging: ChargingPort;
  stations: StationsPort;
  clock: Clock;
  log: Logger;
  /** Whose station an authenticated identity is. */
  whose(identity: string): { operatorId: OperatorId; stationId: StationId };
  connected(endpoint: object, link: StationLink): void;
  observe: NonNullable<SpeakOptions<'csms', typeof v16>['observe']>;
}

/** Seconds between heartbeats that we ask of stations. They also tell them the time. */
export const HEARTBEAT_SECONDS = 300;
/** Wall time that a station has to answer a command. */
const ANSWER_MS = 20_000;

/** OCPP 1.6 stations behind the driver port. */
export function ocpp16(needs: DriverNeeds): Speaker<'csms'> {
  return speak<'csms', typeof v16>(v16, (connection) => open(connection, needs), { observe: needs.observe });
}

function open({ identity, endpoint }: Connection<'csms', typeof v16>, needs: DriverNeeds): void {
  const { charging, stations, clock, log } = needs;
  const { operatorId, stationId } = needs.whose(identity);

  endpoint
    .handle(v16.BootNotification, async (about) => {
      await stations.heardFrom(operatorId, stationId, clock.now(), about);
      return { currentTime: toWireTime(clock.now()), interval: HEARTBEAT_SECONDS, status: 'Accepted' };
    })
    .handle(v16.Heartbeat, async () => {
      await stations.heardFrom(operatorId, stationId, clock.now());
      return { currentTime: toWireTime(clock.now()) };
    })
    .handle(v16.StatusNotification, async ({ connectorId, status, timestamp }) => {
      const at = timestamp === undefined ? clock.now() : new Date(timestamp);
      await stations.heardStatus(operatorId, stationId, connectorId, toEvseStatus(status), at);
      return {};
    })
    .handle(v16.Authorize, async ({ idTag }) => ({ idTagInfo: fromVerdict(await charging.authorize(operatorId, idTag)) }))
    .handle(v16.StartTransaction, async (request) => {
      const result = await charging.heardStart(operatorId, { stationId, ...toStart(request) });
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
    .handle(v16.MeterValues, async ({ connectorId, transactionId, meterValue }) => {
      for (const reading of toReadings(meterValue)) {
        await charging.heardReading(operatorId, {
          stationId,
          connectorNumber: connectorId,
          ...(transactionId === undefined ? {} : { transactionNumber: transactionId }),
          ...reading,
        });
      }
      return {};
    })
    .handle(v16.StopTransaction, async (request) => {
      await charging.heardStop(operatorId, { stationId, ...toStop(request) });
      return {};
    })
    .handle(v16.DataTransfer, async () => ({ status: 'UnknownVendorId' }))
    .handle(v16.DiagnosticsStatusNotification, async () => ({}))
    .handle(v16.FirmwareStatusNotification, async () => ({}));

  needs.connected(endpoint, {
    stationId,
    protocol: 'ocpp1.6',
    start: ({ connectorNumber, idTag }) =>
      outcome(() => endpoint.call(v16.RemoteStartTransaction, { connectorId: connectorNumber, idTag }, { timeoutMs: ANSWER_MS })),
    stop: ({ transactionNumber }) =>
      outcome(() => endpoint.call(v16.RemoteStopTransaction, { transactionId: transactionNumber }, { timeoutMs: ANSWER_MS })),
    close: (reason) => endpoint.close(1008, reason),
  });
}

async function outcome(ask: () => Promise<{ status: 'Accepted' | 'Rejected' }>): Promise<Outcome> {
  try {
    const { status } = await ask();
    return status === 'Accepted' ? 'accepted' : 'rejected';
  } catch (error) {
    if (!(error instanceof OcppError)) throw error;
    if (error.fromPeer) return 'rejected';
    // Nobody knows whether the station heard it: the outcome is unknown, not a failure.
    return error.code === 'ConnectionClosed' || error.code === 'TimedOut' ? 'unknown' : 'stationOffline';
  }
}

/** UTC with a Z and whole seconds: fractions break some firmware. OCPP 1.6, 3.15 */
function toWireTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

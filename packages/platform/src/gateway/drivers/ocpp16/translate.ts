import type { RequestOf } from '@evroam/ocpp-core';
import { type Reading, readings16, totalOf } from '@evroam/ocpp-core/metering';
import type { MeterValues, StartTransaction, StatusNotification, StopTransaction } from '@evroam/ocpp-core/v16';
import { MILLI_WH_PER_WH } from '../../../kernel/quantity.js';
import type { Activity, Sample } from '../../../model/heard.js';
import type { EvseStatus } from '../../../model/location.js';
import type { Verdict } from '../../ports.js';

type MeterValue = RequestOf<typeof MeterValues>['meterValue'][number];

const REGISTER = 'Energy.Active.Import.Register';

/**
 * What was measured, by moment. The register counts in whole Wh, as the start and the stop of a session do: a session's energy is
 * the difference of those, and a finer sample in between must not exceed it. OCPP 1.6, 4.7, 7.43
 */
export function toSamples(values: readonly MeterValue[]): { samples: Sample[]; signed: MeterValue[] } {
  const { readings, unread } = readings16(values);
  const samples = samplesOf(readings, (milli) => milli - (milli % MILLI_WH_PER_WH));
  const hasSigned = unread.some(({ reason }) => reason === 'signed');
  return {
    samples,
    signed: hasSigned ? values.filter(({ sampledValue }) => sampledValue.some(({ format }) => format === 'SignedData')) : [],
  };
}

export function samplesOf(readings: readonly Reading[], register: (milli: number) => number): Sample[] {
  const moments = new Map<number, { at: Date; readings: Reading[] }>();
  for (const reading of readings) {
    const moment = moments.get(reading.at.getTime()) ?? { at: reading.at, readings: [] };
    moments.set(reading.at.getTime(), moment);
    moment.readings.push(reading);
  }
  return [...moments.values()].map(({ at, readings: here }) => {
    const total = totalOf(here, REGISTER, at);
    return {
      at,
      ...(total === undefined || total < 0 ? {} : { registerMilliWh: register(total) }),
      values: here
        .filter(({ measurand, phase, location }) => location === 'Outlet' && !(measurand === REGISTER && phase === undefined))
        .map(({ measurand, phase, milli }) => ({ measurand, ...(phase === undefined ? {} : { phase }), milli })),
    };
  });
}

export function toStart({ connectorId, idTag, meterStart, timestamp, reservationId }: RequestOf<typeof StartTransaction>) {
  return {
    connectorNumber: connectorId,
    idTag,
    at: new Date(timestamp),
    registerMilliWh: meterStart * MILLI_WH_PER_WH,
    ...(reservationId === undefined ? {} : { reservationNumber: reservationId }),
  };
}

/** A stop without a reason was a local one. OCPP 1.6, 7.36 */
export function toStop({
  transactionId,
  idTag,
  meterStop,
  timestamp,
  reason = 'Local',
  transactionData = [],
}: RequestOf<typeof StopTransaction>) {
  const { samples, signed } = toSamples(transactionData);
  return {
    transactionNumber: transactionId,
    ...(idTag === undefined ? {} : { idTag }),
    at: new Date(timestamp),
    registerMilliWh: meterStop * MILLI_WH_PER_WH,
    reason,
    samples,
    ...(signed.length === 0 ? {} : { signed }),
  };
}

export function toEvseStatus(status: RequestOf<typeof StatusNotification>['status']): EvseStatus {
  switch (status) {
    case 'Available':
      return 'available';
    case 'Preparing':
    case 'Finishing':
      return 'blocked';
    case 'Charging':
    case 'SuspendedEV':
    case 'SuspendedEVSE':
      return 'charging';
    case 'Reserved':
      return 'reserved';
    case 'Unavailable':
      return 'inoperative';
    case 'Faulted':
      return 'outOfOrder';
  }
}

/** What a session does at this connector; undefined where the status says nothing about it. A pause of the station is not the driver's. */
export function toActivity(status: RequestOf<typeof StatusNotification>['status']): Activity | undefined {
  switch (status) {
    case 'Charging':
    case 'SuspendedEVSE':
      return 'charging';
    case 'SuspendedEV':
      return 'suspended';
    default:
      return undefined;
  }
}

/** OCPP 1.6, 7.2 */
export function fromVerdict(verdict: Verdict): { status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid'; parentIdTag?: string } {
  if (verdict.allowed) {
    const { groupId } = verdict.token;
    return groupId !== undefined && groupId.length <= 20 ? { status: 'Accepted', parentIdTag: groupId } : { status: 'Accepted' };
  }
  switch (verdict.reason) {
    case 'blocked':
      return { status: 'Blocked' };
    case 'expired':
      return { status: 'Expired' };
    case 'unknown':
      return { status: 'Invalid' };
  }
}

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
  if (!unread.some(({ reason }) => reason === 'signed')) return { samples, signed: [] };
  return { samples, signed: values.filter(({ sampledValue }) => sampledValue.some(({ format }) => format === 'SignedData')) };
}

/** Readings of one moment stand together as a rule, and each message of each station comes through here. */
export function samplesOf(readings: readonly Reading[], register: (milli: number) => number): Sample[] {
  const moments = new Map<number, Reading[]>();
  for (const reading of readings) {
    const at = reading.at.getTime();
    const here = moments.get(at);
    if (here) here.push(reading);
    else moments.set(at, [reading]);
  }
  return Array.from(moments.values(), (here) => sampleOf(here, register));
}

function sampleOf(readings: readonly Reading[], register: (milli: number) => number): Sample {
  const { at } = readings[0]!;
  const values: Sample['values'][number][] = [];
  for (const { measurand, phase, location, milli } of readings) {
    if (location !== 'Outlet' || (measurand === REGISTER && phase === undefined)) continue;
    values.push(phase === undefined ? { measurand, milli } : { measurand, phase, milli });
  }
  const total = totalOf(readings, REGISTER, at);
  return total === undefined || total < 0 ? { at, values } : { at, registerMilliWh: register(total), values };
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

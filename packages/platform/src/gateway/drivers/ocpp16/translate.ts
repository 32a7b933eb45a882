import type { RequestOf } from '@evroam/ocpp-core';
import type { MeterValues, StartTransaction, StatusNotification, StopTransaction } from '@evroam/ocpp-core/v16';
import { MILLI_WH_PER_KWH, MILLI_WH_PER_WH } from '../../../kernel/quantity.js';
import type { EvseStatus } from '../../../model/location.js';
import type { Verdict } from '../../ports.js';

type MeterValue = RequestOf<typeof MeterValues>['meterValue'][number];
type SampledValue = MeterValue['sampledValue'][number];

export interface Reading {
  at: Date;
  registerMilliWh: number;
}

/** The energy registers in a list of meter values; values that are no register of imported energy are not money and are left out. */
export function toReadings(values: readonly MeterValue[]): Reading[] {
  return values.flatMap(({ timestamp, sampledValue }) => {
    const registerMilliWh = registerIn(sampledValue);
    return registerMilliWh === undefined ? [] : [{ at: new Date(timestamp), registerMilliWh }];
  });
}

/** Absent fields mean: imported energy register, Outlet, Wh, no phase. OCPP 1.6, 7.43 */
function registerIn(samples: readonly SampledValue[]): number | undefined {
  const registers = samples.filter(
    ({ measurand = 'Energy.Active.Import.Register', format = 'Raw', location = 'Outlet' }) =>
      measurand === 'Energy.Active.Import.Register' && format === 'Raw' && location === 'Outlet',
  );
  const total = registers.find(({ phase }) => phase === undefined);
  if (total) return toMilliWh(total);
  // Reported by phase only: the registers of the phases add up.
  const phases = registers.filter(({ phase }) => phase === 'L1' || phase === 'L2' || phase === 'L3').map(toMilliWh);
  return phases.length === 0 || phases.includes(undefined) ? undefined : phases.reduce<number>((sum, mWh) => sum + (mWh ?? 0), 0);
}

/** A decimal text in Wh or kWh; undefined if it is no number or is finer than a mWh. */
function toMilliWh({ value, unit = 'Wh' }: SampledValue): number | undefined {
  const scale = unit === 'Wh' ? MILLI_WH_PER_WH : unit === 'kWh' ? MILLI_WH_PER_KWH : undefined;
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(value.trim());
  if (!scale || !match) return undefined;
  const decimals = scale === MILLI_WH_PER_WH ? 3 : 6;
  const [, whole = '', fraction = ''] = match;
  // Stations print more digits than their meters have; below a mWh there is nothing to bill.
  return Number(whole) * scale + Number(fraction.slice(0, decimals).padEnd(decimals, '0'));
}

export function toStart({ connectorId, idTag, meterStart, timestamp }: RequestOf<typeof StartTransaction>) {
  return { connectorNumber: connectorId, idTag, at: new Date(timestamp), registerMilliWh: meterStart * MILLI_WH_PER_WH };
}

/** A stop without a reason was a local one. OCPP 1.6, 7.36 */
export function toStop({ transactionId, meterStop, timestamp, reason = 'Local' }: RequestOf<typeof StopTransaction>) {
  return { transactionNumber: transactionId, at: new Date(timestamp), registerMilliWh: meterStop * MILLI_WH_PER_WH, reason };
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

import type { Remark } from './amounts.js';
import type { Period } from './session.js';
import type { Restrictions } from './tariff.js';

/**
 * Whether the restrictions hold that depend on what was measured: the session's energy and duration so far, and the current and power
 * of the period. A minimum is inclusive, a maximum exclusive. OCPI 2.2.1, 11.4.6
 */
export function measuredHolds(r: Restrictions, period: Period, energy: number, duration: number, remarks: Map<string, Remark>): boolean {
  if (r.minEnergyMilliWh !== undefined && energy < r.minEnergyMilliWh) return false;
  if (r.maxEnergyMilliWh !== undefined && energy >= r.maxEnergyMilliWh) return false;
  if (r.minDurationMs !== undefined && duration < r.minDurationMs) return false;
  if (r.maxDurationMs !== undefined && duration >= r.maxDurationMs) return false;
  const { minCurrentMicroA, maxCurrentMicroA, minPowerMilliW, maxPowerMilliW } = period;
  return (
    within(r.minCurrentMicroA, r.maxCurrentMicroA, minCurrentMicroA, maxCurrentMicroA, 'currentUnknown', remarks) &&
    within(r.minPowerMilliW, r.maxPowerMilliW, minPowerMilliW, maxPowerMilliW, 'powerUnknown', remarks)
  );
}

/** A limit of current or power holds when the whole period lay within it; what was not reported fulfils no limit. */
function within(
  min: number | undefined,
  max: number | undefined,
  least: number,
  most: number,
  code: 'currentUnknown' | 'powerUnknown',
  remarks: Map<string, Remark>,
): boolean {
  if (min === undefined && max === undefined) return true;
  const low = least >= 0 ? least : most;
  const high = most >= 0 ? most : least;
  if (low < 0) {
    const what = code === 'powerUnknown' ? 'power' : 'current';
    remarks.set(code, { code, message: `a period reports no ${what}: elements with a limit on it do not hold there` });
    return false;
  }
  return (min === undefined || low >= min) && (max === undefined || high < max);
}

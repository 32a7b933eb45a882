const START_FAILURES = [
  'controlSystemFault',
  'guideDisconnected',
  'breakerTripped',
  'meterCommLost',
  'balanceInsufficient',
  'moduleFault',
  'emergencyStop',
  'surgeArrester',
  'bmsNotReady',
  'temperature',
  'batteryReversed',
  'electronicLock',
  'closingFailed',
  'insulation',
  'reserved',
  'timeoutBHM',
  'timeoutBRM',
  'timeoutBCP',
  'timeoutBRO',
  'timeoutBCS',
  'timeoutBCL',
  'timeoutBSM',
  'voltageInHandshake',
  'voltageDiffersFromBCP',
  'broFellBack',
  'hostConfigurationTimeout',
  'chargerNotReady',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
] as const; // 0x4A to 0x69
const ABORTS = [
  'systemLocked',
  'guideDisconnected',
  'breakerTripped',
  'meterCommLost',
  'balanceExhausted',
  'acProtection',
  'dcProtection',
  'moduleFault',
  'emergencyStop',
  'surgeArrester',
  'temperature',
  'outputAbnormal',
  'noCurrent',
  'electronicLock',
  'reserved',
  'totalVoltageAbnormal',
  'totalCurrentAbnormal',
  'cellVoltageAbnormal',
  'packOverTemperature',
  'highestCellVoltageAbnormal',
  'highestTemperature',
  'cellVoltageBMV',
  'temperatureBMT',
  'batteryStateAbnormal',
  'vehicleForbidsCharging',
  'pilePowerLoss',
  'timeoutBCS',
  'timeoutBCL',
  'timeoutBSM',
  'timeoutBST',
  'timeoutBSD',
  'timeoutCCS',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'unknown',
] as const; // 0x6A to 0x90
const DONE = [
  'appStop',
  'socFull',
  'energyReached',
  'amountReached',
  'timeReached',
  'manualStop',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
] as const; // 0x40 to 0x49

/** Why charging ended, in one word; `vendor` for a number that V1.6 does not list. */
export type StopReason = (typeof DONE)[number] | (typeof START_FAILURES)[number] | (typeof ABORTS)[number] | 'vendor';
/** Whether the order ended as wished, never began, or was broken off. */
export type StopKind = 'done' | 'startFailed' | 'aborted' | 'unknown';

/** Reads `stopReason` of 0x3B and 0x3D. V1.6, ch. 11 */
export function stopReason(value: number): { readonly kind: StopKind; readonly reason: StopReason } {
  const done = DONE[value - 0x40];
  if (done) return { kind: 'done', reason: done };
  const failure = START_FAILURES[value - 0x4a];
  if (failure) return { kind: 'startFailed', reason: failure };
  const abort = ABORTS[value - 0x6a];
  if (abort) return { kind: abort === 'unknown' ? 'unknown' : 'aborted', reason: abort };
  return { kind: 'unknown', reason: 'vendor' };
}

import {
  BAY,
  type BodyOf,
  GroundLockCommand,
  type GroundLockStatus,
  LOCK,
  LOCK_ALARM,
  type YkcEndpoint,
  YkcError,
} from '@evroam/gbt-adapter/ykc';
import type { Position, Report } from './lock.js';
import type { GroundLock } from './ports.js';

/** Wall time that an arm needs to move. */
const MOVE_MS = 20_000;
const POSITIONS: Readonly<Record<string, Position>> = {
  [LOCK.notInPosition]: 'between',
  [LOCK.raised]: 'raised',
  [LOCK.lowered]: 'lowered',
};
const ALARMS: Readonly<Record<string, Report['alarm']>> = {
  [LOCK_ALARM.armNotInPosition]: 'armNotInPosition',
  [LOCK_ALARM.armDamaged]: 'armDamaged',
};

/** The lock at a gun of a pile: 0x62 and 0x63. V1.6, ch. 13 */
export function ykcLock(line: YkcEndpoint<'platform'>, pileCode: string, gunNo: number): GroundLock {
  return {
    async move(to) {
      try {
        const { result } = await line.call(
          GroundLockCommand,
          { pileCode, gunNo, command: to === 'raised' ? LOCK.raised : LOCK.lowered, reserved: '00000000' },
          { timeoutMs: MOVE_MS },
        );
        return result === 1 ? 'moved' : 'refused';
      } catch (error) {
        if (error instanceof YkcError) return 'unreachable';
        throw error;
      }
    },
  };
}

/** 0x61. A lock whose detection failed counts as lowered. V1.6, 13.1 */
export function toReport({ lockStatus, parkStatus, battery, alarm }: BodyOf<typeof GroundLockStatus>): Report {
  const found = ALARMS[alarm];
  return {
    position: POSITIONS[lockStatus] ?? 'lowered',
    bay: parkStatus === BAY.occupied ? 'occupied' : parkStatus === BAY.empty ? 'empty' : 'unknown',
    batteryPercent: battery,
    ...(found === undefined ? {} : { alarm: found }),
  };
}

import type { BodyOf } from '../frame.js';
import { BAY, type GroundLockCommand, type GroundLockStatus, LOCK, LOCK_ALARM } from '../ground-lock.js';

/** A simulated ground lock at one gun. */
export interface Lock {
  readonly state: string;
  readonly bay: string;
  readonly alarm: string;
  readonly batteryPct: number;
}

export const freshLock: Lock = { state: LOCK.raised, bay: BAY.empty, alarm: LOCK_ALARM.none, batteryPct: 90 };

/** Moves the arm; a stuck one keeps its state and raises the alarm (V1.6, 13.3), one over a vehicle is not raised into it. */
export function moveLock(
  lock: Lock,
  command: BodyOf<typeof GroundLockCommand>['command'],
  isStuck: boolean,
): { lock: Lock; result: 0 | 1 } {
  if (command !== LOCK.raised && command !== LOCK.lowered) return { lock, result: 0 };
  if (isStuck) return { lock: { ...lock, alarm: LOCK_ALARM.armNotInPosition }, result: 0 };
  if (command === LOCK.raised && lock.bay === BAY.occupied) return { lock, result: 0 };
  return { lock: { ...lock, state: command, alarm: LOCK_ALARM.none }, result: 1 };
}

export function lockStatus(lock: Lock, pileCode: string, gunNo: number): BodyOf<typeof GroundLockStatus> {
  return {
    pileCode,
    gunNo,
    lockStatus: lock.state,
    parkStatus: lock.bay,
    battery: lock.batteryPct,
    alarm: lock.alarm,
    reserved: '00000000',
  };
}

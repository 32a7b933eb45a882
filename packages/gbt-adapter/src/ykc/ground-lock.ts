import { hex, uint } from '../layout/field.js';
import { defineFrame } from './frame.js';
import { failedOrOk, pileCode, u8 } from './words.js';

const reserved = hex(4, 'reserved 4');
// Here the gun is a plain number, not BCD as everywhere else.
const lockOf = { pileCode, gunNo: uint(1) };

/** Values of `lockStatus`; `command` of 0x62 uses the last two. */
export const LOCK = { notInPosition: '00', raised: '55', lowered: 'FF' } as const;
/** Values of `parkStatus`. */
export const BAY = { empty: '00', occupied: 'FF' } as const;
/** Values of `alarm`. */
export const LOCK_ALARM = { none: '00', armNotInPosition: '55', armDamaged: 'FF' } as const;

/** State of a ground lock (地锁): on a change, else every 5 min. V1.6, 13.1 */
export const GroundLockStatus = defineFrame({
  type: 0x61,
  name: 'GroundLockStatus',
  title: '地锁数据上送',
  from: 'pile',
  body: {
    ...lockOf,
    lockStatus: hex(1, 'hex 1: 00 not in position, 55 raised, FF lowered'),
    parkStatus: hex(1, 'hex 1: 00 no vehicle, FF vehicle'),
    battery: u8,
    alarm: hex(1, 'hex 1: 00 none, FF arm damaged while idle, 55 arm did not reach its position'),
    reserved,
  },
});

/** Answers 0x62 once the arm moved or failed to. V1.6, 13.3 */
export const GroundLockResult = defineFrame({
  type: 0x63,
  name: 'GroundLockResult',
  title: '充电桩返回遥控地锁结果',
  from: 'pile',
  body: { ...lockOf, result: failedOrOk, reserved },
});

/** Raises or lowers a ground lock. V1.6, 13.2 */
export const GroundLockCommand = defineFrame({
  type: 0x62,
  name: 'GroundLockCommand',
  title: '遥控地锁升锁与降锁命令',
  from: 'platform',
  answer: GroundLockResult,
  body: { ...lockOf, command: hex(1, 'hex 1: 55 raise, FF lower'), reserved },
});

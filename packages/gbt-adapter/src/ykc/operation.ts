import { ascii, code, uint } from '../layout/field.js';
import { defineFrame } from './frame.js';
import { failedOrOk, ofPile, u8, u16 } from './words.js';

const when = code({ 1: 'now', 2: 'when idle' });

/** Answers 0x52. V1.6, 10.1 */
export const WorkParametersAck = defineFrame({
  type: 0x51,
  name: 'WorkParametersAck',
  title: '充电桩工作参数设置应答',
  from: 'pile',
  body: { ...ofPile, result: failedOrOk },
});

/** Locks a pile out and bounds its power. V1.6, 10.2 */
export const WorkParameters = defineFrame({
  type: 0x52,
  name: 'WorkParameters',
  title: '充电桩工作参数设置',
  from: 'platform',
  answer: WorkParametersAck,
  body: {
    ...ofPile,
    lockOut: code({ 0: 'work normally', 1: 'disable and lock' }),
    maxPowerPct: uint(1, 0, 'BIN 1, percent of the rated power, 30 to 100'),
  },
});

/** Answers 0x92. V1.6, 11.1 */
export const RebootAck = defineFrame({
  type: 0x91,
  name: 'RebootAck',
  title: '远程重启应答',
  from: 'pile',
  body: { ...ofPile, result: failedOrOk },
});

/** Restarts a pile. V1.6, 11.2 */
export const Reboot = defineFrame({
  type: 0x92,
  name: 'Reboot',
  title: '远程重启',
  from: 'platform',
  answer: RebootAck,
  body: { ...ofPile, when },
});

/** Answers 0x94 when the update is done or has failed. V1.6, 11.3 */
export const UpdateAck = defineFrame({
  type: 0x93,
  name: 'UpdateAck',
  title: '远程更新应答',
  from: 'pile',
  body: { ...ofPile, status: code({ 0: 'ok', 1: 'wrong pile', 2: 'wrong model', 3: 'download timed out' }) },
});

/** Has a pile fetch new firmware over FTP. V1.6, 11.4 */
export const Update = defineFrame({
  type: 0x94,
  name: 'Update',
  title: '远程更新',
  from: 'platform',
  answer: UpdateAck,
  body: {
    ...ofPile,
    model: code({ 1: 'DC', 2: 'AC' }),
    powerKW: u16,
    host: ascii(16),
    port: u16,
    user: ascii(16),
    password: ascii(16),
    path: ascii(32),
    when,
    timeoutMin: u8,
  },
});

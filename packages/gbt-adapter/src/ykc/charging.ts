import { code, hex, reversedAscii } from '../layout/field.js';
import { defineFrame } from './frame.js';
import { balance, failedOrOk, logicCard, ofGun, ofTrade, physicalCard } from './words.js';

const startReply = {
  ...ofTrade,
  result: failedOrOk,
  failReason: code({ 0: 'none', 1: 'wrong pile code', 2: 'already charging', 3: 'pile fault', 4: 'offline', 5: 'not plugged in' }),
};
const startConfirm = {
  ...ofTrade,
  logicCard,
  balance,
  authOk: failedOrOk,
  failReason: code({
    0: 'none',
    1: 'no such account',
    2: 'account frozen',
    3: 'no balance',
    4: 'unsettled record on the card',
    5: 'pile disabled',
    6: 'account not allowed here',
    7: 'wrong password',
    8: 'station capacity',
    9: 'unknown VIN',
    10: 'unsettled record on the pile',
    11: 'card not supported',
  }),
};
const startRequest = {
  ...ofGun,
  startMode: code({ 1: 'card', 2: 'account', 3: 'VIN' }),
  needPassword: code({ 0: 'no', 1: 'yes' }),
  accountOrCard: hex(8, 'BIN 8: account or card UID'),
  password: hex(16, '16 bytes: lower-case 16-digit MD5'),
  vin: reversedAscii(17),
};
const remoteStart = { ...ofTrade, logicCard, physicalCard, balance };
const parallel = { parallelNo: hex(6, 'BCD 6, yyMMddHHmmss') };
const role = { role: code({ 0: 'main', 1: 'auxiliary' }) };

/** Answers 0x31: whether the driver may charge, and the order's number. V1.6, 8.2 */
export const StartConfirm = defineFrame({
  type: 0x32,
  name: 'StartConfirm',
  title: '运营平台确认启动充电',
  from: 'platform',
  body: startConfirm,
});

/** A driver at the pile asks to charge, by card, account or VIN. V1.6, 8.1 */
export const StartRequest = defineFrame({
  type: 0x31,
  name: 'StartRequest',
  title: '充电桩主动申请启动充电',
  from: 'pile',
  answer: StartConfirm,
  body: startRequest,
});

/** Answers 0x34; a second success may follow a refusal 5 within 60 s, once the plug is in. V1.6, 8.4 */
export const RemoteStartReply = defineFrame({
  type: 0x33,
  name: 'RemoteStartReply',
  title: '远程启动充电命令回复',
  from: 'pile',
  body: startReply,
});

/** Starts charging from the platform. V1.6, 8.3 */
export const RemoteStart = defineFrame({
  type: 0x34,
  name: 'RemoteStart',
  title: '运营平台远程控制启机',
  from: 'platform',
  answer: RemoteStartReply,
  body: remoteStart,
});

/** Answers 0x36. V1.6, 8.5 */
export const RemoteStopReply = defineFrame({
  type: 0x35,
  name: 'RemoteStopReply',
  title: '远程停机命令回复',
  from: 'pile',
  body: { ...ofGun, result: failedOrOk, failReason: code({ 0: 'none', 1: 'wrong pile code', 2: 'not charging', 3: 'other' }) },
});

/** Stops charging from the platform. V1.6, 8.6 */
export const RemoteStop = defineFrame({
  type: 0x36,
  name: 'RemoteStop',
  title: '运营平台远程停机',
  from: 'platform',
  answer: RemoteStopReply,
  body: ofGun,
});

/** Answers 0xA1. V1.6, 12.2 */
export const ParallelStartConfirm = defineFrame({
  type: 0xa2,
  name: 'ParallelStartConfirm',
  title: '运营平台确认并充启动充电',
  from: 'platform',
  since: '1.6',
  body: { ...startConfirm, ...parallel },
});

/** As 0x31, for two guns that feed one vehicle; each gun has its own order and bill. V1.6, 12.1 */
export const ParallelStartRequest = defineFrame({
  type: 0xa1,
  name: 'ParallelStartRequest',
  title: '充电桩主动申请并充充电',
  from: 'pile',
  since: '1.6',
  answer: ParallelStartConfirm,
  body: { ...startRequest, ...role, ...parallel },
});

/** Answers 0xA4. V1.6, 12.3 */
export const ParallelRemoteStartReply = defineFrame({
  type: 0xa3,
  name: 'ParallelRemoteStartReply',
  title: '远程并充启机命令回复',
  from: 'pile',
  since: '1.6',
  body: { ...startReply, ...role, ...parallel },
});

/** As 0x34, for two guns that feed one vehicle. V1.6, 12.4 */
export const ParallelRemoteStart = defineFrame({
  type: 0xa4,
  name: 'ParallelRemoteStart',
  title: '运营平台远程控制并充启机',
  from: 'platform',
  since: '1.6',
  answer: ParallelRemoteStartReply,
  body: { ...remoteStart, ...parallel },
});

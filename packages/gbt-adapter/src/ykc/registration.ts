import { ascii, code, hex, uint } from '../layout/field.js';
import { octets } from '../layout/list.js';
import { defineFrame } from './frame.js';
import { cp56 } from './time.js';
import { failedOrOk, ofGun, ofPile, okOrFailed, price } from './words.js';

const modelNo = hex(2, 'BCD 2');

/** Answers 0x01; on result 1 the platform closes. V1.6, 7.2 */
export const LoginAck = defineFrame({
  type: 0x02,
  name: 'LoginAck',
  title: '登录认证应答',
  from: 'platform',
  body: { ...ofPile, result: okOrFailed },
});

/** The first frame after every (re)connect; nothing else goes until 0x02 says 0. V1.6, 7.1 */
export const Login = defineFrame({
  type: 0x01,
  name: 'Login',
  title: '充电桩登录认证',
  from: 'pile',
  answer: LoginAck,
  body: {
    ...ofPile,
    pileType: code({ 0: 'DC', 1: 'AC' }),
    gunCount: uint(1),
    protocolVersionX10: uint(1, 0, 'BIN 1: 15 is V1.5, 16 V1.6, 17 V1.7'),
    softwareVersion: ascii(8),
    network: code({ 0: 'SIM card', 1: 'LAN', 2: 'WAN', 3: 'other' }),
    sim: hex(10, 'BCD 10, ICCID (real ones hold hexadecimal letters); zeros if unknown'),
    carrier: code({ 0: 'China Mobile', 2: 'Telecom', 3: 'Unicom', 4: 'other' }),
  },
});

/** Answers 0x03. V1.6, 7.4 */
export const HeartbeatAck = defineFrame({
  type: 0x04,
  name: 'HeartbeatAck',
  title: '心跳包应答',
  from: 'platform',
  body: { ...ofGun, ack: uint(1, 0, 'BIN 1: 0') },
});

/** Each gun, every 10 s; three missed and the line is dead. V1.6, 7.3 */
export const Heartbeat = defineFrame({
  type: 0x03,
  name: 'Heartbeat',
  title: '充电桩心跳包',
  from: 'pile',
  answer: HeartbeatAck,
  body: { ...ofGun, gunStatus: code({ 0: 'normal', 1: 'fault' }) },
});

/** Answers 0x05. V1.6, 7.6 */
export const BillingModelCheckAck = defineFrame({
  type: 0x06,
  name: 'BillingModelCheckAck',
  title: '计费模型验证请求应答',
  from: 'platform',
  body: { ...ofPile, modelNo, result: code({ 0: 'the same', 1: 'different' }) },
});

/** Asks whether the pile's billing model is still the platform's; 0000 on first connect. V1.6, 7.5 */
export const BillingModelCheck = defineFrame({
  type: 0x05,
  name: 'BillingModelCheck',
  title: '计费模型验证请求',
  from: 'pile',
  answer: BillingModelCheckAck,
  body: { ...ofPile, modelNo },
});

/** Four price bands (尖峰平谷) and which of them holds in each half hour of a day. */
const model = {
  ...ofPile,
  modelNo,
  sharpElecPrice: price,
  sharpServicePrice: price,
  peakElecPrice: price,
  peakServicePrice: price,
  flatElecPrice: price,
  flatServicePrice: price,
  valleyElecPrice: price,
  valleyServicePrice: price,
  lossRatio: uint(1, 0, 'BIN 1, percent added to energy; 0 is not supported'),
  slots48: octets(48, '48 x BIN 1, half hours from 00:00: 0 sharp, 1 peak, 2 flat, 3 valley'),
};

/** Answers 0x09. V1.6, 7.8 */
export const BillingModelReply = defineFrame({
  type: 0x0a,
  name: 'BillingModelReply',
  title: '计费模型请求应答',
  from: 'platform',
  body: model,
});

/** Asks for the billing model, after 0x06 said that it differs. V1.6, 7.7 */
export const BillingModelRequest = defineFrame({
  type: 0x09,
  name: 'BillingModelRequest',
  title: '充电桩计费模型请求',
  from: 'pile',
  answer: BillingModelReply,
  body: ofPile,
});

/** Answers 0x58. V1.6, 10.5 */
export const BillingModelAck = defineFrame({
  type: 0x57,
  name: 'BillingModelAck',
  title: '计费模型应答',
  from: 'pile',
  body: { ...ofPile, result: failedOrOk },
});

/** Sets the billing model of a pile. V1.6, 10.6 */
export const BillingModelSet = defineFrame({
  type: 0x58,
  name: 'BillingModelSet',
  title: '计费模型设置',
  from: 'platform',
  answer: BillingModelAck,
  body: model,
});

/** Answers 0x56 with the pile's own time. V1.6, 10.3 */
export const TimeSyncAck = defineFrame({
  type: 0x55,
  name: 'TimeSyncAck',
  title: '对时设置应答',
  from: 'pile',
  body: { ...ofPile, time: cp56 },
});

/** Sets the clock of a pile: after login, then daily. V1.6, 10.4 */
export const TimeSync = defineFrame({
  type: 0x56,
  name: 'TimeSync',
  title: '对时设置',
  from: 'platform',
  answer: TimeSyncAck,
  body: { ...ofPile, time: cp56 },
});

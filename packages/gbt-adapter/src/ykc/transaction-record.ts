import { ascii, code, hex, uint } from '../layout/field.js';
import { defineFrame } from './frame.js';
import { cp56 } from './time.js';
import { amount, energy, meter, ofTrade, physicalCard, price, tradeNo } from './words.js';

const record = {
  sharpPrice: price,
  sharpEnergy: energy,
  sharpLossEnergy: energy,
  sharpAmount: amount,
  peakPrice: price,
  peakEnergy: energy,
  peakLossEnergy: energy,
  peakAmount: amount,
  flatPrice: price,
  flatEnergy: energy,
  flatLossEnergy: energy,
  flatAmount: amount,
  valleyPrice: price,
  valleyEnergy: energy,
  valleyLossEnergy: energy,
  valleyAmount: amount,
  meterStart: meter,
  meterEnd: meter,
  totalEnergy: energy,
  totalLossEnergy: energy,
  totalAmount: amount,
  vin: ascii(17),
  startType: code({ 1: 'app', 2: 'card', 4: 'offline card', 5: 'VIN' }),
  tradeTime: cp56,
  stopReason: uint(1, 0, 'BIN 1, V1.6 ch. 11 (stopReason)'),
  physicalCard,
};

/** Answers 0x3B and 0x3D: until it comes, the pile sends its record again. V1.6, 8.8 */
export const TransactionRecordAck = defineFrame({
  type: 0x40,
  name: 'TransactionRecordAck',
  title: '交易记录确认',
  from: 'platform',
  body: { tradeNo, result: code({ 0: 'ok', 1: 'illegal record' }) },
});

/** The bill of an order: after every start attempt, within 30 s of its end. Idempotent by trade number. Prices hold electricity and service. V1.6, 8.7 */
export const TransactionRecord = defineFrame({
  type: 0x3b,
  name: 'TransactionRecord',
  title: '交易记录',
  from: 'pile',
  answer: TransactionRecordAck,
  body: { ...ofTrade, startTime: cp56, endTime: cp56, ...record },
});

/** The bill of a V1.7 pile: 0x3B with the meter's own signed reading after the end time. */
export const MeteredTransactionRecord = defineFrame({
  type: 0x3d,
  name: 'MeteredTransactionRecord',
  title: '交易记录（V1.7）',
  from: 'pile',
  since: '1.7',
  answer: TransactionRecordAck,
  body: {
    ...ofTrade,
    startTime: cp56,
    endTime: cp56,
    meterNo: hex(6, 'BCD 6'),
    meterCipher: hex(34, '34 bytes, ciphertext of the meter'),
    meterProtocolVersion: uint(2),
    encryptMethod: uint(1),
    ...record,
  },
});

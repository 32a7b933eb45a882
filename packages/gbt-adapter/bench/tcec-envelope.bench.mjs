// The T/CEC 102 envelope around 1 kB of JSON. Bar: 0.85 of bare node:crypto, base64 and JSON.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { memoryGuard, openData, readRequest, sealRequest, verify } from '../dist/tcec102/index.js';
import { bar, compare } from './compare.mjs';

const keys = {
  operatorId: '123456789',
  operatorSecret: '1234567890abcdef',
  dataSecret: '1234567890abcdef',
  dataSecretIV: '1234567890abcdef',
  sigSecret: '1234567890abcdef',
};
const data = JSON.stringify({
  CheckOrderSeq: '123456789202610090000000001',
  ChargeOrders: Array.from({ length: 12 }, (_, i) => ({
    StartChargeSeq: `1234567892026100900000000${10 + i}`,
    TotalPower: 12.34,
    TotalMoney: 15.67,
  })),
});
const at = { timeStamp: '20261009120000', seq: '0001' };
const now = new Date('2026-10-09T04:00:00Z');
const text = JSON.stringify(sealRequest(keys, data, at));

const sealBare = () => {
  const cipher = createCipheriv('aes-128-cbc', keys.dataSecret, keys.dataSecretIV);
  const Data = cipher.update(data, 'utf8', 'base64') + cipher.final('base64');
  const Sig = createHmac('md5', keys.sigSecret)
    .update(keys.operatorId + Data + at.timeStamp + at.seq)
    .digest('hex')
    .toUpperCase();
  return JSON.stringify({ OperatorID: keys.operatorId, Data, TimeStamp: at.timeStamp, Seq: at.seq, Sig });
};
const openBare = () => {
  const { OperatorID, Data, TimeStamp, Seq, Sig } = JSON.parse(text);
  if (
    createHmac('md5', keys.sigSecret)
      .update(OperatorID + Data + TimeStamp + Seq)
      .digest('hex')
      .toUpperCase() !== Sig
  )
    throw new Error('signature');
  const decipher = createDecipheriv('aes-128-cbc', keys.dataSecret, keys.dataSecretIV);
  return JSON.parse(decipher.update(Data, 'base64', 'utf8') + decipher.final('utf8'));
};
if (sealBare() !== text || JSON.stringify(openData(keys, readRequest(JSON.parse(text)).Data)) !== data) throw new Error('the two disagree');

console.log(`# ${data.length} bytes of JSON, ${text.length} in the envelope`);
const sealing = compare('seal', { 'bare node:crypto': sealBare, sealRequest: () => JSON.stringify(sealRequest(keys, data, at)) });
const opening = compare('open', {
  'bare node:crypto': openBare,
  'readRequest, verify, openData': () => {
    const envelope = readRequest(JSON.parse(text));
    return openData(verify(envelope, keys, now), envelope.Data);
  },
});
const guard = memoryGuard();
const map = new Map();
let count = 0;
const next = () => {
  count += 1;
  return String(count);
};
const guarding = compare('the replay guard alone', {
  'Map.set': () => {
    if (map.size > 2e5) map.clear();
    return map.set(`123456789 20261009120000 ${next()}`, 1);
  },
  isFirst: () => {
    guard.isFirst('123456789', '20261009120000', next(), now);
    return true;
  },
});
bar('seal', sealing.sealRequest, 0.85);
bar('open', opening['readRequest, verify, openData'], 0.85);
console.log(`the guard: ${guarding.isFirst.ops} per CPU second`);

import { code } from '../layout/field.js';
import { counted, filling } from '../layout/list.js';
import { fields, nested } from '../layout/struct.js';
import { defineFrame } from './frame.js';
import { balance, failedOrOk, logicCard, ofGun, ofPile, physicalCard } from './words.js';

const cardsOf = (most: number) => counted(nested(fields({ physical: physicalCard })), most);

/** Answers 0x42. V1.6, 9.1 */
export const BalanceUpdateAck = defineFrame({
  type: 0x41,
  name: 'BalanceUpdateAck',
  title: '余额更新应答',
  from: 'pile',
  body: { ...ofPile, physicalCard, result: code({ 0: 'ok', 1: 'wrong pile', 2: 'wrong card' }) },
});

/** Tells a charging gun that the driver's balance changed; card zeros: do not compare it. V1.6, 9.2 */
export const BalanceUpdate = defineFrame({
  type: 0x42,
  name: 'BalanceUpdate',
  title: '远程账户余额更新',
  from: 'platform',
  answer: BalanceUpdateAck,
  body: { ...ofGun, physicalCard, balance },
});

/** Answers 0x44. V1.6, 9.3 */
export const CardSyncAck = defineFrame({
  type: 0x43,
  name: 'CardSyncAck',
  title: '离线卡数据同步应答',
  from: 'pile',
  body: { ...ofPile, result: failedOrOk, failReason: code({ 1: 'bad format', 2: 'no space' }) },
});

/** Gives a pile the cards that may charge while it is offline, 15 at most. V1.6, 9.4 */
export const CardSync = defineFrame({
  type: 0x44,
  name: 'CardSync',
  title: '离线卡数据同步',
  from: 'platform',
  answer: CardSyncAck,
  body: { ...ofPile, cards: counted(nested(fields({ logic: logicCard, physical: physicalCard })), 15) },
});

/** Answers 0x46 card by card; the list has no count and runs to the end of the frame. V1.6, 9.5 */
export const CardClearAck = defineFrame({
  type: 0x45,
  name: 'CardClearAck',
  title: '离线卡数据清除应答',
  from: 'pile',
  body: {
    ...ofPile,
    cards: filling(nested(fields({ physical: physicalCard, cleared: failedOrOk, reason: code({ 1: 'bad format', 2: 'cleared' }) })), 24),
  },
});

/** Takes offline cards away, 24 at most. V1.6, 9.6 */
export const CardClear = defineFrame({
  type: 0x46,
  name: 'CardClear',
  title: '离线卡数据清除',
  from: 'platform',
  answer: CardClearAck,
  body: { ...ofPile, cards: cardsOf(24) },
});

/** Answers 0x48 card by card, without a count as 0x45. V1.6, 9.7 */
export const CardQueryAck = defineFrame({
  type: 0x47,
  name: 'CardQueryAck',
  title: '离线卡数据查询应答',
  from: 'pile',
  body: { ...ofPile, cards: filling(nested(fields({ physical: physicalCard, exists: code({ 0: 'no', 1: 'yes' }) })), 26) },
});

/** Asks which offline cards a pile has, 26 at most. V1.6, 9.8 */
export const CardQuery = defineFrame({
  type: 0x48,
  name: 'CardQuery',
  title: '离线卡数据查询',
  from: 'platform',
  answer: CardQueryAck,
  body: { ...ofPile, cards: cardsOf(26) },
});

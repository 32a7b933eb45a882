import { defineInterface } from './interface.js';
import { codes, dateTime, decimal, fixed, integer, list, object, optional, text, timeOfDay } from './schema.js';

/** OperatorID and 18 characters of its own: the key by which a repeat is known. */
const seq = fixed(27);
const connectorId = text(26, 50);
const succ = codes(0, 1);
/** 1 starting, 2 charging, 3 stopping, 4 ended, 5 unknown. */
const orderState = codes(1, 2, 3, 4, 5);
const MOST_DETAILS = 32;

/** One period of an order. `SevicePrice` and `DetailSeviceMoney` are the standard's own spelling. T/CEC 102.3-2016, 充电明细 */
export const ChargeDetail = object({
  DetailStartTime: dateTime,
  DetailEndTime: dateTime,
  ElecPrice: optional(decimal(4)),
  SevicePrice: optional(decimal(4)),
  DetailPower: decimal(2),
  DetailElecMoney: optional(decimal(2)),
  DetailSeviceMoney: optional(decimal(2)),
});

/** From `StartTime` to the next period's, the last one until midnight; prices in CNY per kWh. T/CEC 102.3-2016, 业务策略 */
export const PolicyInfo = object({ StartTime: timeOfDay, ElecPrice: decimal(4), SevicePrice: decimal(4) });

/** An order as it runs. Query and notification share it. T/CEC 102.3-2016, 充电状态 */
export const ChargeStatus = object({
  StartChargeSeq: seq,
  StartChargeSeqStat: orderState,
  ConnectorID: connectorId,
  ConnectorStatus: codes(1, 2, 3, 4, 255),
  CurrentA: decimal(1),
  CurrentB: optional(decimal(1)),
  CurrentC: optional(decimal(1)),
  VoltageA: decimal(1),
  VoltageB: optional(decimal(1)),
  VoltageC: optional(decimal(1)),
  Soc: decimal(1),
  StartTime: dateTime,
  EndTime: dateTime,
  TotalPower: decimal(2),
  ElecMoney: optional(decimal(2)),
  SeviceMoney: optional(decimal(2)),
  TotalMoney: optional(decimal(2)),
  SumPeriod: optional(integer),
  ChargeDetails: optional(list(ChargeDetail, MOST_DETAILS)),
});

/** Whether a gun can charge now. FailReason 1: not plugged in, 2: a device check failed. T/CEC 102.3-2016, 请求设备认证 */
export const queryEquipAuth = defineInterface({
  name: 'query_equip_auth',
  from: 'U',
  request: object({ EquipAuthSeq: seq, ConnectorID: connectorId }),
  response: object({ EquipAuthSeq: seq, ConnectorID: connectorId, SuccStat: succ, FailReason: integer }),
  echoes: ['EquipAuthSeq', 'ConnectorID'],
});

/** The price periods of a gun. FailReason 1: it has none. T/CEC 102.3-2016, 查询业务策略信息 */
export const queryEquipBusinessPolicy = defineInterface({
  name: 'query_equip_business_policy',
  from: 'U',
  request: object({ EquipBizSeq: seq, ConnectorID: connectorId }),
  response: object({
    EquipBizSeq: seq,
    ConnectorID: connectorId,
    SuccStat: succ,
    FailReason: integer,
    SumPeriod: integer,
    PolicyInfos: list(PolicyInfo, MOST_DETAILS),
  }),
  echoes: ['EquipBizSeq', 'ConnectorID'],
});

/** Starts charging. FailReason 1: no such device, 2: offline. The result comes later. T/CEC 102.3-2016, 请求启动充电 */
export const queryStartCharge = defineInterface({
  name: 'query_start_charge',
  from: 'U',
  request: object({ StartChargeSeq: seq, ConnectorID: connectorId, QRCode: optional(text(200)) }),
  response: object({ StartChargeSeq: seq, StartChargeSeqStat: orderState, ConnectorID: connectorId, SuccStat: succ, FailReason: integer }),
  echoes: ['StartChargeSeq', 'ConnectorID'],
});

/** Tells whether the start came to anything. T/CEC 102.3-2016, 推送启动充电结果 */
export const notificationStartChargeResult = defineInterface({
  name: 'notification_start_charge_result',
  from: 'I',
  request: object({
    StartChargeSeq: seq,
    StartChargeSeqStat: orderState,
    ConnectorID: connectorId,
    StartTime: dateTime,
    IdentCode: optional(text(50)),
  }),
  response: object({ StartChargeSeq: seq, SuccStat: succ, FailReason: integer }),
  echoes: ['StartChargeSeq'],
});

/** How an order runs. T/CEC 102.3-2016, 查询充电状态 */
export const queryEquipChargeStatus = defineInterface({
  name: 'query_equip_charge_status',
  from: 'U',
  request: object({ StartChargeSeq: seq }),
  response: ChargeStatus,
  echoes: ['StartChargeSeq'],
});

/** The same, pushed from time to time. T/CEC 102.3-2016, 推送充电状态 */
export const notificationEquipChargeStatus = defineInterface({
  name: 'notification_equip_charge_status',
  from: 'I',
  request: ChargeStatus,
  response: object({ StartChargeSeq: seq, SuccStat: succ }),
  echoes: ['StartChargeSeq'],
});

/** Stops charging. FailReason 1: no such device, 2: offline, 3: stopped already. T/CEC 102.3-2016, 请求停止充电 */
export const queryStopCharge = defineInterface({
  name: 'query_stop_charge',
  from: 'U',
  request: object({ StartChargeSeq: seq, ConnectorID: connectorId }),
  response: object({ StartChargeSeq: seq, StartChargeSeqStat: orderState, SuccStat: succ, FailReason: integer }),
  echoes: ['StartChargeSeq'],
});

/** Tells whether the stop came to anything. T/CEC 102.3-2016, 推送停止充电结果 */
export const notificationStopChargeResult = defineInterface({
  name: 'notification_stop_charge_result',
  from: 'I',
  request: object({ StartChargeSeq: seq, StartChargeSeqStat: orderState, ConnectorID: connectorId, SuccStat: succ, FailReason: integer }),
  response: object({ StartChargeSeq: seq, SuccStat: succ, FailReason: integer }),
  echoes: ['StartChargeSeq'],
});

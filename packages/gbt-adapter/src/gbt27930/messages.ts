import { uint } from '../layout/field.js';
import { filling } from '../layout/list.js';
import { fields, nested } from '../layout/struct.js';
import { defineMessage, type Message } from './message.js';
import * as shape from './shapes.js';

// Handshake. GB/T 27930-2015, 10.1
export const CHM = defineMessage({
  name: 'CHM',
  title: '充电机握手',
  pgn: 0x2600,
  priority: 6,
  from: 'charger',
  periodMs: 250,
  body: shape.chm,
});
export const BHM = defineMessage({ name: 'BHM', title: '车辆握手', pgn: 0x2700, priority: 6, from: 'bms', periodMs: 250, body: shape.bhm });
export const CRM = defineMessage({
  name: 'CRM',
  title: '充电机辨识',
  pgn: 0x0100,
  priority: 6,
  from: 'charger',
  periodMs: 250,
  body: shape.crm,
  least: 5,
});
/** The standard declares 41 bytes, the software version then makes it 49; that is what all send. */
export const BRM = defineMessage({
  name: 'BRM',
  title: 'BMS和车辆辨识',
  pgn: 0x0200,
  priority: 7,
  from: 'bms',
  periodMs: 250,
  body: shape.brm,
  least: 8,
});

// Configuration. 10.2
export const BCP = defineMessage({
  name: 'BCP',
  title: '动力蓄电池充电参数',
  pgn: 0x0600,
  priority: 7,
  from: 'bms',
  periodMs: 500,
  body: shape.bcp,
});
export const CTS = defineMessage({
  name: 'CTS',
  title: '充电机发送时间同步信息',
  pgn: 0x0700,
  priority: 6,
  from: 'charger',
  periodMs: 500,
  body: shape.cts,
});
/** 6 bytes, without the least current, in the 2011 edition. */
export const CML = defineMessage({
  name: 'CML',
  title: '充电机最大输出能力',
  pgn: 0x0800,
  priority: 6,
  from: 'charger',
  periodMs: 250,
  body: shape.cml,
  least: 6,
});
export const BRO = defineMessage({
  name: 'BRO',
  title: '电池充电准备就绪状态',
  pgn: 0x0900,
  priority: 4,
  from: 'bms',
  periodMs: 250,
  body: shape.bro,
});
export const CRO = defineMessage({
  name: 'CRO',
  title: '充电机输出准备就绪状态',
  pgn: 0x0a00,
  priority: 4,
  from: 'charger',
  periodMs: 250,
  body: shape.cro,
});

// Charging. 10.3
export const BCL = defineMessage({
  name: 'BCL',
  title: '电池充电需求',
  pgn: 0x1000,
  priority: 6,
  from: 'bms',
  periodMs: 50,
  body: shape.bcl,
});
export const BCS = defineMessage({
  name: 'BCS',
  title: '电池充电总状态',
  pgn: 0x1100,
  priority: 7,
  from: 'bms',
  periodMs: 250,
  body: shape.bcs,
});
/** 7 or 8 bytes on the wire; 6 in the 2011 edition, where `chargingAllowed` then reads 3. */
export const CCS = defineMessage({
  name: 'CCS',
  title: '充电机充电状态',
  pgn: 0x1200,
  priority: 6,
  from: 'charger',
  periodMs: 50,
  body: { ...shape.ccs, ...shape.ccsEnd },
  least: 6,
});
export const BSM = defineMessage({
  name: 'BSM',
  title: '动力蓄电池状态信息',
  pgn: 0x1300,
  priority: 6,
  from: 'bms',
  periodMs: 250,
  body: shape.bsm,
});
export const BMV = defineMessage({
  name: 'BMV',
  title: '单体动力蓄电池电压',
  pgn: 0x1500,
  priority: 7,
  from: 'bms',
  periodMs: 10_000,
  body: { cells: filling(nested(fields(shape.cell)), 256) },
});
export const BMT = defineMessage({
  name: 'BMT',
  title: '动力蓄电池温度',
  pgn: 0x1600,
  priority: 7,
  from: 'bms',
  periodMs: 10_000,
  body: shape.bmt,
});
export const BSP = defineMessage({
  name: 'BSP',
  title: '动力蓄电池预留报文',
  pgn: 0x1700,
  priority: 7,
  from: 'bms',
  periodMs: 10_000,
  body: shape.bsp,
});
export const BST = defineMessage({
  name: 'BST',
  title: 'BMS中止充电',
  pgn: 0x1900,
  priority: 4,
  from: 'bms',
  periodMs: 10,
  body: shape.bst,
});
export const CST = defineMessage({
  name: 'CST',
  title: '充电机中止充电',
  pgn: 0x1a00,
  priority: 4,
  from: 'charger',
  periodMs: 10,
  body: shape.cst,
});

// End. 10.4
export const BSD = defineMessage({
  name: 'BSD',
  title: 'BMS统计数据',
  pgn: 0x1c00,
  priority: 6,
  from: 'bms',
  periodMs: 250,
  body: shape.bsd,
});
export const CSD = defineMessage({
  name: 'CSD',
  title: '充电机统计数据',
  pgn: 0x1d00,
  priority: 6,
  from: 'charger',
  periodMs: 250,
  body: shape.csd,
});

// Errors. 10.5
export const BEM = defineMessage({
  name: 'BEM',
  title: 'BMS错误报文',
  pgn: 0x1e00,
  priority: 2,
  from: 'bms',
  periodMs: 250,
  body: shape.bem,
});
export const CEM = defineMessage({
  name: 'CEM',
  title: '充电机错误报文',
  pgn: 0x1f00,
  priority: 2,
  from: 'charger',
  periodMs: 250,
  body: shape.cem,
});

/** Diagnostics carry opaque bytes: no capture of one is public. Annex B */
const diagnostic = (name: string, title: string, pgn: number) =>
  defineMessage({ name, title, pgn, priority: 6, from: 'either', body: { bytes: filling(uint(1), 1785) } });
export const DM1 = diagnostic('DM1', '当前故障码', 0x2000);
export const DM2 = diagnostic('DM2', '历史故障码', 0x2100);
export const DM3 = diagnostic('DM3', '诊断准备就绪', 0x2200);
export const DM4 = diagnostic('DM4', '当前故障码清除', 0x2300);
export const DM5 = diagnostic('DM5', '历史故障码清除', 0x2400);
export const DM6 = diagnostic('DM6', '停帧参数', 0x2500);

/** The 22 messages of 2015, then the six of annex B. */
export const MESSAGES: readonly Message[] = [
  ...[CHM, BHM, CRM, BRM, BCP, CTS, CML, BRO, CRO, BCL, BCS, CCS, BSM, BMV, BMT, BSP, BST, CST, BSD, CSD, BEM, CEM],
  ...[DM1, DM2, DM3, DM4, DM5, DM6],
];

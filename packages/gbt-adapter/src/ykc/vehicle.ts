import { bcl, bcp, bcs, bem, brm, bsd, bsm, bst, ccs, cem, cml, csd, cst } from '../gbt27930/shapes.js';
import { defineFrame } from './frame.js';
import { ofTrade } from './words.js';

/** What the vehicle told the charger, handed on: the fields are those of GB/T 27930. Two messages in one frame carry a prefix each. */
function prefixed<P extends string, S extends object>(prefix: P, shape: S): { [K in keyof S & string as `${P}${Capitalize<K>}`]: S[K] } {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [`${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`, field]),
  ) as {
    [K in keyof S & string as `${P}${Capitalize<K>}`]: S[K];
  };
}

/** Handshake: BRM. V1.6, 7.11 */
export const VehicleHandshake = defineFrame({
  type: 0x15,
  name: 'VehicleHandshake',
  title: '充电握手',
  from: 'pile',
  body: { ...ofTrade, ...brm },
});

/** Parameters: BCP, then CML. V1.6, 7.12 */
export const VehicleParameters = defineFrame({
  type: 0x17,
  name: 'VehicleParameters',
  title: '参数配置',
  from: 'pile',
  body: { ...ofTrade, ...bcp, ...prefixed('pile', cml) },
});

/** End of charging: BSD, then CSD. V1.6, 7.13 */
export const ChargingEnd = defineFrame({
  type: 0x19,
  name: 'ChargingEnd',
  title: '充电结束',
  from: 'pile',
  body: { ...ofTrade, ...bsd, ...csd },
});

/** Time-outs on the CAN line: BEM, then CEM. V1.6, 7.14 */
export const VehicleErrors = defineFrame({
  type: 0x1b,
  name: 'VehicleErrors',
  title: '错误报文',
  from: 'pile',
  body: { ...ofTrade, ...prefixed('bem', bem), ...prefixed('cem', cem) },
});

/** The vehicle stopped: BST. V1.6, 7.15 */
export const VehicleStop = defineFrame({
  type: 0x1d,
  name: 'VehicleStop',
  title: '充电阶段BMS中止',
  from: 'pile',
  body: { ...ofTrade, ...bst },
});

/** The charger stopped: CST. V1.6, 7.16 */
export const ChargerStop = defineFrame({
  type: 0x21,
  name: 'ChargerStop',
  title: '充电阶段充电机中止',
  from: 'pile',
  body: { ...ofTrade, ...cst },
});

/** Demand and output: BCL, BCS, and CCS without its last byte; every 15 s while charging (DC). V1.6, 7.17 */
export const VehicleDemand = defineFrame({
  type: 0x23,
  name: 'VehicleDemand',
  title: '充电过程BMS需求、充电机输出',
  from: 'pile',
  body: { ...ofTrade, ...bcl, ...bcs, ...ccs },
});

/** Battery state: BSM; every 15 s while charging (DC). V1.6, 7.18 */
export const BatteryState = defineFrame({
  type: 0x25,
  name: 'BatteryState',
  title: '充电过程BMS信息',
  from: 'pile',
  body: { ...ofTrade, ...bsm },
});

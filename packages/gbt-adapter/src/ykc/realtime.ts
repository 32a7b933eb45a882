import { code, decimal, hex, uint } from '../layout/field.js';
import { defineFrame } from './frame.js';
import { amount, energy, ofGun, ofTrade, u8, u16 } from './words.js';

const celsius = (what: string) => uint(1, 50, `BIN 1, °C, offset -50: ${what}`);

/** Live data of a gun: every 5 min idle, every 15 s charging, at once on a change and on 0x12. V1.6, 7.10 */
export const RealtimeData = defineFrame({
  type: 0x13,
  name: 'RealtimeData',
  title: '上传实时监测数据',
  from: 'pile',
  isReport: true,
  body: {
    ...ofTrade,
    status: code({ 0: 'offline', 1: 'fault', 2: 'idle', 3: 'charging' }),
    gunHomed: code({ 0: 'no', 1: 'yes', 2: 'unknown' }),
    plugged: code({ 0: 'no', 1: 'yes' }),
    voltage: decimal(2, 1, 'V'),
    current: decimal(2, 1, 'A'),
    cableTempC: celsius('gun cable; a zero byte when not available'),
    cableCode: hex(8, 'BIN 8'),
    soc: u8,
    batteryMaxTempC: celsius('battery; a zero byte when not available'),
    elapsedMin: u16,
    remainingMin: u16,
    energyKWh: energy,
    lossEnergyKWh: energy,
    amount,
    hardwareFault: u16,
  },
});

/** Asks for 0x13 now. V1.6, 7.9 */
export const ReadRealtimeData = defineFrame({
  type: 0x12,
  name: 'ReadRealtimeData',
  title: '读取实时监测数据',
  from: 'platform',
  answer: RealtimeData,
  body: ofGun,
});

/** Bits of `hardwareFault`, from 1 as the standard counts. V1.6, 7.10 */
export const HARDWARE_FAULTS = [
  'emergencyStop',
  'noRectifierModule',
  'airOutletTooHot',
  'acSurgeArrester',
  'moduleComm',
  'insulationModuleComm',
  'meterComm',
  'cardReaderComm',
  'rc10Comm',
  'fanBoard',
  'dcFuse',
  'highVoltageContactor',
  'doorOpen',
] as const;
export type HardwareFault = (typeof HARDWARE_FAULTS)[number];

/** The names of a fault word; `firstMask` 2 is for vendors that count bit 1 as the second lowest. */
export function hardwareFaults(word: number, firstMask: 1 | 2 = 1): readonly HardwareFault[] {
  return HARDWARE_FAULTS.filter((_, i) => (word & (firstMask << i)) !== 0);
}

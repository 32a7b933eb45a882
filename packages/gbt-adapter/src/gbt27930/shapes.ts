import { decimal, type Field, FieldError, HEX, hex, known, reserved, uint } from '../layout/field.js';
import { filling } from '../layout/list.js';
import { flag, packed, part } from '../layout/packed.js';

/** Bits that no field owns go out as ones. GB/T 27930-2015, 7.9 */
export const FILLER = 0xff;

const volts = decimal(2, 1, 'V');
/** Positive is discharge; a charging current is negative. GB/T 27930-2015, 4.5 */
const amperes = decimal(2, 1, 'A', 4000);
const cellVolts = decimal(2, 2, 'V');
const celsius = uint(1, 50, 'BIN 1, °C, offset -50');
const minutes = uint(2, 0, 'BIN 2, min');

/** Version bytes 01 01 00 are V1.1: the first byte, then the other two as a number. */
const version: Field<string> = {
  size: 3,
  says: 'BIN 3, protocol version',
  read: (bytes, at) => `${bytes[at]}.${bytes[at + 1]! | (bytes[at + 2]! << 8)}`,
  write: (bytes, at, value) => {
    const match = typeof value === 'string' ? /^(\d{1,3})\.(\d{1,5})$/.exec(value) : null;
    const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
    if (!(major <= 255 && minor <= 65535)) throw new FieldError(`${JSON.stringify(value)} is not a version such as 1.1`);
    bytes[at] = major;
    bytes[at + 1] = minor;
    bytes[at + 2] = minor >>> 8;
  },
};

/** 17 characters, or null where the vehicle fills it with ones or with zeros: both mean that it does not tell. */
const vin: Field<string | null> = {
  size: 17,
  says: 'ASCII 17, or absent',
  read: (bytes, at) => {
    const raw = bytes.subarray(at, at + 17);
    return raw.every((byte) => byte === 0) || raw.every((byte) => byte === 0xff) ? null : Buffer.from(raw).toString('latin1');
  },
  write: (bytes, at, value) => {
    if (value === null) return void bytes.fill(0xff, at, at + 17);
    if (typeof value !== 'string' || value.length !== 17) throw new FieldError(`${JSON.stringify(value)} is not a text of 17 characters`);
    for (let i = 0; i < 17; i += 1) {
      if (value.charCodeAt(i) > 255) throw new FieldError(`${JSON.stringify(value)} is not a text of single-byte characters`);
      bytes[at + i] = value.charCodeAt(i);
    }
  },
};

/** Packed BCD, low byte first; null where the bytes are none, as the FF of a charger without a clock and what some send in binary. */
function clock(size: 1 | 2, says: string): Field<number | null> {
  return {
    size,
    says,
    read: (bytes, at) => {
      let value = 0;
      for (let i = size - 1; i >= 0; i -= 1) {
        const byte = bytes[at + i]!;
        if (byte > 0x99 || (byte & 15) > 9) return null;
        value = value * 100 + Number(HEX[byte]);
      }
      return value;
    },
    write: (bytes, at, value) => {
      if (value === null) return void bytes.fill(0xff, at, at + size);
      if (!Number.isInteger(value) || value < 0 || value >= 100 ** size)
        throw new FieldError(`${value} is not a number of ${size * 2} digits`);
      for (let i = 0, rest = value; i < size; i += 1, rest = Math.floor(rest / 100))
        bytes[at + i] = Number.parseInt(String(rest % 100), 16);
    },
  };
}

export const chm = { version };
export const bhm = { maxAllowedTotalVoltageV: volts };
export const crm = {
  result: hex(1, 'hex 1: 00 not identified, AA identified'),
  chargerNo: uint(4),
  areaCode: known(hex(3, 'hex 3, usually ASCII')),
};
export const brm = {
  version,
  batteryType: uint(1, 0, 'BIN 1: 1 lead-acid, 2 NiMH, 3 LFP, 4 LMO, 5 LCO, 6 ternary, 7 polymer, 8 LTO, 255 other'),
  ratedCapacityAh: decimal(2, 1, 'Ah'),
  ratedTotalVoltageV: volts,
  manufacturer: known(hex(4, 'hex 4, usually ASCII')),
  packSerial: known(hex(4)),
  productionYear: known(uint(1, -1985, 'BIN 1, year from 1985')),
  productionMonth: known(uint(1)),
  productionDay: known(uint(1)),
  chargeCount: known(uint(3)),
  property: known(uint(1, 0, 'BIN 1: 0 leased, 1 owned')),
  reserved: reserved(1, FILLER),
  vin,
  softwareVersion: known(hex(8, 'hex 8: serial, day, month, year')),
};
export const bcp = {
  maxCellVoltageV: cellVolts,
  maxCurrentA: amperes,
  nominalEnergyKWh: decimal(2, 1, 'kWh'),
  maxTotalVoltageV: volts,
  maxTempC: celsius,
  socPct: decimal(2, 1, '%'),
  presentVoltageV: volts,
};
export const cts = {
  second: clock(1, 'BCD 1'),
  minute: clock(1, 'BCD 1'),
  hour: clock(1, 'BCD 1'),
  day: clock(1, 'BCD 1'),
  month: clock(1, 'BCD 1'),
  year: clock(2, 'BCD 2, low byte first'),
};
export const cml = { maxVoltageV: volts, minVoltageV: volts, maxCurrentA: amperes, minCurrentA: amperes };
const ready = hex(1, 'hex 1: 00 not ready, AA ready, FF invalid');
export const bro = { ready };
export const cro = { ready };

export const bcl = { voltageDemandV: volts, currentDemandA: amperes, mode: uint(1, 0, 'BIN 1: 1 constant voltage, 2 constant current') };
export const bcs = {
  measuredVoltageV: volts,
  measuredCurrentA: amperes,
  ...packed(2, { maxCellVoltageV: part(1, 1, 12, 2, 'V'), maxCellGroup: part(2, 5, 4) }),
  socPct: uint(1, 0, 'BIN 1, %'),
  remainingMin: minutes,
};
export const ccs = { outputVoltageV: volts, outputCurrentA: amperes, elapsedMin: minutes };
export const ccsEnd = packed(2, { chargingAllowed: flag(1, 1) });
export const bsm = {
  maxCellVoltageNo: uint(1, -1, 'BIN 1, from 1'),
  maxTempC: celsius,
  maxTempPointNo: uint(1, -1, 'BIN 1, from 1'),
  minTempC: celsius,
  minTempPointNo: uint(1, -1, 'BIN 1, from 1'),
  ...packed(2, {
    cellVoltageState: flag(1, 1),
    socState: flag(1, 3),
    overCurrent: flag(1, 5),
    overTemp: flag(1, 7),
    insulation: flag(2, 1),
    connector: flag(2, 3),
    chargingAllowed: flag(2, 5),
  }),
};
const cell = packed(2, { voltageV: part(1, 1, 12, 2, 'V'), group: part(2, 5, 4) });

export { cell };
export const bmt = { temperaturesC: filling(celsius, 128) };
export const bsp = { values: filling(uint(1), 16) };

export const bst = packed(4, {
  socReached: flag(1, 1),
  totalVoltageReached: flag(1, 3),
  cellVoltageReached: flag(1, 5),
  chargerStopped: flag(1, 7),
  insulationFault: flag(2, 1),
  outputConnectorOverTemp: flag(2, 3),
  componentOverTemp: flag(2, 5),
  connectorFault: flag(2, 7),
  packOverTemp: flag(3, 1),
  relayFault: flag(3, 3),
  detectionPoint2Fault: flag(3, 5),
  otherFault: flag(3, 7),
  overCurrent: flag(4, 1),
  voltageAbnormal: flag(4, 3),
});
export const cst = packed(4, {
  conditionReached: flag(1, 1),
  manual: flag(1, 3),
  fault: flag(1, 5),
  bmsStopped: flag(1, 7),
  chargerOverTemp: flag(2, 1),
  connectorFault: flag(2, 3),
  internalOverTemp: flag(2, 5),
  energyNotDeliverable: flag(2, 7),
  emergencyStop: flag(3, 1),
  otherFault: flag(3, 3),
  currentMismatch: flag(4, 1),
  voltageAbnormal: flag(4, 3),
});
export const bsd = { finalSocPct: uint(1), minCellVoltageV: cellVolts, maxCellVoltageV: cellVolts, minTempC: celsius, maxTempC: celsius };
export const csd = { elapsedMin: minutes, energyKWh: decimal(2, 1, 'kWh'), chargerNo: uint(4) };
export const bem = packed(4, {
  crm00: flag(1, 1),
  crmAA: flag(1, 3),
  ctsCml: flag(2, 1),
  cro: flag(2, 3),
  ccs: flag(3, 1),
  cst: flag(3, 3),
  csd: flag(4, 1),
  other: part(4, 3, 6),
});
export const cem = packed(4, {
  brm: flag(1, 1),
  bcp: flag(2, 1),
  bro: flag(2, 3),
  bcs: flag(3, 1),
  bcl: flag(3, 3),
  bst: flag(3, 5),
  bsd: flag(4, 1),
  other: part(4, 3, 6),
});

import type * as v16 from '../v16/index.js';
import type * as v21 from '../v21/index.js';
import type * as v201 from '../v201/index.js';
import { scaled } from './decimal.js';

/** Base units: every reading is in thousandths of one of them. */
export type BaseUnit = 'Wh' | 'W' | 'varh' | 'var' | 'VAh' | 'VA' | 'A' | 'V' | 'K' | 'Celsius' | 'Fahrenheit' | 'Percent' | 'Hz' | 'none';

/** One measured value, normalised. */
export interface Reading {
  readonly at: Date;
  readonly measurand: string;
  readonly context: string;
  readonly location: string;
  /** Absent for the total, or the mean, of all phases. */
  readonly phase?: string;
  readonly unit: BaseUnit;
  /** Thousandths of the unit, a whole number: mWh, mW, mA. */
  readonly milli: number;
  /** Finer places were there, and cut. */
  readonly cut?: true;
}

/** A value that could not be read, and why. */
export interface Unread {
  readonly at: Date;
  readonly measurand: string;
  readonly reason: 'notANumber' | 'unknownUnit' | 'signed';
  readonly value: string;
}

/** What a list of meter values said. */
export interface Readings {
  readonly readings: readonly Reading[];
  readonly unread: readonly Unread[];
}

/** Powers of ten of the units, over their base. */
const units: Readonly<Record<string, readonly [BaseUnit, number]>> = {
  Wh: ['Wh', 0],
  kWh: ['Wh', 3],
  varh: ['varh', 0],
  kvarh: ['varh', 3],
  VAh: ['VAh', 0],
  kVAh: ['VAh', 3],
  W: ['W', 0],
  kW: ['W', 3],
  VA: ['VA', 0],
  kVA: ['VA', 3],
  var: ['var', 0],
  kvar: ['var', 3],
  A: ['A', 0],
  V: ['V', 0],
  K: ['K', 0],
  Celcius: ['Celsius', 0],
  Celsius: ['Celsius', 0],
  Fahrenheit: ['Fahrenheit', 0],
  Percent: ['Percent', 0],
  Hz: ['Hz', 0],
  Hertz: ['Hz', 0],
};

/** What the standard leaves unsaid: 1.6 knows no unit for these, 2.x none for power factor. */
const unitless: Readonly<Record<string, BaseUnit>> = { Frequency: 'Hz', RPM: 'none', 'Power.Factor': 'none' };

/** Normalises meter values of OCPP 1.6 (4.7, 7.43): texts, with Wh, Outlet and Sample.Periodic where nothing is said. */
export function readings16(meterValues: readonly v16.MeterValueType[]): Readings {
  return collect(
    meterValues.flatMap(({ timestamp, sampledValue }) =>
      sampledValue.map((sample) => ({
        at: new Date(timestamp),
        text: sample.value,
        power: 0,
        signed: sample.format === 'SignedData',
        sample,
        unit: sample.unit,
      })),
    ),
  );
}

/** Normalises meter values of OCPP 2.0.1 or 2.1 (J01): numbers with a unit and a power of ten. */
export function readings2x(meterValues: readonly (v201.MeterValueType | v21.MeterValueType)[]): Readings {
  return collect(
    meterValues.flatMap(({ timestamp, sampledValue }) =>
      sampledValue.map((sample) => ({
        at: new Date(timestamp),
        text: String(sample.value),
        power: sample.unitOfMeasure?.multiplier ?? 0,
        signed: false,
        sample,
        unit: sample.unitOfMeasure?.unit,
      })),
    ),
  );
}

interface Raw {
  readonly at: Date;
  readonly text: string;
  readonly power: number;
  readonly signed: boolean;
  readonly unit: string | undefined;
  readonly sample: { readonly measurand?: string; readonly context?: string; readonly location?: string; readonly phase?: string };
}

function collect(samples: readonly Raw[]): Readings {
  const readings: Reading[] = [];
  const unread: Unread[] = [];
  for (const { at, text, power, signed, unit, sample } of samples) {
    const { measurand = 'Energy.Active.Import.Register', context = 'Sample.Periodic', location = 'Outlet', phase } = sample;
    const [base, unitPower] = unitOf(measurand, unit) ?? [];
    const number = base === undefined || signed ? undefined : scaled(text, power + (unitPower ?? 0) + 3);
    if (signed) unread.push({ at, measurand, reason: 'signed', value: text });
    else if (base === undefined) unread.push({ at, measurand, reason: 'unknownUnit', value: text });
    else if (!number) unread.push({ at, measurand, reason: 'notANumber', value: text });
    else
      readings.push({
        at,
        measurand,
        context,
        location,
        ...(phase === undefined ? {} : { phase }),
        unit: base,
        milli: number.value,
        ...(number.cut ? { cut: true } : {}),
      });
  }
  return { readings, unread };
}

function unitOf(measurand: string, unit: string | undefined): readonly [BaseUnit, number] | undefined {
  if (unit !== undefined) return Object.hasOwn(units, unit) ? units[unit] : undefined;
  const known = unitless[measurand];
  if (known) return [known, 0];
  // "Wh" is the default of the field, but a current without a unit is no energy.
  if (measurand.startsWith('Current')) return ['A', 0];
  if (measurand.startsWith('Voltage')) return ['V', 0];
  if (measurand.startsWith('Power.')) return [measurand.includes('Reactive') ? 'var' : 'W', 0];
  if (measurand === 'SoC') return ['Percent', 0];
  if (measurand === 'Temperature') return ['Celsius', 0];
  return measurand.startsWith('Energy.Reactive') ? ['varh', 0] : ['Wh', 0];
}

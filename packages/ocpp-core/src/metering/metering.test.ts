import { expect } from 'chai';
import fc from 'fast-check';
import { scaled } from './decimal.js';
import { readings2x, readings16 } from './reading.js';
import { advance, registerFrom, totalOf } from './total.js';

const timestamp = '2026-01-15T10:00:00Z';
const at = new Date(timestamp);

describe('a decimal text', () => {
  it('is scaled exactly, for every number of so many places', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (value) => {
        const digits = String(Math.abs(value)).padStart(4, '0');
        const text = `${value < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
        expect(scaled(text, 3)).to.deep.equal({ value, cut: false });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is refused or cut where it cannot be exact', () => {
    expect(scaled('1.2345', 3)).to.deep.equal({ value: 1_234, cut: true });
    expect(scaled('1e3', 3)).to.deep.equal({ value: 1_000_000, cut: false });
    expect(scaled('9007199254740993', 0)).to.equal(undefined);
    for (const text of ['', '.', 'abc', '1,5', 'NaN', '1e9999', '0x10']) expect(scaled(text, 3), text).to.equal(undefined);
  });
});

describe('readings', () => {
  it('of 1.6 are texts with defaults', () => {
    const { readings, unread } = readings16([
      {
        timestamp,
        sampledValue: [
          { value: '18342.7' },
          { value: '1.5', measurand: 'Power.Active.Import', unit: 'kW', phase: 'L1' },
          { value: '21', measurand: 'Temperature', unit: 'Celcius' },
          { value: '50.01', measurand: 'Frequency' },
          { value: 'n/a', measurand: 'SoC' },
          { value: 'OCMF|...', format: 'SignedData' },
        ],
      },
    ]);
    const common = { at, context: 'Sample.Periodic', location: 'Outlet' };
    expect(readings).to.deep.equal([
      { ...common, measurand: 'Energy.Active.Import.Register', unit: 'Wh', milli: 18_342_700 },
      { ...common, measurand: 'Power.Active.Import', phase: 'L1', unit: 'W', milli: 1_500_000 },
      { ...common, measurand: 'Temperature', unit: 'Celsius', milli: 21_000 },
      { ...common, measurand: 'Frequency', unit: 'Hz', milli: 50_010 },
    ]);
    expect(unread.map(({ reason }) => reason)).to.deep.equal(['notANumber', 'signed']);
  });

  it('of 2.x are numbers with a multiplier', () => {
    const { readings, unread } = readings2x([
      {
        timestamp,
        sampledValue: [
          { value: 18.3427, unitOfMeasure: { unit: 'kWh' } },
          { value: 18.3427, unitOfMeasure: { unit: 'Wh', multiplier: 3 } },
          { value: 1e-7, measurand: 'Current.Import', unitOfMeasure: { unit: 'A' } },
          { value: 1, measurand: 'Voltage', unitOfMeasure: { unit: 'furlong' } },
        ],
      },
    ]);
    expect(readings.map(({ milli, unit, cut }) => [milli, unit, cut ?? false])).to.deep.equal([
      [18_342_700, 'Wh', false],
      [18_342_700, 'Wh', false],
      [0, 'A', true],
    ]);
    expect(unread).to.deep.equal([{ at, measurand: 'Voltage', reason: 'unknownUnit', value: '1' }]);
  });

  it('per phase are summed where that means something', () => {
    const sample = (measurand: 'Voltage' | 'Current.Import', phase: 'L1' | 'L2' | 'L3' | 'L1-N', value: string) => ({
      measurand,
      phase,
      value,
    });
    const { readings } = readings16([
      {
        timestamp,
        sampledValue: [
          sample('Current.Import', 'L1', '16.01'),
          sample('Current.Import', 'L2', '15.98'),
          sample('Current.Import', 'L3', '15.99'),
          sample('Voltage', 'L1', '230'),
        ],
      },
    ]);
    expect(totalOf(readings, 'Current.Import', at)).to.equal(47_980);
    expect(totalOf(readings, 'Voltage', at)).to.equal(undefined);
    expect(totalOf(readings, 'SoC', at)).to.equal(undefined);
    const doubled = readings16([{ timestamp, sampledValue: [sample('Current.Import', 'L1', '1'), sample('Current.Import', 'L1-N', '1')] }]);
    expect(totalOf(doubled.readings, 'Current.Import', at)).to.equal(undefined);
  });
});

describe('a register', () => {
  it('bridges a reset, and does not go back in time', () => {
    const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
    let register = registerFrom(1_000_000, at);
    for (const [minute, value] of [
      [5, 1_500_000],
      [10, 200_000],
      [7, 9_000_000],
      [15, 300_000],
    ] as const)
      register = advance(register, value, later(minute));
    expect(register).to.include({ energyMilliWh: 800_000, resets: 1, lastMilliWh: 300_000 });
  });
});

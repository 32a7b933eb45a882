import { fromDate } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import fc from 'fast-check';
import type { BillingModel } from '../../../model/billing-model.js';
import { BANDS, type Bill, checkBill, periodsOf } from './bill.js';

const model: BillingModel = {
  bands: [
    { electricity: 120_000, service: 40_000 },
    { electricity: 100_000, service: 40_000 },
    { electricity: 70_001, service: 40_000 },
    { electricity: 30_000, service: 40_003 },
  ],
  slots: Array.from({ length: 48 }, (_, slot) => (slot < 12 ? 3 : slot < 20 ? 2 : slot < 24 ? 1 : slot < 28 ? 0 : slot < 44 ? 2 : 3)),
};
const half = (units: bigint) => Number((units + 50_000n) / 100_000n);

/** A bill as a pile makes it: each band rounded half up to 10^-4. */
function billOf(start: Date, end: Date, energies: readonly number[], more: Partial<Bill> = {}): Bill {
  const amounts = energies.map((units, i) => half(BigInt(units) * BigInt(model.bands[i]!.electricity + model.bands[i]!.service)));
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const bands = Object.fromEntries(
    BANDS.flatMap((band, i) => [
      [`${band}Price`, (model.bands[i]!.electricity + model.bands[i]!.service) / 1e5],
      [`${band}Energy`, energies[i]! / 1e4],
      [`${band}LossEnergy`, energies[i]! / 1e4],
      [`${band}Amount`, amounts[i]! / 1e4],
    ]),
  ) as Pick<Bill, `${(typeof BANDS)[number]}${'Price' | 'Energy' | 'LossEnergy' | 'Amount'}`>;
  return {
    ...{ tradeNo: '2023121200001001250101000000', pileCode: '20231212000010', gunNo: '01' },
    ...{ startTime: fromDate(start), endTime: fromDate(end), ...bands, meterStart: 100, meterEnd: (1_000_000 + sum(energies)) / 1e4 },
    ...{ totalEnergy: sum(energies) / 1e4, totalLossEnergy: sum(energies) / 1e4, totalAmount: sum(amounts) / 1e4 },
    ...{ vin: '', startType: 1, tradeTime: fromDate(end), stopReason: 0x40, physicalCard: '0'.repeat(16) },
    ...more,
  };
}

const at = (time: string) => new Date(`2025-03-03T${time}+08:00`);
const faults = (bill: Bill, given: BillingModel | undefined = model, times: { start: Date; end: Date } | undefined = { start, end }) =>
  checkBill(bill, given, times, heardAt).faults;
const start = at('09:30:00');
/** When no bill of these tests is of the future any more. */
const heardAt = new Date(start.getTime() + 3 * 86_400_000);
const end = at('12:30:00');
const energies = [50_000, 200_000, 50_001, 0];

describe('the bill of a pile', () => {
  it('is agreed where each band comes to its price', () => {
    const checked = checkBill(billOf(start, end, energies), model, { start, end }, heardAt);
    expect([checked.verdict, checked.shown, checked.ours]).to.deep.equal(['agreed', '41.5002', '41.500160001']);
    // 50000 x 1.2 + 200000 x 1.0 + 50001 x 0.70001, and 300001 x 0.4; in 10^-4 kWh.
    expect([checked.electricity, checked.service]).to.deep.equal(['29.500120001', '12.00004']);
  });

  it('gives each stretch of one price its energy, at the borders of the model', () => {
    expect(periodsOf(billOf(start, end, energies), model, start, end)).to.deep.equal([
      { startedAt: start, energyMilliWh: 5_000_100 },
      { startedAt: at('10:00:00'), energyMilliWh: 20_000_000 },
      { startedAt: at('12:00:00'), energyMilliWh: 5_000_000 },
    ]);
  });

  it('shares a band that holds twice by time, in whole units', () => {
    const [from, to] = [at('11:30:00'), at('14:30:00')];
    const twice = periodsOf(billOf(at('09:30:00'), to, [1, 1, 101, 0]), model, at('09:30:00'), to);
    expect(twice.map(({ energyMilliWh }) => energyMilliWh)).to.deep.equal([5_000, 100, 100, 5_100]);
    expect(periodsOf(billOf(from, to, [0, 0, 0, 0]), model, from, to)).to.have.length(3);
  });

  it('is held with the reason where it does not add up', () => {
    const of = (more: Partial<Bill>) => faults(billOf(start, end, energies, more));
    expect(of({ totalAmount: 41.5102 })).to.deep.equal(['amountSum']);
    expect(of({ peakAmount: 27 })).to.include('bandAmount');
    expect(of({ peakPrice: 1.3 })).to.deep.equal(['priceNotOfModel']);
    expect(of({ totalEnergy: 31 })).to.deep.equal(['energySum']);
    expect(of({ meterEnd: 131 })).to.deep.equal(['meter']);
    expect(of({ peakLossEnergy: 21 })).to.deep.equal(['lossRatio']);
    expect(faults(billOf(start, end, [0, 0, 0, 10]))).to.deep.equal(['bandNotInTime']);
    expect(faults(billOf(end, start, energies), model, { start: end, end: start })).to.include('endsBeforeStart');
    const early = checkBill(billOf(start, end, energies), model, { start, end }, new Date(end.getTime() - 5 * 60_000 - 1));
    expect(early.faults).to.deep.equal(['timeImpossible']);
    const unreadable = checkBill(billOf(start, end, energies), undefined, undefined, heardAt);
    expect(unreadable.faults).to.include.members(['noModel', 'timeUnreadable']);
  });

  it('loses no unit of energy, whatever it says', () => {
    const four = fc.array(fc.nat(2_000_000), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(86_400_000), fc.integer({ min: 1, max: 100_000_000 }), four, (offset, length, given) => {
        const from = new Date(start.getTime() + offset);
        const to = new Date(from.getTime() + length);
        const periods = periodsOf(billOf(from, to, given), model, from, to);
        const all = given.reduce((a, b) => a + b, 0) * 100;
        expect(periods.reduce((sum, { energyMilliWh }) => sum + energyMilliWh, 0)).to.equal(all);
        expect(periods[0]!.startedAt).to.deep.equal(from);
        for (const [i, { startedAt }] of periods.entries())
          if (i > 0) expect(startedAt > periods[i - 1]!.startedAt && startedAt < to).to.equal(true);
        const { faults: found } = checkBill(billOf(from, to, given), model, { start: from, end: to }, heardAt);
        expect(found.filter((fault) => fault !== 'bandNotInTime')).to.deep.equal([]);
      }),
      { numRuns: 300, seed: 9 },
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { addEnergy, amountOf, type BillingModel, NO_ENERGY, tally } from './meter.js';
import { begin, chargeTo, isBroke, isFull, recordOf, socOf } from './order.js';

const model: BillingModel = {
  pileCode: '20231212000010',
  modelNo: '0001',
  sharpElecPrice: 1.2,
  sharpServicePrice: 0.4,
  peakElecPrice: 1,
  peakServicePrice: 0.4,
  flatElecPrice: 0.7,
  flatServicePrice: 0.4,
  valleyElecPrice: 0.31234,
  valleyServicePrice: 0.4,
  lossRatio: 0,
  // Valley until 06:00, flat until 12:00, peak until 18:00, then sharp.
  slots48: Array.from({ length: 48 }, (_, i) => 3 - Math.floor(i / 12)),
};
const vehicle = { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 120 };
const start = {
  tradeNo: '1'.repeat(32),
  by: 'app' as const,
  physicalCard: '0'.repeat(16),
  model,
  vehicle,
  powerW: 60_000,
  meterStartUnits: 1234,
  balance: undefined,
};

describe('the meter of a simulated pile', () => {
  it('puts energy into the band of each half hour of China time', () => {
    const from = Date.parse('2025-01-01T05:00:00+08:00');
    expect(addEnergy(NO_ENERGY, model, 1000, from, from + 2 * 3_600_000)).to.deep.equal([0, 0, 3.6e9, 3.6e9]);
    expect(
      addEnergy(NO_ENERGY, model, 1000, Date.parse('2025-01-01T23:30:00+08:00'), Date.parse('2025-01-02T00:30:00+08:00')),
    ).to.deep.equal([1.8e9, 0, 0, 1.8e9]);
  });

  it('loses nothing between ticks, however they fall', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7_200_000 }), { minLength: 1, maxLength: 20 }), (steps) => {
        const at = Date.parse('2025-01-01T04:00:00+08:00');
        let order = begin({ ...start, vehicle: { ...vehicle, capacityKWh: 1e6 }, startedAt: new Date(at) });
        let now = at;
        for (const step of steps) {
          now += step;
          order = chargeTo(order, new Date(now));
        }
        expect(order.energy).to.deep.equal(addEnergy(NO_ENERGY, model, 60_000, at, now));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('stops taking energy when the battery is full', () => {
    const order = chargeTo(begin({ ...start, startedAt: new Date('2025-01-01T08:00:00+08:00') }), new Date('2025-01-01T20:00:00+08:00'));
    expect([isFull(order), socOf(order)]).to.deep.equal([true, 100]);
    expect(tally(order.energy, model).totalUnits).to.equal(480_000);
  });

  it('bills each band to 0.0001 CNY, half up, and the bands add up', () => {
    expect([amountOf(1, 50_000), amountOf(1, 49_999), amountOf(3, 150_000)]).to.deep.equal([1, 0, 5]);
    const startedAt = new Date('2025-01-01T05:59:00+08:00');
    const endedAt = new Date('2025-01-01T06:01:00+08:00');
    const record = recordOf(chargeTo(begin({ ...start, startedAt }), endedAt), {
      pileCode: model.pileCode,
      gunNo: '01',
      endedAt,
      stopReason: 0x40,
      isMetered: false,
    });
    expect(record).to.include({
      startTime: '2025-01-01T05:59:00.000',
      endTime: '2025-01-01T06:01:00.000',
      valleyEnergy: 1,
      valleyPrice: 0.71234,
      valleyAmount: 0.7123,
      flatEnergy: 1,
      flatPrice: 1.1,
      flatAmount: 1.1,
      totalEnergy: 2,
      totalAmount: 1.8123,
      meterStart: 0.1234,
      meterEnd: 2.1234,
      startType: 1,
    });
  });

  it('knows when the balance is used up', () => {
    const order = begin({ ...start, balance: 11_000, startedAt: new Date('2025-01-01T08:00:00+08:00') });
    expect(isBroke(chargeTo(order, new Date('2025-01-01T08:00:59+08:00')))).to.equal(false);
    expect(isBroke(chargeTo(order, new Date('2025-01-01T08:01:00+08:00')))).to.equal(true);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { settle } from './amounts.js';
import { planOf } from './plan.js';
import { quickTotal } from './quick.js';
import { period } from './session.js';
import { Tally } from './tally.js';
import type { PriceComponent, Tariff } from './tariff.js';

/** What a tariff of these components gathers from one period. */
function tally(components: readonly PriceComponent[], energyMilliWh: number, timeMs: number, more: Partial<Tariff> = {}): Tally {
  const tariff: Tariff = { id: 'T', currency: 'EUR', taxIncluded: 'no', elements: [{ components }], ...more };
  const out = new Tally(planOf([tariff], undefined, undefined), { start: 0 }, false);
  out.add(period({ start: 0, end: timeMs, energyMilliWh, timeMs }));
  return out;
}
const component = (dimension: 'ENERGY' | 'TIME' | 'FLAT', price4: number, vat: number | undefined, stepSize = 0): PriceComponent => ({
  dimension,
  price: BigInt(price4) * 100_000n,
  stepSize,
  ...(vat === undefined ? {} : { taxes: [{ name: 'VAT', rate: vat }] }),
});

describe('the quick total', () => {
  it('is there for ordinary prices, and the same as that of the lines', () => {
    const price4 = fc.integer({ min: 0, max: 10_000 });
    const vat = fc.constantFrom(0, 52_000, 100_000, 200_000, 210_000, 77_000);
    fc.assert(
      fc.property(
        price4,
        price4,
        price4,
        vat,
        vat,
        fc.integer({ min: 1, max: 30_000_000 }),
        fc.integer({ min: 1, max: 36_000_000 }),
        (a, b, c, v, w, mWh, ms) => {
          const gathered = tally([component('FLAT', a, v), component('ENERGY', b, w, 1), component('TIME', c, v, 60)], mWh, ms);
          const total = quickTotal(gathered);
          expect(total).not.to.equal(undefined);
          expect(total).to.deep.equal(settle(gathered).total);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it('is left to the lines where plain numbers could not hold it, a limit bites, or taxes are not simple', () => {
    expect(quickTotal(tally([component('ENERGY', 90_000_000, 210_000)], 60_000_000, 1))).to.equal(undefined);
    expect(quickTotal(tally([component('ENERGY', 2500, 210_000)], 4_000_000, 1, { minPrice: { beforeTaxes: 1_000_000_000n } }))).to.equal(
      undefined,
    );
    expect(
      quickTotal(tally([component('ENERGY', 2500, 210_000)], 4_000_001, 1, { minPrice: { beforeTaxes: 1_000_000_000n } })),
    ).not.to.equal(undefined);
    expect(quickTotal(tally([component('ENERGY', 2500, 210_000)], 1, 1, { taxIncluded: 'yes' }))).to.equal(undefined);
    expect(quickTotal(tally([component('ENERGY', 2500, undefined), component('TIME', 1, 0)], 1, 1))).to.equal(undefined);
    expect(quickTotal(tally([component('ENERGY', 2500, undefined)], 1_000_000, 1))).to.deep.equal({ beforeTaxes: 250_000_000n, taxes: [] });
  });
});

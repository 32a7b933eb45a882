import { expect } from 'chai';
import fc from 'fast-check';
import { minorDigits } from '../kernel/money.js';
import { agreedTariff, type Terms } from '../model/agreed-tariff.js';
import type { Rated } from '../model/rating.js';
import { charge, exactOf, hubFee, retail, toNano } from './charge.js';
import { OURS, tariff } from './fixture.test.js';

const domestic: Terms = { rounding: 'perTotal', taxTreatment: 'domestic', tax: { name: 'VAT', rate: 210_000 } };

/** A rating of random lines, each with its tax; fees are the lines' own sums before tax. */
const ratings = fc
  .record({
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    nets: fc.array(fc.bigInt({ min: -5_000_000_000n, max: 500_000_000_000n }), { minLength: 1, maxLength: 8 }),
    rate: fc.constantFrom(0, 70_000, 210_000, 999_999),
  })
  .map(({ currency, nets, rate }): Rated => {
    const lines = nets.map((net) => {
      const tax = (net * BigInt(rate)) / 1_000_000n;
      const amount = { beforeTaxes: net, taxes: [{ name: 'VAT', rate, amount: tax }], afterTaxes: net + tax };
      return { dimension: 'ENERGY' as const, tariffId: 'T', element: 0, component: 0, price: 0n, volume: 1, billed: 1, fees: [], amount };
    });
    const half = Math.ceil(nets.length / 2);
    const fee = (some: readonly bigint[]) => ({ beforeTaxes: some.reduce((all, net) => all + net, 0n), taxes: [] });
    return {
      currency,
      total: { taxes: [] },
      parts: {},
      lines,
      fees: { electricity: fee(nets.slice(0, half)), service: fee(nets.slice(half)) },
    };
  });

const size = (value: bigint) => (value < 0n ? -value : value);

describe('the rounding of a charge', () => {
  it('adds up: fees and residue to net, net and tax to gross', () => {
    fc.assert(
      fc.property(ratings, fc.constantFrom<Terms['rounding']>('perTotal', 'perLine'), (rated, rounding) => {
        const exact = exactOf(rated, domestic);
        if ('accepted' in exact) throw new Error(exact.reason);
        const c = charge(exact, { ...domestic, rounding });
        expect(c.fees.reduce((sum, { net }) => sum + net, c.rounding)).to.equal(c.net);
        expect(c.net + c.tax).to.equal(c.gross);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('lies within half a minor unit of the exact price for each rounding', () => {
    fc.assert(
      fc.property(ratings, fc.constantFrom<Terms['rounding']>('perTotal', 'perLine'), (rated, rounding) => {
        const exact = exactOf(rated, domestic);
        if ('accepted' in exact) throw new Error(exact.reason);
        const c = charge(exact, { ...domestic, rounding });
        const sum = exact.lines.reduce((all, { afterTaxes }) => all + afterTaxes, 0n);
        const roundings = rounding === 'perTotal' ? 1n : BigInt(exact.lines.length);
        const half = 10n ** BigInt(9 - minorDigits(rated.currency)) / 2n;
        expect(size(toNano(c.gross, rated.currency) - sum) <= half * roundings).to.equal(true);
        for (const [i, { net }] of c.fees.entries()) {
          const fee = exact.fees.find(({ type }) => type === c.fees[i]?.type);
          expect(size(toNano(net, rated.currency) - (fee?.beforeTaxes ?? 0n)) <= half * 2n).to.equal(true);
        }
      }),
      { seed: 13, numRuns: 500 },
    );
  });

  it('knows currencies without and with three decimals', () => {
    const one = (currency: string, net: bigint) => {
      const exact = {
        currency,
        lines: [{ beforeTaxes: net, taxes: [], afterTaxes: net }],
        fees: [{ type: 'electricity' as const, beforeTaxes: net }],
      };
      return charge(exact, domestic).gross;
    };
    expect([one('JPY', 123_500_000_000n), one('EUR', 1_235_000_000n), one('KWD', 1_234_500_000n)]).to.deep.equal([124n, 124n, 1235n]);
  });

  it('owes tax to itself under reverse charge, and pays the net', () => {
    const exact = { currency: 'EUR', lines: [{ beforeTaxes: 7_500_000_000n, taxes: [], afterTaxes: 7_500_000_000n }], fees: [] };
    expect(charge(exact, { ...domestic, taxTreatment: 'reverseCharge' })).to.include({ gross: 750n, tax: 0n, selfAssessed: 158n });
  });
});

describe('the tariff as agreed', () => {
  const open = tariff(OURS, { elements: [{ components: [{ dimension: 'ENERGY', price: 1n, stepSize: 1 }] }] });

  it('takes the agreed rate where it names none, and tells a missing tax from one of zero', () => {
    const components = (treatment: Terms['taxTreatment'], version = open) =>
      agreedTariff(version, { ...domestic, taxTreatment: treatment }).tariff.elements[0]?.components[0]?.taxes;
    expect(components('domestic')).to.deep.equal([{ name: 'VAT', rate: 210_000 }]);
    expect(components('reverseCharge')).to.deep.equal([]);
    const zero = tariff(OURS, { elements: [{ components: [{ dimension: 'ENERGY', price: 1n, stepSize: 1, taxes: [] }] }] });
    expect(components('domestic', zero)).to.deep.equal([]);
  });

  it('is not touched where it says everything itself', () => {
    const whole = tariff(OURS);
    expect(agreedTariff(whole, domestic)).to.equal(whole);
  });
});

describe('fees on top', () => {
  it('retail adds a mark-up to service and a start fee, with their tax', () => {
    const bought = {
      currency: 'EUR',
      lines: [{ beforeTaxes: 10_000_000_000n, taxes: [], afterTaxes: 12_100_000_000n }],
      fees: [{ type: 'electricity' as const, beforeTaxes: 10_000_000_000n }],
    };
    const sold = charge(retail(bought, { markUpRate: 50_000, startFee: 250_000_000n }, domestic.tax), domestic);
    expect(sold).to.include({ net: 1075n, gross: 1301n });
    expect(sold.fees).to.deep.equal([
      { type: 'electricity', net: 1000n },
      { type: 'service', net: 50n },
      { type: 'start', net: 25n },
    ]);
  });

  it('a hub fee is a share and a fixed part, rounded once, and taxed only at home', () => {
    const terms = { rate: 10_000, perCdr: 50_000_000n, taxRate: 210_000 };
    expect(hubFee(908n, terms, 'EUR', 'domestic')).to.deep.equal({ net: 14n, tax: 3n });
    expect(hubFee(908n, terms, 'EUR', 'reverseCharge')).to.deep.equal({ net: 14n, tax: 0n });
    expect(hubFee(908n, undefined, 'EUR', 'domestic')).to.deep.equal({ net: 0n, tax: 0n });
  });
});

import { type Fee, period, price, type Tariff, type TariffElement } from '@evroam/ocpi/pricing';
import { expect } from 'chai';
import fc from 'fast-check';
import { toBillingModel } from './ykc-billing-model.js';

const ZONE = 'Asia/Shanghai';
/** 10^-5 CNY as the engine's 10^-9. */
const nano = (units: number): bigint => BigInt(units) * 10_000n;
const fee = (type: Fee['type'], units: number): Fee => ({ type, price: nano(units) });
const energy = (electricity: number, service: number, more: Partial<TariffElement['components'][number]> = {}) => ({
  dimension: 'ENERGY' as const,
  price: nano(electricity + service),
  stepSize: 0,
  fees: [fee('electricity', electricity), fee('service', service)],
  ...more,
});
const tariffOf = (elements: readonly TariffElement[], more: Partial<Tariff> = {}): Tariff => ({
  id: 'T',
  currency: 'CNY',
  taxIncluded: 'yes',
  elements,
  ...more,
});
const model = (tariff: Tariff, zone = ZONE) => {
  const result = toBillingModel(tariff, zone);
  if (!result.expressible) throw new Error(`${result.reason} ${result.pointer}`);
  return result.model;
};
const why = (tariff: Tariff, zone = ZONE) => {
  const result = toBillingModel(tariff, zone);
  return result.expressible ? 'expressible' : [result.reason, result.pointer];
};
const flat = [{ components: [energy(70_000, 40_000)] }];

describe('a tariff as a billing model of a pile', () => {
  it('gives one price all day as the flat band', () => {
    const { bands, slots } = model(tariffOf(flat));
    expect(bands).to.deep.equal(Array(4).fill({ electricity: 70_000, service: 40_000 }));
    expect(slots).to.deep.equal(Array(48).fill(2));
  });

  it('names the bands by what they cost, and crosses midnight', () => {
    const { bands, slots } = model(
      tariffOf([
        { components: [energy(30_000, 40_000)], restrictions: { startMinute: 22 * 60, endMinute: 6 * 60 } },
        { components: [energy(120_000, 40_000)], restrictions: { startMinute: 10 * 60, endMinute: 11 * 60 + 30 } },
        { components: [energy(70_000, 40_000)] },
      ]),
    );
    expect(bands.map(({ electricity }) => electricity)).to.deep.equal([70_000, 120_000, 70_000, 30_000]);
    expect([slots[0], slots[11], slots[12], slots[20], slots[22], slots[23], slots[44], slots[47]]).to.deep.equal([3, 3, 2, 1, 1, 2, 3, 3]);
  });

  it('puts what the driver pays on the pile: taxes are added where the tariff leaves them out', () => {
    const taxed = energy(50_000, 10_000, { taxes: [{ name: 'VAT', rate: 130_000 }] });
    expect(model(tariffOf([{ components: [taxed] }], { taxIncluded: 'no' })).bands[2]).to.deep.equal({
      electricity: 56_500,
      service: 11_300,
    });
  });

  it('says why it cannot be expressed, and where', () => {
    const one = (component: object, restrictions?: object) =>
      tariffOf([{ components: [component as never], ...(restrictions ? { restrictions } : {}) }]);
    expect(why(tariffOf(flat, { currency: 'EUR' }))).to.deep.equal(['currency', '/currency']);
    expect(why(tariffOf(flat), 'Europe/Berlin')).to.deep.equal(['timeZone', '']);
    expect(why(tariffOf(flat, { maxPrice: { beforeTaxes: 1n } }))).to.deep.equal(['priceLimit', '/maxPrice']);
    expect(why(tariffOf(flat, { taxIncluded: 'no' }))).to.deep.equal(['taxUnknown', '/elements/0/components/0/taxes']);
    expect(why(one({ ...energy(1, 1), dimension: 'PARKING_TIME' }))).to.deep.equal(['dimension', '/elements/0/components/0/dimension']);
    expect(why(one({ ...energy(1, 1), dimension: 'FLAT' }))).to.deep.equal(['dimension', '/elements/0/components/0/dimension']);
    expect(why(one(energy(1, 1, { fees: [fee('electricity', 1), fee('idle', 1)] })))).to.deep.equal([
      'fee',
      '/elements/0/components/0/fees/1',
    ]);
    expect(why(one(energy(1, 1, { stepSize: 1000 })))).to.deep.equal(['stepSize', '/elements/0/components/0/stepSize']);
    expect(why(one(energy(1, 1), { weekdays: [6] }))).to.deep.equal(['restriction', '/elements/0/restrictions/weekdays']);
    expect(why(one(energy(1, 1), { startMinute: 15 }))).to.deep.equal(['notOnHalfHour', '/elements/0/restrictions/startMinute']);
    expect(why(one(energy(1, 1), { startMinute: 30 }))).to.deep.equal(['uncovered', '/elements']);
    expect(why(one(energy(1, 1, { fees: [{ type: 'electricity', price: 1n }], price: 1n })))).to.deep.equal([
      'priceTooFine',
      '/elements/0/components/0',
    ]);
    expect(why(one(energy(2 ** 32, 0)))).to.deep.equal(['priceTooLarge', '/elements/0/components/0']);
    const five = [1, 2, 3, 4, 5].map((n) => ({
      components: [energy(n, 0)],
      ...(n < 5 ? { restrictions: { startMinute: n * 60, endMinute: (n + 1) * 60 } } : {}),
    }));
    expect(why(tariffOf(five))).to.deep.equal(['tooManyBands', '/elements']);
  });

  it('costs in every half hour what the rating engine says, to the last digit and by fee', () => {
    const bandsOf = fc.array(fc.tuple(fc.nat(300_000), fc.nat(100_000)), { minLength: 1, maxLength: 4 });
    const cuts = fc.array(fc.tuple(fc.nat(47), fc.nat(47), fc.nat(3)), { maxLength: 6 });
    fc.assert(
      fc.property(bandsOf, cuts, fc.constantFrom(0, 60_000, 130_000), (prices, spans, rate) => {
        // Prices of three decimals with a tax in whole per cent have five.
        const component = ([electricity, service]: readonly [number, number]) =>
          energy(electricity * 100, service * 100, { taxes: [{ name: 'VAT', rate }] });
        const tariff = tariffOf(
          [
            ...spans.map(([start, end, which]) => ({
              components: [component(prices[which % prices.length]!)],
              restrictions: { startMinute: start * 30, endMinute: end * 30 },
            })),
            { components: [component(prices[0]!)] },
          ],
          { taxIncluded: 'no' },
        );
        const result = toBillingModel(tariff, ZONE);
        if (!result.expressible) throw new Error(result.reason);
        const { bands, slots } = result.model;
        const midnight = Date.parse('2025-03-02T16:00:00Z');
        for (const [slot, place] of slots.entries()) {
          const start = midnight + slot * 1_800_000;
          const end = start + 1_800_000;
          const session = { start, end, currency: 'CNY', periods: [period({ start, end, energyMilliWh: 1_000_000, timeMs: 1_800_000 })] };
          const { total } = price([tariff], session, { timeZone: ZONE });
          const { electricity, service } = bands[place]!;
          expect(total.afterTaxes).to.equal(nano(electricity + service));
        }
      }),
      { numRuns: 100, seed: 20 },
    );
  });
});

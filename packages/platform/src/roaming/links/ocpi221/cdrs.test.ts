import { validate } from '@evroam/ocpi';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Amount } from '../../../model/amount.js';
import type { Cdr } from '../../../model/cdr.js';
import { partyId } from '../../../model/party.js';
import { fromCdr, toCdr } from './cdrs.js';
import { fromMilliWh, fromNano, Untranslatable } from './values.js';

const RUNS = { seed: Number(process.env.EVROAM_SEED ?? 37), numRuns: process.env.EVROAM_EFFORT === 'long' ? 5000 : 200 };
const OWNER = partyId('DE', 'ABC');
const START = Date.UTC(2026, 10, 10, 12);

/** What OCPI's four decimals can say: 10^-4 of the currency, 100 mWh, whole seconds. OCPI 2.2.1, 16.5 */
const money = fc.bigInt({ min: 0n, max: 10n ** 10n }).map((n) => n * 100_000n);
const milliWh = fc.integer({ min: 0, max: 2_000_000_000 }).map((n) => n * 100);
const seconds = fc.nat(400_000);

const amount = fc
  .record({ beforeTaxes: money, tax: fc.option(money, { nil: undefined }) })
  .map(
    ({ beforeTaxes, tax }): Amount =>
      tax === undefined
        ? { beforeTaxes, taxes: [] }
        : { beforeTaxes, taxes: tax === 0n ? [] : [{ name: 'VAT', amount: tax }], afterTaxes: beforeTaxes + tax },
  );
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const sign = (a: Amount): Amount => ({
  taxes: a.taxes.map((tax) => ({ ...tax, amount: -tax.amount })),
  ...(a.beforeTaxes === undefined ? {} : { beforeTaxes: -a.beforeTaxes }),
  ...(a.afterTaxes === undefined ? {} : { afterTaxes: -a.afterTaxes }),
});

const tariff = fc
  .record({
    price: money,
    flat: money,
    step: fc.nat(3600),
    vat: maybe(fc.integer({ min: 0, max: 300_000 })),
    most: maybe(money),
    kwh: maybe(milliWh),
  })
  .map(({ price, flat, step, vat, most, kwh }) => ({
    owner: OWNER,
    id: 'T',
    version: 0,
    tariff: {
      id: 'T',
      currency: 'EUR',
      taxIncluded: 'no' as const,
      elements: [
        {
          components: [
            { dimension: 'ENERGY' as const, price, stepSize: step, ...(vat === undefined ? {} : { taxes: [{ name: 'VAT', rate: vat }] }) },
          ],
          ...(kwh === undefined ? {} : { restrictions: { minEnergyMilliWh: kwh } }),
        },
        { components: [{ dimension: 'FLAT' as const, price: flat, stepSize: 1 }] },
      ],
      ...(most === undefined ? {} : { maxPrice: { beforeTaxes: most } }),
    },
    text: { en: 'a tariff' },
    validFrom: new Date(0),
    updatedAt: new Date(START),
  }));

const millionths = fc.integer({ min: 0, max: 500_000_000 });

const cdrs = fc
  .record({
    periods: fc.array(
      fc.record(
        {
          energyMilliWh: milliWh,
          chargingSeconds: seconds,
          parkingSeconds: seconds,
          reservationSeconds: fc.integer({ min: 1, max: 86_400 }),
          flow: fc.record(
            { minPowerMilliW: millionths, maxPowerMilliW: millionths, maxCurrentMicroA: millionths },
            { requiredKeys: ['maxPowerMilliW'] },
          ),
        },
        { requiredKeys: ['energyMilliWh', 'chargingSeconds', 'parkingSeconds'] },
      ),
      { minLength: 1, maxLength: 6 },
    ),
    tariff,
    total: amount,
    energy: maybe(amount),
    time: maybe(amount),
    parkingTime: maybe(amount),
    fixed: maybe(amount),
    reservation: maybe(amount),
    credit: fc.boolean(),
  })
  .map(({ periods, tariff: sold, total, credit, ...parts }): Cdr => {
    const all = periods.map((p, i) => ({ ...p, startedAt: new Date(START + i * 60_000), tariffId: 'T' }));
    const sum = (key: 'energyMilliWh' | 'chargingSeconds' | 'parkingSeconds') => all.reduce((so, p) => so + p[key], 0);
    return {
      owner: OWNER,
      id: 'C-1',
      sessionId: 'S-1',
      startedAt: new Date(START),
      endedAt: new Date(START + 3_600_000),
      token: { issuer: partyId('NL', 'EVM'), uid: 'TAG', type: 'rfid', contractId: 'NL-EVM-C1' },
      authMethod: 'command',
      place: {
        owner: OWNER,
        locationId: 'L1',
        evseUid: 'E1',
        connectorId: '1',
        address: 'Kade 1',
        city: 'Utrecht',
        country: 'NLD',
        coordinates: { latitude: '52.09', longitude: '5.11' },
        evseId: 'DE*ABC*E1',
        standard: 'IEC_62196_T2',
        format: 'socket',
        powerType: 'ac3Phase',
        timeZone: 'Europe/Amsterdam',
      },
      currency: 'EUR',
      periods: all,
      tariffs: [sold],
      energyMilliWh: sum('energyMilliWh'),
      chargingSeconds: sum('chargingSeconds'),
      parkingSeconds: sum('parkingSeconds'),
      total: credit ? sign(total) : total,
      parts: Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
      ...(credit ? { credit: { of: 'C-0' } } : {}),
      updatedAt: new Date(START),
    };
  });

describe('a CDR on its way through OCPI 2.2.1', () => {
  it('keeps every amount of money and energy, out and in again', () => {
    fc.assert(
      fc.property(cdrs, (cdr) => {
        // What travels is text: a number that no longer reads as it was written would show here.
        const wire = JSON.parse(JSON.stringify(fromCdr(cdr)));
        expect(validate('2.2.1', 'CDR', 'full', wire, { unknown: 'refuse' }).ok).to.equal(true);
        const again = toCdr(wire, 'Europe/Amsterdam');
        expect(again).to.deep.equal(cdr);
        expect(fromCdr(again)).to.deep.equal(wire);
      }),
      RUNS,
    );
  });

  it('rounds what is finer once, half away from zero, by less than the last decimal of the wire', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(2 ** 31), (nano, energy) => {
        const shown = BigInt(Math.round(fromNano(nano) * 10_000)) * 100_000n;
        const apart = shown > nano ? shown - nano : nano - shown;
        expect(apart <= 50_000n).to.equal(true);
        expect(fromNano(-nano)).to.equal(-fromNano(nano) + 0);
        expect(Math.abs(Math.round(fromMilliWh(energy) * 1e6) - energy) <= 50).to.equal(true);
      }),
      RUNS,
    );
  });

  it('adds the dimensions of a period exactly, and refuses an energy that is finer than the model', () => {
    const [one] = fc.sample(cdrs, { seed: 1, numRuns: 1 });
    const wire = fromCdr(one!);
    const withEnergy = (...volumes: number[]) => ({
      ...wire,
      charging_periods: [
        { start_date_time: wire.start_date_time, dimensions: volumes.map((volume) => ({ type: 'ENERGY' as const, volume })) },
      ],
    });
    expect(toCdr(withEnergy(0.1, 0.2), 'UTC').periods[0]?.energyMilliWh).to.equal(300_000);
    expect(toCdr(withEnergy(1.234567), 'UTC').periods[0]?.energyMilliWh).to.equal(1_234_567);
    expect(() => toCdr(withEnergy(1.2345678), 'UTC')).to.throw(Untranslatable, '/charging_periods/0');
    expect(() => fromCdr({ ...one!, total: { taxes: [], afterTaxes: 1n } })).to.throw(Untranslatable, '/total_cost');
  });
});

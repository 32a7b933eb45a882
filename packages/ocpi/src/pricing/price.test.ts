import { expect } from 'chai';
import { amountsByFee } from './fees.js';
import { openPrice, price } from './price.js';
import { roundAmount } from './rounding.js';
import { type Period, period } from './session.js';
import { type PriceComponent, readTariff, type Tariff } from './tariff.js';

const AMSTERDAM = 'Europe/Amsterdam';
const at = (wire: string) => Date.parse(wire);
const kWh = (x: number) => Math.round(x * 1e6);
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** A 2.2.1 tariff of elements given as [components, restrictions]. */
function tariff(elements: readonly (readonly [object, object?])[], more: object = {}): Tariff {
  return readTariff('2.2.1', {
    id: 'T',
    currency: 'EUR',
    elements: elements.map(([component, restrictions]) => ({
      price_components: Array.isArray(component) ? component : [component],
      ...(restrictions ? { restrictions } : {}),
    })),
    ...more,
  });
}
const energy = (price: number, more: object = {}) => ({ type: 'ENERGY', price, step_size: 0, ...more });
const time = (price: number, more: object = {}) => ({ type: 'TIME', price, step_size: 0, ...more });

function priced(of: Tariff | readonly Tariff[], periods: readonly Period[], more: object = {}, session: object = {}) {
  const tariffs = Array.isArray(of) ? (of as readonly Tariff[]) : [of as Tariff];
  return price(
    tariffs,
    { start: periods[0]!.start, end: periods.at(-1)!.end, periods, ...session },
    { timeZone: AMSTERDAM, trace: true, ...more },
  );
}
/** Dimension, element and volume of each line. */
const volumes = (p: ReturnType<typeof priced>) => p.lines.map((l) => `${l.dimension} ${l.element} ${l.volume}`);

describe('pricing: when an element holds', () => {
  const day = tariff([[energy(0.3), { start_time: '07:00', end_time: '23:00' }], [energy(0.2)]]);

  it('splits a period where the wall clock passes a border; the start is inclusive, the end exclusive', () => {
    const through = period({ start: at('2026-01-05T05:00:00Z'), end: at('2026-01-05T07:00:00Z'), energyMilliWh: kWh(20) });
    expect(volumes(priced(day, [through]))).to.deep.equal(['ENERGY 1 10000000', 'ENERGY 0 10000000']);
    const last = period({ start: at('2026-01-05T21:59:59Z'), end: at('2026-01-05T22:00:00Z'), energyMilliWh: 5 });
    const first = period({ start: at('2026-01-05T22:00:00Z'), end: at('2026-01-05T22:00:01Z'), energyMilliWh: 7 });
    expect(volumes(priced(day, [last, first]))).to.deep.equal(['ENERGY 0 5', 'ENERGY 1 7']);
  });

  it('jumps over the hour that spring takes away', () => {
    const night = tariff([[time(1), { start_time: '02:30', end_time: '03:30' }]]);
    // 29 March 2026: 02:00 becomes 03:00, so of that hour only 03:00 to 03:30 exists.
    const whole = period({ start: at('2026-03-29T00:00:00Z'), end: at('2026-03-29T03:00:00Z'), timeMs: 3 * HOUR });
    const p = priced(night, [whole]);
    expect(p.lines[0]?.slices).to.deep.equal([{ from: at('2026-03-29T01:00:00Z'), to: at('2026-03-29T01:30:00Z'), volume: 30 * MINUTE }]);
  });

  it('holds twice in the hour that autumn repeats', () => {
    const night = tariff([[time(1), { start_time: '02:00', end_time: '02:30' }]]);
    const whole = period({ start: at('2026-10-24T22:00:00Z'), end: at('2026-10-25T04:00:00Z'), timeMs: 6 * HOUR });
    const p = priced(night, [whole]);
    expect(p.lines[0]?.slices?.map(({ from }) => new Date(from).toISOString())).to.deep.equal([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ]);
    expect(p.lines[0]?.volume).to.equal(60 * MINUTE);
  });

  it('wraps over midnight, and ends at 00:00 with the day', () => {
    const wrapped = tariff([[time(1), { start_time: '22:00', end_time: '06:00' }]]);
    const round = period({ start: at('2026-01-05T11:00:00Z'), end: at('2026-01-06T11:00:00Z'), timeMs: 24 * HOUR });
    expect(priced(wrapped, [round]).lines[0]?.volume).to.equal(8 * HOUR);
    const evening = tariff([[time(1), { start_time: '20:00', end_time: '00:00' }]]);
    expect(priced(evening, [round]).lines[0]?.volume).to.equal(4 * HOUR);
  });

  it('takes equal times for all day, or by policy for never', () => {
    const equal = tariff([[time(1), { start_time: '08:00', end_time: '08:00' }]]);
    const hour = period({ start: at('2026-01-05T02:00:00Z'), end: at('2026-01-05T03:00:00Z'), timeMs: HOUR });
    expect(priced(equal, [hour]).lines).to.have.length(1);
    expect(priced(equal, [hour], { policies: { equalTimes: 'never' } }).lines).to.have.length(0);
  });

  it('judges weekday and date by the moment, or by policy by the evening on which the window began', () => {
    const monday = tariff([[time(1), { start_time: '22:00', end_time: '06:00', day_of_week: ['MONDAY'] }]]);
    const week = period({ start: at('2026-01-04T23:00:00Z'), end: at('2026-01-06T23:00:00Z'), timeMs: 48 * HOUR });
    expect(priced(monday, [week]).lines[0]?.slices?.map(({ from, to }) => (to - from) / HOUR)).to.deep.equal([6, 2]);
    const evening = priced(monday, [week], { policies: { wrappedDay: 'evening' } });
    expect(evening.lines[0]?.slices?.reduce((sum, s) => sum + s.volume, 0)).to.equal(8 * HOUR);
    expect(evening.lines[0]?.slices?.[0]?.from).to.equal(at('2026-01-05T21:00:00Z'));
  });

  it('starts at local midnight of start_date and ends at that of end_date', () => {
    const july = tariff([[time(1), { start_date: '2026-07-01', end_date: '2026-07-02' }]]);
    const days = period({ start: at('2026-06-30T12:00:00Z'), end: at('2026-07-03T12:00:00Z'), timeMs: 72 * HOUR });
    expect(priced(july, [days]).lines[0]?.slices?.[0]).to.deep.equal({
      from: at('2026-06-30T22:00:00Z'),
      to: at('2026-07-01T22:00:00Z'),
      volume: 24 * HOUR,
    });
  });

  it('splits at an energy to the mWh, and at a duration to the ms', () => {
    const cheaper = tariff([[energy(0.5), { max_kwh: 3.3333 }], [energy(0.2)]]);
    const long = period({ start: 0, end: 7 * MINUTE + 1, energyMilliWh: kWh(10) });
    expect(volumes(priced(cheaper, [long]))).to.deep.equal(['ENERGY 0 3333300', 'ENERGY 1 6666700']);
    const free = tariff([[time(0), { max_duration: 1800 }], [time(6)]]);
    expect(volumes(priced(free, [period({ start: 0, end: HOUR, timeMs: HOUR })]))).to.deep.equal(['TIME 0 1800000', 'TIME 1 1800000']);
  });

  it('lets no limit of current or power hold where none was reported, and says so', () => {
    const limited = tariff([[energy(0.5), { min_power: 50 }], [energy(0.2)]]);
    const p = priced(limited, [period({ start: 0, end: HOUR, energyMilliWh: kWh(10) })]);
    expect(volumes(p)).to.deep.equal(['ENERGY 1 10000000']);
    expect(p.remarks.map(({ code }) => code)).to.deep.equal(['powerUnknown']);
    const fast = period({ start: 0, end: HOUR, energyMilliWh: 1, minPowerMilliW: 50_000_000, maxPowerMilliW: 60_000_000 });
    expect(volumes(priced(limited, [fast]))).to.deep.equal(['ENERGY 0 1']);
    expect(volumes(priced(limited, [{ ...fast, minPowerMilliW: 49_999_999 }]))).to.deep.equal(['ENERGY 1 1']);
  });

  it('counts a duration from the end of a reservation, or by policy from its start', () => {
    const later = tariff([[time(5), { reservation: 'RESERVATION' }], [time(1), { min_duration: 1800 }], [time(2)]]);
    const periods = [period({ start: 0, end: HOUR, reservationMs: HOUR }), period({ start: HOUR, end: 2 * HOUR, timeMs: HOUR })];
    expect(volumes(priced(later, periods))).to.deep.equal(['RESERVATION_TIME 0 3600000', 'TIME 2 1800000', 'TIME 1 1800000']);
    expect(volumes(priced(later, periods, { policies: { durationFrom: 'start' } }))).to.deep.equal([
      'RESERVATION_TIME 0 3600000',
      'TIME 1 3600000',
    ]);
  });

  it('charges a reservation fee once, and counts the duration of a reservation through all of its periods', () => {
    const fee = { type: 'FLAT', price: 2, step_size: 0 };
    const held = tariff([
      [[fee, time(6)], { reservation: 'RESERVATION', min_duration: 1800 }],
      [[fee, time(3)], { reservation: 'RESERVATION' }],
    ]);
    const half = (start: number) => period({ start, end: start + HOUR / 4, reservationMs: HOUR / 4 });
    expect(volumes(priced(held, [half(0), half(HOUR / 4), half(HOUR / 2)]))).to.deep.equal([
      'RESERVATION_FLAT 1 1',
      'RESERVATION_TIME 1 1800000',
      'RESERVATION_TIME 0 900000',
    ]);
  });

  it('charges what a reservation and charging share in one period each by its own elements', () => {
    const both = tariff([[time(5), { reservation: 'RESERVATION' }], [energy(1)]]);
    const mixed = period({ start: 0, end: HOUR, reservationMs: HOUR / 2, energyMilliWh: kWh(3) });
    expect(volumes(priced(both, [mixed]))).to.deep.equal(['RESERVATION_TIME 0 1800000', 'ENERGY 1 3000000']);
  });

  it('cannot price local times without a zone', () => {
    expect(() => price([day], { start: 0, end: 1, periods: [] })).to.throw('depends on local time');
  });
});

describe('pricing: amounts', () => {
  const hour = (mWh: number, start = 0) => period({ start, end: start + HOUR, energyMilliWh: mWh, timeMs: HOUR });

  it('leaves out what cannot be known without a tax rate, on either side', () => {
    const net = priced(tariff([[energy(0.25)]]), [hour(kWh(4))]);
    expect(net.total).to.deep.equal({ beforeTaxes: 1_000_000_000n, taxes: [] });
    const gross: Tariff = { ...tariff([[energy(0.25)]]), taxIncluded: 'yes' };
    expect(priced(gross, [hour(kWh(4))]).total).to.deep.equal({ taxes: [], afterTaxes: 1_000_000_000n });
    const none: Tariff = { ...tariff([[energy(0.25)]]), taxIncluded: 'notApplicable' };
    expect(priced(none, [hour(kWh(4))]).total).to.deep.equal({ beforeTaxes: 1_000_000_000n, taxes: [], afterTaxes: 1_000_000_000n });
  });

  it('tells a tax of zero from a tax that is not known', () => {
    expect(priced(tariff([[energy(0.25, { vat: 0 })]]), [hour(kWh(4))]).total).to.deep.equal({
      beforeTaxes: 1_000_000_000n,
      taxes: [{ name: 'VAT', rate: 0, amount: 0n }],
      afterTaxes: 1_000_000_000n,
    });
  });

  it('takes several taxes, included or not, and they add up', () => {
    const component: PriceComponent = {
      dimension: 'ENERGY',
      price: 1_000_000_000n,
      stepSize: 0,
      taxes: [
        { name: 'GST', rate: 50_000 },
        { name: 'QST', rate: 99_750 },
      ],
    };
    const of = (taxIncluded: Tariff['taxIncluded']): Tariff => ({
      id: 'QC',
      currency: 'CAD',
      taxIncluded,
      elements: [{ components: [component] }],
    });
    const net = priced(of('no'), [hour(kWh(10))]).total;
    expect(net.taxes.map(({ amount }) => amount)).to.deep.equal([500_000_000n, 997_500_000n]);
    const gross = priced(of('yes'), [hour(kWh(10))]).total;
    expect(gross.afterTaxes).to.equal(10_000_000_000n);
    expect(gross.beforeTaxes! + gross.taxes.reduce((sum, t) => sum + t.amount, 0n)).to.equal(gross.afterTaxes);
    // 10 / 1.14975 = 8.69754294...
    expect(gross.beforeTaxes).to.equal(8_697_542_945n);
  });

  it('limits each side of the taxes for itself, and shows the limit as a line', () => {
    const p = priced(tariff([[energy(0.25, { vat: 10 })]], { max_price: { excl_vat: 10, incl_vat: 10.5 } }), [hour(kWh(60))]);
    expect(p.total).to.deep.equal({
      beforeTaxes: 10_000_000_000n,
      taxes: [{ name: 'VAT', rate: 100_000, amount: 500_000_000n }],
      afterTaxes: 10_500_000_000n,
    });
    expect(p.lines.map(({ dimension }) => dimension)).to.deep.equal(['ENERGY', 'MAX_PRICE']);
    const oneSided = priced(tariff([[energy(0.25, { vat: 10 })]], { min_price: { excl_vat: 2 } }), [hour(kWh(4))]);
    expect([oneSided.total.beforeTaxes, oneSided.total.afterTaxes]).to.deep.equal([2_000_000_000n, 2_200_000_000n]);
  });

  it('charges a tariff to each period that names it, and FLAT once a session, or by policy once a tariff', () => {
    const flat = { type: 'FLAT', price: 1, step_size: 0 };
    const a = { ...tariff([[[flat, energy(0.1)]]]), id: 'A' };
    const b = { ...tariff([[[flat, energy(0.2)]]]), id: 'B' };
    const periods = [
      { ...hour(kWh(1)), tariffId: 'A' },
      { ...hour(kWh(1), HOUR), tariffId: 'b' },
      { ...hour(kWh(1), 2 * HOUR), tariffId: undefined },
    ];
    expect(priced([a, b], periods).total.beforeTaxes).to.equal(1_500_000_000n);
    expect(priced([a, b], periods, { policies: { flat: 'tariff' } }).total.beforeTaxes).to.equal(2_500_000_000n);
    expect(() => priced([a], [{ ...hour(1), tariffId: 'Z' }])).to.throw('Z');
  });

  it('never lets a step lower a price', () => {
    const paid = tariff([[energy(-0.1, { step_size: 1000 })]]);
    expect(priced(paid, [hour(kWh(1.5))]).total.beforeTaxes).to.equal(-150_000_000n);
  });

  it('splits a price into labelled fees that sum to it', () => {
    const component: PriceComponent = {
      dimension: 'ENERGY',
      price: 1_100_000_001n,
      stepSize: 0,
      taxes: [{ name: 'VAT', rate: 60_000 }],
      fees: [
        { type: 'electricity', price: 700_000_001n },
        { type: 'service', price: 400_000_000n },
      ],
    };
    const cn: Tariff = {
      id: 'CN',
      currency: 'CNY',
      taxIncluded: 'yes',
      elements: [{ components: [component] }],
      maxPrice: { afterTaxes: 30_000_000_000n },
    };
    const p = priced(cn, [hour(kWh(33.333333))]);
    const fees = amountsByFee(p.lines);
    expect(Object.keys(fees)).to.deep.equal(['electricity', 'service']);
    expect(fees.electricity!.afterTaxes! + fees.service!.afterTaxes!).to.equal(30_000_000_000n);
    expect(fees.electricity!.beforeTaxes! + fees.service!.beforeTaxes!).to.equal(p.total.beforeTaxes);
    for (const fee of Object.values(fees)) expect(fee.beforeTaxes! + fee.taxes[0]!.amount).to.equal(fee.afterTaxes);
  });

  it('refuses periods out of order and a session in another currency', () => {
    const open = openPrice([tariff([[energy(1)]])], { start: 0 });
    open.add(hour(1, HOUR));
    expect(() => open.add(hour(1, 0))).to.throw('order');
    expect(() => openPrice([tariff([[energy(1)]])], { start: 0, currency: 'SEK' })).to.throw('SEK');
  });
});

describe('rounding to minor units', () => {
  const amount = (nano: bigint) => ({ beforeTaxes: nano, taxes: [] });

  it('rounds half away from zero, by the currency of ISO 4217', () => {
    const minor = (nano: bigint, currency: string) => roundAmount(amount(nano), currency).beforeTaxes;
    expect([minor(5_000_000n, 'EUR'), minor(4_999_999n, 'EUR'), minor(-5_000_000n, 'EUR')]).to.deep.equal([1n, 0n, -1n]);
    expect([minor(1_500_000_000n, 'JPY'), minor(500_000n, 'BHD'), minor(1_234_567_891n, 'CLF')]).to.deep.equal([2n, 1n, 12346n]);
  });

  it('rounds the total once, or each line, and says what that made', () => {
    const lines = [amount(4_000_000n), amount(4_000_000n), amount(4_000_000n)];
    expect(roundAmount(lines, 'EUR')).to.include({ beforeTaxes: 1n, residueNano: -2_000_000n });
    expect(roundAmount(lines, 'EUR', 'perLine')).to.include({ beforeTaxes: 0n, residueNano: -12_000_000n });
  });

  it('rounds what is exactly a third as the exact value would be, not as its cut would', () => {
    // 20 minutes at 0.015 an hour is 0.005 exactly; 1 ms less is below half a cent.
    const third = tariff([[time(0.015)]]);
    const rounded = (ms: number) => roundAmount(priced(third, [period({ start: 0, end: ms, timeMs: ms })]).total, 'EUR').beforeTaxes;
    expect([rounded(20 * MINUTE), rounded(20 * MINUTE - 1)]).to.deep.equal([1n, 0n]);
  });
});

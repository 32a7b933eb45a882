import { expect } from 'chai';
import { lintTariff } from './lint.js';
import { readTariff } from './tariff.js';

const from = Date.parse('2026-01-01T00:00:00Z');

/** Code and pointer of each finding. */
function lint(elements: readonly object[], more: object = {}): string[] {
  const tariff = readTariff('2.2.1', { id: 'T', currency: 'EUR', elements, ...more });
  return lintTariff(tariff, { timeZone: 'Europe/Amsterdam', from }).map(({ code, pointer }) => `${code} ${pointer}`);
}
const energy = (more: object = {}) => ({ type: 'ENERGY', price: 0.3, vat: 21, step_size: 1, ...more });
const element = (component: object, restrictions?: object) => ({
  price_components: [component],
  ...(restrictions ? { restrictions } : {}),
});

describe('the tariff linter', () => {
  it('finds nothing in a plain tariff', () => {
    expect(lint([element(energy(), { start_time: '07:00', end_time: '23:00' }), element(energy({ price: 0.2 }))])).to.deep.equal([]);
  });

  it('finds a gap: no element holds, and none is without restrictions', () => {
    expect(lint([element(energy(), { start_time: '07:00', end_time: '23:00' })])).to.deep.equal(['gap /elements']);
    expect(lint([element(energy(), { max_kwh: 20 }), element(energy(), { min_kwh: 20 })])).to.deep.equal([]);
    expect(lint([element(energy(), { max_power: 20 }), element(energy(), { min_power: 21 })])).to.deep.equal(['gap /elements']);
  });

  it('finds what is never reached', () => {
    expect(lint([element(energy()), element(energy(), { min_kwh: 10 })])).to.deep.equal(['unreachable /elements/1/price_components/0']);
    const covered = [
      element(energy(), { day_of_week: ['MONDAY', 'TUESDAY'] }),
      element(energy(), { day_of_week: ['MONDAY'], start_time: '10:00' }),
      element(energy()),
    ];
    expect(lint(covered)).to.deep.equal(['unreachable /elements/1/price_components/0']);
    expect(lint([element(energy(), { min_kwh: 10, max_kwh: 10 }), element(energy())])).to.deep.equal([
      'neverHolds /elements/0/restrictions',
    ]);
  });

  it('finds steps that surprise', () => {
    const time = { type: 'TIME', price: 1, vat: 21, step_size: 3600 };
    const parking = { type: 'PARKING_TIME', price: 1, vat: 21, step_size: 60 };
    expect(lint([element(time), element(parking), element(energy({ step_size: 1001 }))])).to.deep.equal([
      'unusualStep /elements/0/price_components/0/step_size',
      'unusualStep /elements/2/price_components/0/step_size',
      'stepNotUsed /elements',
    ]);
    expect(lint([element(energy({ step_size: 500 }), { max_kwh: 5 }), element(energy())])).to.deep.equal(['mixedSteps /elements']);
  });

  it('finds times that the clock skips or repeats', () => {
    expect(lint([element(energy(), { start_time: '02:30', end_time: '05:00' }), element(energy())])).to.deep.equal([
      'skippedHour /elements/0/restrictions/start_time',
      'repeatedHour /elements/0/restrictions/start_time',
    ]);
  });

  it('finds limits that cross, a validity that is none, an unknown tax and a reservation of energy', () => {
    expect(lint([element(energy())], { min_price: { excl_vat: 5 }, max_price: { excl_vat: 4 } })).to.deep.equal(['limitsCross /min_price']);
    expect(lint([element(energy())], { start_date_time: '2026-02-01T00:00:00Z', end_date_time: '2026-01-01T00:00:00Z' })).to.deep.equal([
      'validity /end_date_time',
    ]);
    expect(lint([element({ type: 'ENERGY', price: 1, step_size: 1 })])).to.deep.equal(['unknownTax /elements/0/price_components/0']);
    expect(lint([element(energy(), { reservation: 'RESERVATION' }), element(energy())])).to.deep.equal([
      'reservationDimension /elements/0/price_components/0',
    ]);
  });
});

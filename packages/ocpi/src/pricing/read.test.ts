import { expect } from 'chai';
import { PricingError } from './errors.js';
import { price } from './price.js';
import { readCdr, readSession } from './session.js';
import { readTariff } from './tariff.js';

const wire = (more: object = {}, component: object = {}) => ({
  id: 'T',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1, ...component }] }],
  ...more,
});
const cdr = (dimensions: readonly object[], more: object = {}) => ({
  start_date_time: '2026-01-05T10:00:00Z',
  end_date_time: '2026-01-05T10:10:00Z',
  charging_periods: [{ start_date_time: '2026-01-05T10:00:00Z', dimensions }],
  ...more,
});
/** The pointer and code of the error that is thrown. */
function fault(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PricingError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'none';
}

describe('reading tariffs', () => {
  it('says where a tariff is wrong', () => {
    expect(fault(() => readTariff('2.2.1', { ...wire(), elements: [] }))).to.equal('missing /elements');
    expect(fault(() => readTariff('2.2.1', wire({}, { price: '0.25' })))).to.equal('type /elements/0/price_components/0/price');
    expect(fault(() => readTariff('2.2.1', wire({}, { type: 'ENERGI' })))).to.equal('type /elements/0/price_components/0/type');
    expect(fault(() => readTariff('2.3.0', wire()))).to.equal('missing /tax_included');
    expect(fault(() => readTariff('2.2.1', wire({ min_price: {} })))).to.equal('missing /min_price/excl_vat');
  });

  it('refuses what binary floats left behind, or rounds it by agreement', () => {
    expect(fault(() => readTariff('2.2.1', wire({}, { price: 0.1 + 0.2 })))).to.equal('precision /elements/0/price_components/0/price');
    const rounded = readTariff('2.2.1', wire({}, { price: 0.1 + 0.2 }), { finerPrice: 'round' });
    expect(rounded.elements[0]?.components[0]?.price).to.equal(300_000_000n);
  });

  it('takes no VAT, limit or reservation from a 2.1.1 tariff, which has none', () => {
    const old = readTariff('2.1.1', wire({ min_price: { excl_vat: 1 } }, { vat: 21 }));
    expect(old.minPrice).to.equal(undefined);
    expect(old.elements[0]?.components[0]?.taxes).to.equal(undefined);
  });
});

describe('reading sessions and CDRs', () => {
  it('says where a CDR is wrong', () => {
    expect(fault(() => readCdr('2.2.1', cdr([{ type: 'ENERGY', volume: '1' }])))).to.equal('type /charging_periods/0/dimensions/0/volume');
    expect(fault(() => readCdr('2.2.1', cdr([{ type: 'ENERGY', volume: -1 }])))).to.equal('range /charging_periods/0/dimensions/0/volume');
    expect(fault(() => readCdr('2.2.1', cdr([], { end_date_time: '2026-01-05T09:00:00Z' })))).to.equal('order /end_date_time');
    expect(fault(() => readCdr('2.2.1', cdr([], { end_date_time: undefined })))).to.equal('missing /end_date_time');
    expect(fault(() => readCdr('2.2.1', cdr([{ type: 'ENERGY', volume: 1e-7 }])))).to.equal(
      'precision /charging_periods/0/dimensions/0/volume',
    );
  });

  it('takes hours within their resolution for the length of the period', () => {
    const ms = (volume: number, hours?: 'asReported') =>
      readCdr('2.2.1', cdr([{ type: 'TIME', volume }]), hours ? { policies: { hours } } : {}).periods[0]?.timeMs;
    expect([ms(0.1667), ms(0.1667, 'asReported'), ms(0.1666666667, 'asReported'), ms(0.166)]).to.deep.equal([
      600_000, 600_120, 600_000, 597_600,
    ]);
  });

  it('prices an open session of 2.1.1 until now', () => {
    const open = {
      start_datetime: '2026-01-05T10:00:00Z',
      currency: 'EUR',
      charging_periods: [{ start_date_time: '2026-01-05T10:00:00Z', dimensions: [{ type: 'ENERGY', volume: 2 }] }],
    };
    const session = readSession('2.1.1', open, { until: Date.parse('2026-01-05T10:30:00Z') });
    expect([session.end - session.start, price([readTariff('2.1.1', wire())], session).total.beforeTaxes]).to.deep.equal([
      1_800_000,
      500_000_000n,
    ]);
  });

  it('takes a tariff that is not valid at the start only when a period names it, or by policy', () => {
    const old = readTariff('2.2.1', wire({ end_date_time: '2025-12-31T23:00:00Z' }));
    const session = readCdr('2.2.1', cdr([{ type: 'ENERGY', volume: 1 }]));
    expect(fault(() => price([old], session))).to.equal('noTariff ');
    expect(price([old], session, { policies: { validity: 'ignored' } }).total.beforeTaxes).to.equal(250_000_000n);
    const named = { ...session, periods: session.periods.map((p) => ({ ...p, tariffId: 't' })) };
    expect(price([old], named).total.beforeTaxes).to.equal(250_000_000n);
  });
});

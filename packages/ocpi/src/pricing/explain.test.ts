import { expect } from 'chai';
import { explainPrice, explainTariff } from './explain.js';
import { previewTariff } from './preview.js';
import { price } from './price.js';
import { period } from './session.js';
import { readTariff, type Tariff } from './tariff.js';

const tariff = readTariff('2.2.1', {
  id: 'T',
  currency: 'EUR',
  max_price: { excl_vat: 10, incl_vat: 12.1 },
  elements: [
    { price_components: [{ type: 'FLAT', price: 0.5, vat: 21, step_size: 1 }] },
    {
      price_components: [{ type: 'ENERGY', price: 0.3, vat: 21, step_size: 100 }],
      restrictions: { start_time: '07:00', end_time: '00:00', max_kwh: 20 },
    },
    { price_components: [{ type: 'ENERGY', price: 0.2, vat: 21, step_size: 100 }] },
    { price_components: [{ type: 'TIME', price: 2, vat: 21, step_size: 60 }], restrictions: { reservation: 'RESERVATION_EXPIRES' } },
  ],
});
const start = Date.parse('2026-01-05T12:00:00Z');
const session = { start, end: start + 3_600_000, periods: [period({ start, end: start + 3_600_000, energyMilliWh: 10_050_000 })] };

describe('a tariff in plain words', () => {
  it('is told in English', () => {
    expect(explainTariff(tariff)).to.deep.equal([
      '0.50 EUR once per session; VAT 21 %.',
      '0.30 EUR per kWh from 07:00 to 24:00 and for the first 20 kWh; VAT 21 %; the total is rounded up to steps of 100 Wh.',
      '0.20 EUR per kWh; VAT 21 %; the total is rounded up to steps of 100 Wh.',
      '2.00 EUR per hour of reservation when a reservation expires unused; VAT 21 %; the total is rounded up to steps of 1 min.',
      'Where several lines price the same thing, the first whose conditions hold counts.',
      'Prices exclude taxes.',
      'A session costs at most 10.00 EUR before taxes.',
      'A session costs at most 12.10 EUR after taxes.',
    ]);
  });

  it('is told in Chinese, with its fees', () => {
    const cn: Tariff = {
      id: 'CN',
      currency: 'CNY',
      taxIncluded: 'yes',
      elements: [
        {
          restrictions: { startMinute: 600, endMinute: 900, weekdays: [6, 7] },
          components: [
            {
              dimension: 'ENERGY',
              price: 1_350_000_000n,
              stepSize: 0,
              fees: [
                { type: 'electricity', price: 850_000_000n },
                { type: 'service', price: 500_000_000n },
              ],
            },
          ],
        },
      ],
    };
    expect(explainTariff(cn, 'zh')).to.deep.equal([
      '每度电（kWh）1.35 CNY，周六、周日，10:00至15:00；电费 0.85 CNY + 服务费 0.50 CNY。',
      '价格含税。',
    ]);
  });
});

describe('a price in plain words', () => {
  const priced = price([tariff], session, { timeZone: 'Europe/Amsterdam' });

  it('has a sentence for each line', () => {
    expect(explainPrice(priced)).to.deep.equal([
      'Start fee, 0.50 EUR (0.605 EUR with taxes).',
      'Energy: 10.05 kWh (billed as 10.1 kWh) × 0.30 EUR, 3.03 EUR (3.6663 EUR with taxes).',
      'Total 4.2713 EUR: 3.53 EUR before taxes, VAT 21 % 0.7413 EUR.',
    ]);
    expect(explainPrice(priced, 'zh')).to.deep.equal([
      '启动费，0.50 EUR（含税0.605 EUR）。',
      '电量：10.05度（按10.1度计费） × 0.30 EUR，3.03 EUR（含税3.6663 EUR）。',
      '合计4.2713 EUR：税前3.53 EUR，VAT 21% 0.7413 EUR。',
    ]);
  });
});

describe('a week of prices', () => {
  it('gives a window for each price, and a week of 169 hours in October', () => {
    const week = previewTariff(tariff, { timeZone: 'Europe/Amsterdam', from: Date.parse('2026-10-21T22:00:00Z') });
    expect(week).to.have.length(14);
    expect((week.at(-1)!.to - week[0]!.from) / 3_600_000).to.equal(169);
    expect(week[1]).to.deep.equal({
      from: Date.parse('2026-10-22T05:00:00Z'),
      to: Date.parse('2026-10-22T22:00:00Z'),
      perKwh: 300_000_000n,
      start: 500_000_000n,
    });
  });

  it('shows another moment of a session when asked', () => {
    const late = previewTariff(tariff, { timeZone: 'UTC', from: start, days: 1, state: { energyMilliWh: 20_000_000 } });
    expect(late.map(({ perKwh }) => perKwh)).to.deep.equal([200_000_000n]);
  });
});

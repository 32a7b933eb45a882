import { expect } from 'chai';
import { priceBorders } from './borders.js';
import { readTariff } from './tariff.js';

const tariff = readTariff('2.2.1', {
  id: 'T',
  currency: 'EUR',
  elements: [
    { price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }], restrictions: { start_time: '08:00', end_time: '20:00' } },
    { price_components: [{ type: 'ENERGY', price: 0.2, step_size: 1 }] },
  ],
});
const at = (text: string) => Date.parse(text);

describe('price borders', () => {
  it('stand where another component begins, in local time', () => {
    const borders = priceBorders(tariff, 'Europe/Amsterdam', at('2026-03-02T00:00:00Z'), at('2026-03-03T00:00:00Z'));
    expect(borders).to.deep.equal([at('2026-03-02T07:00:00Z'), at('2026-03-02T19:00:00Z')]);
  });

  it('follow the change to summer time', () => {
    const borders = priceBorders(tariff, 'Europe/Amsterdam', at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'));
    expect(borders).to.deep.equal([at('2026-03-28T19:00:00Z'), at('2026-03-29T06:00:00Z')]);
  });

  it('do not stand at either end, nor where nothing changes', () => {
    expect(priceBorders(tariff, 'UTC', at('2026-03-02T08:00:00Z'), at('2026-03-02T20:00:00Z'))).to.deep.equal([]);
    const flat = readTariff('2.2.1', {
      id: 'F',
      currency: 'EUR',
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }] }],
    });
    expect(priceBorders(flat, 'UTC', at('2026-03-01T00:00:00Z'), at('2026-04-01T00:00:00Z'))).to.deep.equal([]);
  });

  it('of a month of days are two a day', () => {
    expect(priceBorders(tariff, 'UTC', at('2026-03-01T00:00:00Z'), at('2026-04-01T00:00:00Z'))).to.have.length(62);
  });
});

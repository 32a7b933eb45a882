import { expect } from 'chai';
import fc from 'fast-check';
import { PricingError } from './errors.js';
import { instant } from './json.js';

describe('OCPI date and time', () => {
  it('reads every moment as the engine does, with and without fraction and Z', () => {
    const moments = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (moment) => {
        const wire = moment.toISOString();
        expect(instant(wire, '')).to.equal(moment.getTime());
        expect(instant(wire.slice(0, -1), '')).to.equal(moment.getTime());
        expect(instant(`${wire.slice(0, 19)}Z`, '')).to.equal(Math.floor(moment.getTime() / 1000) * 1000);
      }),
      { seed: 1 },
    );
  });

  it('accepts what the field sends: +00:00, a space, many decimals', () => {
    for (const wire of ['2026-03-29T01:00:00+00:00', '2026-03-29 01:00:00', '2026-03-29T01:00:00.0004567Z']) {
      expect(instant(wire, '')).to.equal(Date.UTC(2026, 2, 29, 1));
    }
    expect(instant('2026-03-29T01:00:00.5Z', '')).to.equal(Date.UTC(2026, 2, 29, 1) + 500);
  });

  it('refuses another offset, a day that is not in the calendar, and anything else', () => {
    for (const wire of [
      '2026-03-29T01:00:00+01:00',
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-03-29',
      '',
      '2026-3-29T01:00:00Z',
      5,
      null,
    ]) {
      expect(() => instant(wire, '/x')).to.throw(PricingError);
    }
  });
});

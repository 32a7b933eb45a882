import { expect } from 'chai';
import fc from 'fast-check';
import { plotSession, powers } from './session-plot.js';

const start = Date.parse('2026-11-25T09:00:00Z');
const MINUTE = 60_000;

describe('the plot of a session', () => {
  it('shows the power where it was, and what a kWh cost', () => {
    const readings = [
      { at: start, milliWh: 0 },
      { at: start + 60 * MINUTE, milliWh: 22_000_000 },
      { at: start + 120 * MINUTE, milliWh: 33_000_000 },
    ];
    expect(powers(readings, 4).map((kw) => kw.toFixed(3))).to.deep.equal(['22.000', '22.000', '11.000', '11.000']);
    const steps = [
      { until: start + 60 * MINUTE, milliWh: 22_000_000, cost: 6.6 },
      { until: start + 120 * MINUTE, milliWh: 11_000_000, cost: 12.1 },
    ];
    expect(plotSession(readings, steps, { width: 22, currency: 'EUR' })).to.equal(
      [
        '  22.0 kW ██████',
        '          ██████',
        '          ████████████',
        '          ████████████',
        '          09:00:00 11:00:00',
        '',
        '09:00:00 to 10:00:00   22.000 kWh   6.6000 EUR   0.3000 EUR/kWh',
        '10:00:00 to 11:00:00   11.000 kWh   5.5000 EUR   0.5000 EUR/kWh',
        '',
      ].join('\n'),
    );
    expect(plotSession(readings.slice(0, 1), [], { width: 80, currency: 'EUR' })).to.equal('');
  });

  it('loses no energy, however the readings fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e7)), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 10, max: 200 }),
        (gaps, columns) => {
          const readings = [{ at: start, milliWh: 0 }];
          for (const [ms, milliWh] of gaps) readings.push({ at: readings.at(-1)!.at + ms, milliWh: readings.at(-1)!.milliWh + milliWh });
          const hours = (readings.at(-1)!.at - start) / 3_600_000 / columns;
          const kwh = powers(readings, columns).reduce((sum, kw) => sum + kw * hours, 0);
          expect(kwh).to.be.closeTo(readings.at(-1)!.milliWh / 1e6, 1e-6);
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });
});

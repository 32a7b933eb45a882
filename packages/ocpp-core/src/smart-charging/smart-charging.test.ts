import { expect } from 'chai';
import fc from 'fast-check';
import { type CompositeRequest, compositeSchedule, wireLimit } from './composite.js';
import { conflictsOf, withProfile } from './conflicts.js';
import { fromProfile2x, fromProfile16, milli, type Profile } from './profile.js';

const noon = new Date('2026-01-15T12:00:00Z');
const at = (time: string) => new Date(`2026-01-15T${time}Z`);
const profile = (over: Partial<Profile> = {}): Profile => ({
  id: 1,
  evseId: 0,
  purpose: 'txDefault',
  kind: 'Absolute',
  stackLevel: 0,
  start: noon,
  unit: 'A',
  periods: [{ startSeconds: 0, limitMilli: 16_000 }],
  ...over,
});
const limits = (profiles: readonly Profile[], over: Partial<CompositeRequest> = {}) =>
  compositeSchedule({
    profiles,
    evseId: 1,
    from: noon,
    durationSeconds: 3_600,
    unit: 'A',
    voltage: 230,
    phases: 3,
    hardwareMilli: 32_000,
    transaction: { id: 'T1', startedAt: noon },
    ...over,
  }).map(({ startSeconds, limitMilli }) => [startSeconds, limitMilli / 1_000]);

describe('the composite schedule', () => {
  it('is the hardware’s limit where no profile says anything', () => {
    expect(limits([])).to.deep.equal([[0, 32]]);
  });

  it('follows the periods of a profile', () => {
    const steps = profile({
      periods: [
        { startSeconds: 0, limitMilli: 10_000 },
        { startSeconds: 600, limitMilli: 6_000 },
        { startSeconds: 1_200, limitMilli: 20_000 },
      ],
      durationSeconds: 1_800,
    });
    expect(limits([steps])).to.deep.equal([
      [0, 10],
      [600, 6],
      [1_200, 20],
      [1_800, 32],
    ]);
  });

  it('takes the highest stack level that has a period, and the lower one again when it ends', () => {
    const low = profile({ id: 1, stackLevel: 0 });
    const high = profile({ id: 2, stackLevel: 3, durationSeconds: 900, periods: [{ startSeconds: 0, limitMilli: 25_000 }] });
    expect(limits([low, high])).to.deep.equal([
      [0, 25],
      [900, 16],
    ]);
  });

  it('takes the lowest over the purposes, and a TxProfile instead of the TxDefaultProfile', () => {
    const standard = profile({ id: 1, periods: [{ startSeconds: 0, limitMilli: 8_000 }] });
    const own = profile({ id: 2, purpose: 'tx', evseId: 1, transactionId: 'T1', periods: [{ startSeconds: 0, limitMilli: 20_000 }] });
    const station = profile({
      id: 3,
      purpose: 'stationMax',
      validFrom: at('12:30:00'),
      periods: [{ startSeconds: 0, limitMilli: 13_000 }],
    });
    expect(limits([standard, own, station])).to.deep.equal([
      [0, 20],
      [1_800, 13],
    ]);
    expect(limits([standard, own, station], { transaction: { id: 'T2', startedAt: noon } })).to.deep.equal([[0, 8]]);
  });

  it('begins Relative profiles with the transaction', () => {
    const relative = profile({
      kind: 'Relative',
      periods: [
        { startSeconds: 0, limitMilli: 16_000 },
        { startSeconds: 1_800, limitMilli: 6_000 },
      ],
    });
    expect(limits([relative], { transaction: { id: 'T1', startedAt: at('11:40:00') } })).to.deep.equal([
      [0, 16],
      [600, 6],
    ]);
  });

  it('repeats Recurring profiles by the day and the week', () => {
    const night = profile({
      kind: 'Recurring',
      recurrence: 'Daily',
      start: new Date('2026-01-01T22:00:00Z'),
      durationSeconds: 8 * 3_600,
      periods: [{ startSeconds: 0, limitMilli: 30_000 }],
    });
    expect(limits([night], { durationSeconds: 86_400 })).to.deep.equal([
      [0, 32],
      [36_000, 30],
      [64_800, 32],
    ]);
    const weekly = { ...night, recurrence: 'Weekly' } as const;
    // The 15th is a Thursday, as the 1st was.
    expect(limits([weekly], { durationSeconds: 86_400 })).to.deep.equal(limits([night], { durationSeconds: 86_400 }));
    expect(limits([weekly], { from: at('00:00:00'), durationSeconds: 3_600 })).to.deep.equal([[0, 32]]);
  });

  it('changes units by voltage and phases, and cuts', () => {
    const watts = profile({ unit: 'W', periods: [{ startSeconds: 0, limitMilli: 11_000_000 }] });
    expect(limits([watts])).to.deep.equal([[0, 15.942]]);
    expect(wireLimit(15_942)).to.equal(15.9);
    const single = profile({ periods: [{ startSeconds: 0, limitMilli: 16_000, phases: 1 }] });
    expect(limits([single], { unit: 'W', hardwareMilli: 22_000_000 })).to.deep.equal([[0, 3_680]]);
  });

  it('adds what is generated on the spot to the station’s bound, in 2.1', () => {
    const station = profile({ id: 1, purpose: 'stationMax', periods: [{ startSeconds: 0, limitMilli: 10_000 }] });
    const sun = profile({ id: 2, purpose: 'localGeneration', periods: [{ startSeconds: 0, limitMilli: 5_000 }] });
    expect(limits([station, sun])).to.deep.equal([[0, 15]]);
  });

  it('lets priority come before the transaction’s profiles, in 2.1', () => {
    const own = profile({ id: 1, purpose: 'tx', evseId: 1, transactionId: 'T1', periods: [{ startSeconds: 0, limitMilli: 6_000 }] });
    const fast = profile({ id: 2, purpose: 'priority', evseId: 1, periods: [{ startSeconds: 0, limitMilli: 30_000 }] });
    expect(limits([own, fast])).to.deep.equal([[0, 6]]);
    expect(limits([own, fast], { priority: true })).to.deep.equal([[0, 30]]);
  });

  it('is at no moment above any limit that counts, whatever the profiles', () => {
    const period = fc.record({ startSeconds: fc.constantFrom(300, 900, 1_500), limitMilli: fc.integer({ min: 0, max: 40_000 }) });
    const any = fc
      .record({
        id: fc.integer({ min: 1, max: 9 }),
        evseId: fc.constantFrom(0, 1, 2),
        purpose: fc.constantFrom('stationMax', 'external', 'txDefault', 'tx'),
        stackLevel: fc.integer({ min: 0, max: 3 }),
        kind: fc.constantFrom('Absolute', 'Relative', 'Recurring'),
        first: fc.integer({ min: 0, max: 40_000 }),
        more: fc.array(period, { maxLength: 1 }),
        durationSeconds: fc.constantFrom(600, 1_200, 7_200),
      })
      .map(({ first, more, ...rest }) =>
        profile({ ...rest, recurrence: 'Daily', periods: [{ startSeconds: 0, limitMilli: first }, ...more] }),
      );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (profiles) => {
        const result = limits(profiles);
        expect(result[0]?.[0]).to.equal(0);
        for (const [startSeconds = 0, limit = 0] of result) {
          const lone = profiles.filter(({ purpose, evseId }) => (purpose === 'stationMax' || purpose === 'external') && evseId !== 2);
          for (const { purpose } of lone) {
            // Of one purpose alone, the limit at that moment is an upper bound of the whole.
            const alone = limits(profiles.filter((other) => other.purpose === purpose));
            const bound = alone.findLast(([start = 0]) => start <= startSeconds)?.[1] ?? 32;
            expect(limit).to.be.at.most(bound);
          }
          expect(limit).to.be.within(0, 32);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe('profiles of the versions', () => {
  it('keep 8.1 A exactly, and cut finer fractions', () => {
    expect(milli(8.1)).to.equal(8_100);
    expect(milli(0.29)).to.equal(290);
    expect(milli(6.99996)).to.equal(6_999);
  });

  it('come into the same words', () => {
    const schedule = {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 8.1, numberPhases: 1 }],
      duration: 60,
    } as const;
    const old = fromProfile16(
      {
        chargingProfileId: 1,
        stackLevel: 2,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Relative',
        transactionId: 7,
        chargingSchedule: schedule,
      },
      1,
    );
    const current = fromProfile2x(
      {
        id: 1,
        stackLevel: 2,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Relative',
        transactionId: '7',
        chargingSchedule: [{ id: 1, ...schedule }],
      },
      1,
    );
    expect(old).to.deep.equal(current);
    expect(old.periods).to.deep.equal([{ startSeconds: 0, limitMilli: 8_100, phases: 1 }]);
  });

  it('of 2.1 with limits per phase are cut to the lowest', () => {
    const current = fromProfile2x(
      {
        id: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: [
          { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16, limit_L2: 10, limit_L3: 12 }] },
        ],
      },
      1,
    );
    expect(current.periods[0]?.limitMilli).to.equal(10_000);
  });
});

describe('conflicts of profiles', () => {
  it('are found in the profile itself', () => {
    expect(conflictsOf(profile(), [], '2.0.1')).to.deep.equal([]);
    expect(conflictsOf(profile({ purpose: 'stationMax', evseId: 1 }), [], '2.0.1')).to.deep.equal([{ reason: 'maxProfileNotOfStation' }]);
    expect(conflictsOf(profile({ purpose: 'tx', evseId: 1 }), [], '2.0.1')).to.deep.equal([{ reason: 'txProfileWithoutTransaction' }]);
    expect(conflictsOf(profile({ purpose: 'tx', evseId: 1 }), [], '1.6')).to.deep.equal([]);
    expect(conflictsOf(profile({ purpose: 'external' }), [], '2.1')).to.deep.equal([{ reason: 'externalFromCsms' }]);
    expect(conflictsOf(profile({ kind: 'Relative' }), [], '1.6')).to.deep.equal([{ reason: 'relativeWithStart' }]);
    expect(conflictsOf(profile({ periods: [{ startSeconds: 5, limitMilli: 1 }] }), [], '1.6')).to.deep.equal([
      { reason: 'firstPeriodNotAtZero' },
    ]);
    expect(conflictsOf(profile({ validFrom: noon, validTo: noon }), [], '1.6')).to.deep.equal([{ reason: 'emptyValidity' }]);
  });

  it('are found between profiles of 2.x that are valid at one time', () => {
    const other = profile({ id: 2, validTo: at('13:00:00') });
    expect(conflictsOf(profile(), [other], '2.0.1')).to.deep.equal([{ reason: 'sameStackLevel', with: 2 }]);
    expect(conflictsOf(profile({ validFrom: at('13:00:00') }), [other], '2.0.1')).to.deep.equal([]);
    expect(conflictsOf(profile({ evseId: 1 }), [other], '2.0.1')).to.deep.equal([{ reason: 'stationAndEvse', with: 2 }]);
    expect(conflictsOf(profile(), [other], '1.6')).to.deep.equal([]);
  });

  it('are settled by replacement, each version by its rule', () => {
    const other = profile({ id: 2 });
    expect(withProfile(profile(), [other], '1.6').map(({ id }) => id)).to.deep.equal([1]);
    expect(withProfile(profile(), [other], '2.0.1').map(({ id }) => id)).to.deep.equal([2, 1]);
    expect(withProfile(profile({ id: 2, stackLevel: 4 }), [other], '2.0.1')).to.have.length(1);
  });
});

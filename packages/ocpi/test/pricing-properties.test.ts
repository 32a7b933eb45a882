import {
  amountsByFee,
  openPrice,
  type Period,
  type PriceComponent,
  type PricedSession,
  period,
  price,
  pricer,
  type Restrictions,
  roundAmount,
  type Tariff,
} from '@evroam/ocpi/pricing';
import { expect } from 'chai';
import fc from 'fast-check';

const runs = process.env.EVROAM_EFFORT === 'long' ? 5000 : 150;
const seed = process.env.EVROAM_SEED ? Number(process.env.EVROAM_SEED) : 20_261_124;
const check = { numRuns: runs, seed };

const ZONES = [
  'UTC',
  'Europe/Amsterdam',
  'Asia/Shanghai',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
];
const MINUTE = 60_000;

const minuteOfDay = fc.integer({ min: 0, max: 95 }).map((n) => n * 15);
const restrictions: fc.Arbitrary<Restrictions> = fc.record(
  {
    startMinute: minuteOfDay,
    endMinute: minuteOfDay,
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
    minEnergyMilliWh: fc.integer({ min: 0, max: 30 }).map((n) => n * 1_000_000),
    maxEnergyMilliWh: fc.integer({ min: 1, max: 30 }).map((n) => n * 1_000_000),
    minDurationMs: fc.integer({ min: 0, max: 20 }).map((n) => n * 15 * MINUTE),
    maxDurationMs: fc.integer({ min: 1, max: 20 }).map((n) => n * 15 * MINUTE),
    maxPowerMilliW: fc.integer({ min: 1, max: 100 }).map((n) => n * 1_000_000),
    reservation: fc.constantFrom('reservation', 'expires'),
  },
  { requiredKeys: [] },
);

/** Prices of four decimals, mostly, so that both ways of summing are taken. */
const nano = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30_000 }).map((n) => BigInt(n) * 100_000n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 3_000_000_000n }) },
);
const taxes = fc.option(
  fc.oneof(
    fc.constantFrom(0, 100_000, 210_000, 52_000, 99_750).map((rate) => [{ name: 'VAT', rate }]),
    fc.constant([
      { name: 'GST', rate: 50_000 },
      { name: 'QST', rate: 99_750 },
    ]),
  ),
  { nil: undefined, freq: 4 },
);

interface Kind {
  readonly steps: boolean;
  /** A limit on one side of the taxes pulls the other along in proportion, which with several rates may lower it for more energy. */
  readonly limits: 'both sides' | 'either side';
}

const component = ({ steps }: Kind): fc.Arbitrary<PriceComponent> =>
  fc
    .record({
      dimension: fc.constantFrom('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
      price: nano,
      stepSize: steps ? fc.constantFrom(0, 1, 60, 300, 1000) : fc.constant(0),
      taxes,
    })
    .map(({ taxes: t, ...rest }): PriceComponent => (t === undefined ? rest : { ...rest, taxes: t }));

/** As most tariffs are: four decimals and one tax at most, which are summed in plain numbers. */
const plainly = ({ price: p, taxes: t, ...rest }: PriceComponent): PriceComponent => ({
  ...rest,
  price: p - (p % 100_000n),
  ...(t ? { taxes: t.slice(0, 1) } : {}),
});

const tariffOf = (kind: Kind): fc.Arbitrary<Tariff> =>
  fc
    .record({
      taxIncluded: fc.constantFrom('no', 'no', 'no', 'yes', 'notApplicable'),
      elements: fc.array(
        fc.record({
          components: fc.array(component(kind), { minLength: 1, maxLength: 3 }),
          restrictions: fc.option(restrictions, { nil: undefined }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      plain: fc.boolean(),
      min: fc.option(nano, { nil: undefined }),
      max: fc.option(nano, { nil: undefined }),
    })
    .map(({ taxIncluded, elements, plain, min, max }) => ({
      id: 'T',
      currency: 'EUR',
      taxIncluded,
      elements: elements.map(({ components: all, restrictions: r }) => {
        const components = plain ? all.map(plainly) : all;
        return r ? { components, restrictions: r } : { components };
      }),
      ...(min !== undefined ? { minPrice: { beforeTaxes: min, afterTaxes: min + min / 5n } } : {}),
      ...(max !== undefined
        ? { maxPrice: { beforeTaxes: max * 10n, ...(kind.limits === 'both sides' ? { afterTaxes: max * 11n } : {}) } }
        : {}),
    }));

/** Periods whose energy is a whole number of mWh for each ms, so that a cut at any ms is exact. */
const periodShape = fc.record({
  lengthMs: fc.integer({ min: 1, max: 8 * 60 }).chain((m) => fc.integer({ min: 0, max: 59_999 }).map((rest) => m * MINUTE + rest)),
  perMs: fc.integer({ min: 0, max: 97 }),
  kind: fc.constantFrom('time', 'parking'),
  power: fc.integer({ min: -1, max: 100 }).map((n) => (n < 0 ? -1 : n * 1_000_000)),
});
const start = fc
  .date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2026-12-30T00:00:00Z'), noInvalidDate: true })
  .map((d) => d.getTime());
const reserved = fc.option(fc.record({ ms: fc.integer({ min: 1, max: 3 * 60 * MINUTE }), how: fc.constantFrom('used', 'expired') }), {
  nil: undefined,
});
const session: fc.Arbitrary<PricedSession> = fc
  .record({ start, reserved, shapes: fc.array(periodShape, { minLength: 1, maxLength: 6 }) })
  .map(({ start: from, reserved: before, shapes }) => {
    const periods: Period[] = [];
    let t = from;
    if (before) {
      periods.push(period({ start: t, end: t + before.ms, reservationMs: before.ms }));
      t += before.ms;
    }
    for (const { lengthMs, perMs, kind, power } of shapes) {
      const end = t + lengthMs;
      const load = { minPowerMilliW: power, maxPowerMilliW: power };
      const volumes = kind === 'time' ? { timeMs: lengthMs, energyMilliWh: lengthMs * perMs } : { parkingMs: lengthMs };
      periods.push(period({ start: t, end, ...volumes, ...load }));
      t = end;
    }
    return { start: from, end: t, periods, ...(before ? { reservation: before.how } : {}) };
  });
const zone = fc.constantFrom(...ZONES);
const everything: Kind = { steps: true, limits: 'either side' };

/** One period cut in two at a part of its length. */
function cutPeriod(p: Period, at: number): Period[] {
  const part = (volume: number) => (volume / (p.end - p.start)) * (at - p.start);
  const first = {
    ...p,
    end: at,
    energyMilliWh: part(p.energyMilliWh),
    timeMs: part(p.timeMs),
    parkingMs: part(p.parkingMs),
    reservationMs: part(p.reservationMs),
  };
  return [
    first,
    {
      ...p,
      start: at,
      energyMilliWh: p.energyMilliWh - first.energyMilliWh,
      timeMs: p.timeMs - first.timeMs,
      parkingMs: p.parkingMs - first.parkingMs,
      reservationMs: p.reservationMs - first.reservationMs,
    },
  ];
}

describe('pricing, for random tariffs and sessions', () => {
  it('is pure: the same input gives the same price, whatever was priced in between (invariant 18)', () => {
    fc.assert(
      fc.property(tariffOf(everything), session, session, zone, (t, s, other, timeZone) => {
        const once = price([t], s, { timeZone, trace: true });
        price([t], other, { timeZone });
        expect(price([structuredClone(t)], structuredClone(s), { timeZone, trace: true })).to.deep.equal(once);
      }),
      check,
    );
  });

  it('costs at the end what it cost while running (invariant 18)', () => {
    fc.assert(
      fc.property(tariffOf(everything), session, zone, (t, s, timeZone) => {
        const open = openPrice([t], s, { timeZone });
        s.periods.forEach((p, i) => {
          open.add(p);
          const soFar = s.periods.slice(0, i + 1);
          expect(open.price()).to.deep.equal(price([t], { ...s, periods: soFar, end: p.end }, { timeZone }));
        });
      }),
      check,
    );
  });

  it('does not change when a period is split anywhere, where no step is involved', () => {
    fc.assert(
      fc.property(
        tariffOf({ steps: false, limits: 'either side' }),
        session,
        zone,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (t, s, timeZone, n, share) => {
          const i = n % s.periods.length;
          const whole = s.periods[i]!;
          const at = whole.start + Math.floor((whole.end - whole.start) * share);
          if (at === whole.start || at === whole.end) return;
          const periods = [...s.periods.slice(0, i), ...cutPeriod(whole, at), ...s.periods.slice(i + 1)];
          const { lines, ...cut } = price([t], { ...s, periods }, { timeZone });
          const { lines: before, ...uncut } = price([t], s, { timeZone });
          expect(cut).to.deep.equal(uncut);
          expect(lines).to.deep.equal(before);
        },
      ),
      check,
    );
  });

  it('sums its lines, its dimensions and its fees to the total, on each side of the taxes', () => {
    fc.assert(
      fc.property(tariffOf(everything), session, zone, (t, s, timeZone) => {
        const { total, lines, byDimension } = price([t], s, { timeZone });
        for (const parts of [lines.map(({ amount }) => amount), Object.values(byDimension), Object.values(amountsByFee(lines))]) {
          for (const side of ['beforeTaxes', 'afterTaxes'] as const) {
            if (total[side] === undefined) expect(parts.some((part) => part[side] === undefined)).to.equal(true);
            else expect(parts.reduce((sum, part) => sum + part[side]!, 0n)).to.equal(total[side]);
          }
        }
      }),
      check,
    );
  });

  it('adds taxes to the amount before them to give the amount after, exact and rounded (invariant 21)', () => {
    fc.assert(
      fc.property(
        tariffOf(everything),
        session,
        zone,
        fc.constantFrom('EUR', 'JPY', 'BHD'),
        fc.constantFrom('perTotal', 'perLine'),
        (t, s, timeZone, currency, rule) => {
          const { total, lines } = price([t], s, { timeZone });
          const rounded = roundAmount(
            lines.map(({ amount }) => amount),
            currency,
            rule,
          );
          for (const amount of [total, rounded, ...lines.map((l) => l.amount)]) {
            if (amount.beforeTaxes === undefined || amount.afterTaxes === undefined) continue;
            expect(amount.beforeTaxes + amount.taxes.reduce((sum, { amount: tax }) => sum + tax, 0n)).to.equal(amount.afterTaxes);
          }
        },
      ),
      check,
    );
  });

  it('posts within half a minor unit of the exact amount for each rounding (invariant 19)', () => {
    fc.assert(
      fc.property(
        tariffOf(everything),
        session,
        zone,
        fc.constantFrom('EUR', 'JPY', 'BHD'),
        fc.constantFrom('perTotal', 'perLine'),
        (t, s, timeZone, currency, rule) => {
          const { total, lines } = price([t], s, { timeZone });
          const rounded = roundAmount(
            lines.map(({ amount }) => amount),
            currency,
            rule,
          );
          const unit = 10n ** BigInt(9 - rounded.digits);
          const roundings = rule === 'perTotal' ? 1n : BigInt(lines.length);
          for (const side of ['beforeTaxes', 'afterTaxes'] as const) {
            if (total[side] === undefined) continue;
            const off = rounded[side]! * unit - total[side];
            expect(2n * (off < 0n ? -off : off) <= unit * roundings, `${off} of ${unit}`).to.equal(true);
          }
        },
      ),
      check,
    );
  });

  it('bills at most one step more than was used, and never less (invariant 22)', () => {
    fc.assert(
      fc.property(tariffOf({ steps: true, limits: 'both sides' }), session, zone, (t, s, timeZone) => {
        const stepped = price([t], s, { timeZone });
        const plain = price([t], s, { timeZone, policies: { stepSize: 'none' } });
        const kinds = stepped.lines.filter(({ step }) => step).map(({ dimension }) => dimension);
        expect(new Set(kinds).size).to.equal(kinds.length);
        expect(kinds.includes('TIME') && kinds.includes('PARKING_TIME')).to.equal(false);
        for (const { step, billed, volume } of stepped.lines) expect(billed - volume).to.be.within(0, (step?.size ?? 0) * 1000);
        for (const side of ['beforeTaxes', 'afterTaxes'] as const) {
          const [a, b] = [stepped.total[side], plain.total[side]];
          if (a !== undefined && b !== undefined) expect(a >= b - 1n).to.equal(true);
        }
      }),
      check,
    );
  });

  it('never costs less for more energy or time, where no step is involved (invariant 22)', () => {
    fc.assert(
      fc.property(tariffOf({ steps: false, limits: 'both sides' }), session, zone, periodShape, (t, s, timeZone, { lengthMs, perMs }) => {
        const more = period({ start: s.end, end: s.end + lengthMs, energyMilliWh: lengthMs * perMs, timeMs: lengthMs });
        const less = price([t], s, { timeZone }).total;
        const longer = price([t], { ...s, end: more.end, periods: [...s.periods, more] }, { timeZone }).total;
        for (const side of ['beforeTaxes', 'afterTaxes'] as const) {
          if (less[side] !== undefined && longer[side] !== undefined) expect(longer[side] >= less[side] - 1n).to.equal(true);
        }
      }),
      check,
    );
  });

  it('loses no energy and no time between the slices, over midnight and changes of the clock (invariant 23)', () => {
    const all: Tariff = {
      id: 'ALL',
      currency: 'EUR',
      taxIncluded: 'no',
      elements: [
        { components: [{ dimension: 'ENERGY', price: 1n, stepSize: 0 }], restrictions: { startMinute: 135, endMinute: 165 } },
        { components: [{ dimension: 'TIME', price: 1n, stepSize: 0 }], restrictions: { weekdays: [1, 3, 7] } },
        { components: (['ENERGY', 'TIME', 'PARKING_TIME'] as const).map((dimension) => ({ dimension, price: 2n, stepSize: 0 })) },
      ],
    };
    const anyEnergy = fc.array(fc.nat(1_000_000_007), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(session, zone, anyEnergy, (s, timeZone, energies) => {
        const periods = s.periods.map((p, i) => ({ ...p, energyMilliWh: p.reservationMs > 0 ? 0 : energies[i]! }));
        const p = price([all], { ...s, periods }, { timeZone, trace: true });
        const sum = (dimension: string, pick: (l: (typeof p.lines)[number]) => number) =>
          p.lines.filter((l) => l.dimension === dimension).reduce((total, l) => total + pick(l), 0);
        const sliced = (l: (typeof p.lines)[number]) => l.slices!.reduce((total, { volume }) => total + volume, 0);
        const given = (key: 'energyMilliWh' | 'timeMs' | 'parkingMs') => periods.reduce((total, q) => total + q[key], 0);
        for (const [dimension, key] of [
          ['ENERGY', 'energyMilliWh'],
          ['TIME', 'timeMs'],
          ['PARKING_TIME', 'parkingMs'],
        ] as const) {
          expect([sum(dimension, (l) => l.volume), sum(dimension, sliced)]).to.deep.equal([given(key), given(key)]);
        }
      }),
      check,
    );
  });

  it('has one total, whether summed in plain numbers or in whole', () => {
    fc.assert(
      fc.property(tariffOf(everything), session, zone, (t, s, timeZone) => {
        expect(pricer([t], { timeZone }).total(s)).to.deep.equal(price([t], s, { timeZone }).total);
      }),
      { ...check, numRuns: 4 * runs },
    );
  });

  it('bills what its lines round to, in any currency and by either rule', () => {
    const currencies = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
    const rules = fc.constantFrom('perTotal' as const, 'perLine' as const);
    fc.assert(
      fc.property(tariffOf(everything), session, zone, currencies, rules, (t, s, timeZone, currency, rule) => {
        const tariff = { ...t, currency };
        const of = { ...s, currency };
        const lines = price([tariff], of, { timeZone }).lines.map(({ amount }) => amount);
        const { beforeTaxes, afterTaxes } = roundAmount(lines, currency, rule);
        const billed = pricer([tariff], { timeZone }).billed(of, rule);
        expect([billed.beforeTaxes, billed.afterTaxes]).to.deep.equal([beforeTaxes, afterTaxes]);
      }),
      { ...check, numRuns: 4 * runs },
    );
  });
});

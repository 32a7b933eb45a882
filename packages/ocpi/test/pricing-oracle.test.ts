import { type Dimension, type PricedSession, period, price, type Restrictions, type Tariff } from '@evroam/ocpi/pricing';
import { expect } from 'chai';
import fc from 'fast-check';

// A second opinion on which element holds when: minute by minute, by the wall clock that Intl shows, without windows, cuts or caches.

const MINUTE = 60_000;
/** Energy of each charging minute: thresholds of whole kWh then fall between minutes. */
const PER_MINUTE = 100_000;
const runs = process.env.EVROAM_EFFORT === 'long' ? 1000 : 40;
const seed = process.env.EVROAM_SEED ? Number(process.env.EVROAM_SEED) : 5;

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** Minute of the day, weekday (1 = Monday) and day number that the wall clock shows. */
function wallClock(instant: number, timeZone: string): { minute: number; weekday: number; day: number } {
  const made =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  formats.set(timeZone, made);
  const part = Object.fromEntries(made.formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    minute: Number(part.hour) * 60 + Number(part.minute),
    weekday: WEEKDAYS.indexOf(part.weekday!) + 1,
    day: Date.parse(`${part.year}-${part.month}-${part.day}T00:00:00Z`) / 86_400_000,
  };
}

function holds(r: Restrictions | undefined, clock: ReturnType<typeof wallClock>, energy: number, duration: number): boolean {
  if (!r) return true;
  if (r.startMinute !== undefined || r.endMinute !== undefined) {
    const from = r.startMinute ?? 0;
    const to = r.endMinute === undefined || r.endMinute === 0 ? 1440 : r.endMinute;
    const inside = from < to ? clock.minute >= from && clock.minute < to : clock.minute >= from || clock.minute < to;
    if (!inside) return false;
  }
  return (
    (r.weekdays?.includes(clock.weekday) ?? true) &&
    clock.day >= (r.startDay ?? -Infinity) &&
    clock.day < (r.endDay ?? Infinity) &&
    energy >= (r.minEnergyMilliWh ?? 0) &&
    energy < (r.maxEnergyMilliWh ?? Infinity) &&
    duration >= (r.minDurationMs ?? 0) &&
    duration < (r.maxDurationMs ?? Infinity)
  );
}

/** The price before taxes in 10^-9, times 3,600,000: whole. */
function oracle(tariff: Tariff, session: PricedSession, timeZone: string): bigint {
  let sum = 0n;
  let energy = 0;
  let flat = false;
  for (const p of session.periods) {
    for (let t = p.start; t < p.end; t += MINUTE) {
      const clock = wallClock(t, timeZone);
      const priceOf = (dimension: Dimension) =>
        tariff.elements
          .filter(({ restrictions }) => holds(restrictions, clock, energy, t - session.start))
          .flatMap(({ components }) => components)
          .find((c) => c.dimension === dimension)?.price;
      const start = priceOf('FLAT');
      if (!flat && start !== undefined) {
        flat = true;
        sum += start * 3_600_000n;
      }
      if (p.timeMs > 0) {
        // 3.6 = 18 / 5: mWh to the denominator of ms.
        sum += ((priceOf('ENERGY') ?? 0n) * BigInt(PER_MINUTE) * 18n) / 5n + (priceOf('TIME') ?? 0n) * BigInt(MINUTE);
        energy += PER_MINUTE;
      } else sum += (priceOf('PARKING_TIME') ?? 0n) * BigInt(MINUTE);
    }
  }
  return sum;
}

const quarter = fc.integer({ min: 0, max: 95 }).map((n) => n * 15);
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const restrictions: fc.Arbitrary<Restrictions> = fc
  .record(
    {
      startMinute: quarter,
      endMinute: quarter,
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      startDay: fc.constantFrom('2026-03-28', '2026-03-29', '2026-10-25').map(dayOf),
      endDay: fc.constantFrom('2026-03-29', '2026-03-30', '2026-10-26').map(dayOf),
      minEnergyMilliWh: fc.integer({ min: 0, max: 40 }).map((n) => n * 1_000_000),
      maxEnergyMilliWh: fc.integer({ min: 1, max: 40 }).map((n) => n * 1_000_000),
      minDurationMs: fc.integer({ min: 0, max: 16 }).map((n) => n * 15 * MINUTE),
      maxDurationMs: fc.integer({ min: 1, max: 16 }).map((n) => n * 15 * MINUTE),
    },
    { requiredKeys: [] },
  )
  .filter((r) => r.startMinute === undefined || r.startMinute !== r.endMinute);
const component = fc.record({
  dimension: fc.constantFrom<Dimension[]>('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
  price: fc.integer({ min: 1, max: 30_000 }).map((n) => BigInt(n) * 100_000n),
  stepSize: fc.constant(0),
});
const tariff: fc.Arbitrary<Tariff> = fc
  .array(
    fc.record({
      components: fc.array(component, { minLength: 1, maxLength: 3 }),
      restrictions: fc.option(restrictions, { nil: undefined }),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((elements) => ({
    id: 'T',
    currency: 'EUR',
    taxIncluded: 'no',
    elements: elements.map(({ components, restrictions: r }) => (r ? { components, restrictions: r } : { components })),
  }));
/** Around the changes of the clock, and anywhere. */
const start = fc.oneof(
  fc
    .constantFrom('2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z', '2026-04-04T12:00:00Z', '2026-03-08T05:00:00Z', '2026-11-01T04:00:00Z')
    .map(Date.parse),
  fc.integer({ min: 0, max: 365 * 1440 }).map((n) => Date.parse('2026-01-01T00:00:00Z') + n * MINUTE),
);
const session: fc.Arbitrary<PricedSession> = fc
  .record({
    start,
    parts: fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 300 }), charging: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ start: from, parts }) => {
    let t = from;
    const periods = parts.map(({ minutes, charging }) => {
      const ms = minutes * MINUTE;
      const made = period({
        start: t,
        end: t + ms,
        ...(charging ? { timeMs: ms, energyMilliWh: minutes * PER_MINUTE } : { parkingMs: ms }),
      });
      t += ms;
      return made;
    });
    return { start: from, end: t, periods };
  });
const zone = fc.constantFrom(
  'UTC',
  'Europe/Amsterdam',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Shanghai',
);

describe('pricing, against a second opinion', () => {
  it('agrees with a price reckoned minute by minute from what the wall clock shows', () => {
    fc.assert(
      fc.property(tariff, session, zone, (t, s, timeZone) => {
        const exact = oracle(t, s, timeZone);
        const total = price([t], s, { timeZone }).total.beforeTaxes!;
        const off = total * 3_600_000n - exact;
        // The total is cut to 10^-9, to either side.
        expect(off > -3_600_000n && off < 3_600_000n, `${total} and ${exact} / 3600000`).to.equal(true);
      }),
      { numRuns: runs, seed },
    );
  });
});

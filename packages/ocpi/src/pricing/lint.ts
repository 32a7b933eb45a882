import type { Compiled, Entry } from './compile.js';
import { planOf } from './plan.js';
import { period } from './session.js';
import { Tally } from './tally.js';
import type { Dimension, Restrictions, Tariff, TariffElement } from './tariff.js';
import { zoneOf } from './zone.js';

/** What is odd about a tariff. `error`: it cannot mean what it says; `warning`: it may cost somebody money by surprise. */
export interface Finding {
  readonly code:
    | 'neverHolds'
    | 'unreachable'
    | 'gap'
    | 'unusualStep'
    | 'mixedSteps'
    | 'stepNotUsed'
    | 'skippedHour'
    | 'repeatedHour'
    | 'unknownTax'
    | 'limitsCross'
    | 'validity'
    | 'reservationDimension';
  readonly severity: 'error' | 'warning';
  /** JSON pointer into the OCPI tariff. */
  readonly pointer: string;
  readonly message: string;
}

const DAY_MS = 86_400_000;
/** Beyond these a driver is surprised: 1 kWh, 15 minutes. */
const USUAL_STEP: Readonly<Record<Dimension, number>> = { ENERGY: 1000, TIME: 900, PARKING_TIME: 900, FLAT: Infinity };
/** A tariff with more combinations of borders than this is judged by its clock alone. */
const MAX_PROBES = 100_000;

/** Judges a tariff over the year that begins at `from` (epoch ms), at a place. */
export function lintTariff(tariff: Tariff, options: { readonly timeZone: string; readonly from: number }): Finding[] {
  return [
    ...tariff.elements.flatMap((element, i) => lintElement(tariff, element, `/elements/${i}`)),
    ...lintTariffWide(tariff),
    ...lintReach(tariff, options.timeZone, options.from),
    ...lintClockChanges(tariff, options.timeZone, options.from),
  ];
}

function lintElement(tariff: Tariff, { components, restrictions: r }: TariffElement, at: string): Finding[] {
  const out: Finding[] = [];
  if (r) {
    for (const [fields, low, high] of limitsOf(r)) {
      if (low === undefined || high === undefined || low < high) continue;
      out.push({ code: 'neverHolds', severity: 'error', pointer: `${at}/restrictions`, message: `${fields} leave nothing between them` });
    }
  }
  components.forEach((component, i) => {
    const pointer = `${at}/price_components/${i}`;
    const { dimension, stepSize } = component;
    if (stepSize > USUAL_STEP[dimension]) {
      const what = dimension === 'ENERGY' ? `${stepSize / 1000} kWh` : `${stepSize / 60} minutes`;
      out.push({
        code: 'unusualStep',
        severity: 'warning',
        pointer: `${pointer}/step_size`,
        message: `the total is rounded up to ${what}`,
      });
    }
    if (r?.reservation && dimension !== 'TIME' && dimension !== 'FLAT') {
      out.push({
        code: 'reservationDimension',
        severity: 'error',
        pointer,
        message: `a reservation has no ${dimension}: only TIME and FLAT are charged`,
      });
    }
    if (component.taxes === undefined && component.price !== 0n && tariff.taxIncluded !== 'notApplicable') {
      const lost = tariff.taxIncluded === 'yes' ? 'before' : 'after';
      out.push({ code: 'unknownTax', severity: 'warning', pointer, message: `without a tax rate the price ${lost} taxes cannot be told` });
    }
  });
  return out;
}

function limitsOf(r: Restrictions): readonly (readonly [string, number | undefined, number | undefined])[] {
  return [
    ['min_kwh and max_kwh', r.minEnergyMilliWh, r.maxEnergyMilliWh],
    ['min_duration and max_duration', r.minDurationMs, r.maxDurationMs],
    ['min_current and max_current', r.minCurrentMicroA, r.maxCurrentMicroA],
    ['min_power and max_power', r.minPowerMilliW, r.maxPowerMilliW],
    ['start_date and end_date', r.startDay, r.endDay],
  ];
}

function holdsNothing(r: Restrictions): boolean {
  return limitsOf(r).some(([, low, high]) => low !== undefined && high !== undefined && low >= high);
}

function lintTariffWide(tariff: Tariff): Finding[] {
  const out: Finding[] = [];
  for (const dimension of ['ENERGY', 'TIME', 'PARKING_TIME'] as const) {
    const steps = new Set(
      tariff.elements.flatMap(({ components }) => components.filter((c) => c.dimension === dimension).map((c) => c.stepSize)),
    );
    if (steps.size > 1) {
      const message = `${dimension} has steps ${[...steps].join(', ')}: only that of the last component used counts, for the whole session`;
      out.push({ code: 'mixedSteps', severity: 'warning', pointer: '/elements', message });
    }
  }
  const stepped = (dimension: Dimension) =>
    tariff.elements.some(({ components }) => components.some((c) => c.dimension === dimension && c.stepSize > 1));
  const has = (dimension: Dimension) => tariff.elements.some(({ components }) => components.some((c) => c.dimension === dimension));
  if (stepped('TIME') && has('PARKING_TIME')) {
    out.push({
      code: 'stepNotUsed',
      severity: 'warning',
      pointer: '/elements',
      message: 'once any parking is billed, the step of TIME is not applied',
    });
  }
  const { minPrice: min, maxPrice: max, validFrom, validTo } = tariff;
  const cross = (a: bigint | undefined, b: bigint | undefined) => a !== undefined && b !== undefined && a > b;
  if (cross(min?.beforeTaxes, max?.beforeTaxes) || cross(min?.afterTaxes, max?.afterTaxes)) {
    out.push({ code: 'limitsCross', severity: 'error', pointer: '/min_price', message: 'the minimum is more than the maximum' });
  }
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo) {
    out.push({ code: 'validity', severity: 'error', pointer: '/end_date_time', message: 'the tariff ends before it begins' });
  }
  return out;
}

/** Tries every combination of what the tariff distinguishes: what is never chosen is unreachable, what finds nothing is a gap. */
function lintReach(tariff: Tariff, timeZone: string, from: number): Finding[] {
  const { compiled, entries } = planOf([tariff], timeZone, undefined);
  const one = compiled[0]!;
  const moments = windowsOf(one, from);
  const loads = loadsOf(tariff);
  const probes = moments.length * (one.energyCuts.length + 1) * (one.durationCuts.length + 1) * loads.length;
  const out: Finding[] = [];
  const chosen = new Set<Entry>();
  const gaps = new Map<string, number>();
  if (probes <= MAX_PROBES) {
    for (const at of moments)
      for (const energy of [0, ...one.energyCuts])
        for (const duration of [0, ...one.durationCuts])
          for (const load of loads) {
            const found = probe(tariff, timeZone, at, energy, duration, load);
            for (const entry of found) chosen.add(entry);
            for (const dimension of ['ENERGY', 'TIME', 'PARKING_TIME'] as const) {
              if (!found.some((entry) => entry.dimension === dimension) && !gaps.has(dimension)) gaps.set(dimension, at);
            }
          }
    const empty = tariff.elements.map(({ restrictions: r }) => r !== undefined && holdsNothing(r));
    for (const entry of entries) {
      const { restrictions } = tariff.elements[entry.element]!;
      const misplaced = restrictions?.reservation !== undefined && entry.price.dimension === entry.dimension;
      if (chosen.has(entry) || misplaced || empty[entry.element]) continue;
      const pointer = `/elements/${entry.element}/price_components/${entry.component}`;
      out.push({
        code: 'unreachable',
        severity: 'warning',
        pointer,
        message: `this ${entry.price.dimension} is never charged: elements before it always come first`,
      });
    }
  }
  for (const [dimension, at] of gaps) {
    if (!entries.some((entry) => entry.dimension === dimension)) continue;
    const when = new Date(at + zoneOf(timeZone).at(at).offset).toISOString().slice(0, 16).replace('T', ' ');
    const message = `${dimension} is priced only under restrictions: where none holds it is free, as at ${when} local time; a last element without restrictions would cover it`;
    out.push({ code: 'gap', severity: 'warning', pointer: '/elements', message });
  }
  return out;
}

/** One moment of each set of elements that the clock makes hold within a year. */
function windowsOf(compiled: Compiled, from: number): number[] {
  const seen = new Map<unknown, number>();
  for (let t = from; t < from + 366 * DAY_MS; ) {
    const window = compiled.windowAt(t);
    if (!seen.has(window.set)) seen.set(window.set, t);
    t = window.to;
  }
  return [...seen.values()];
}

interface Load {
  readonly current: number;
  readonly power: number;
}

function loadsOf(tariff: Tariff): Load[] {
  const values = (pick: (r: Restrictions) => readonly (number | undefined)[]) => [
    ...new Set([0, ...tariff.elements.flatMap(({ restrictions: r }) => (r ? pick(r) : [])).filter((x): x is number => x !== undefined)]),
  ];
  const currents = values((r) => [r.minCurrentMicroA, r.maxCurrentMicroA]);
  const powers = values((r) => [r.minPowerMilliW, r.maxPowerMilliW]);
  return currents.flatMap((current) => powers.map((power) => ({ current, power })));
}

/** What would be charged at one moment of a session that has run so long and charged so much; reservations included. */
function probe(tariff: Tariff, timeZone: string, at: number, energy: number, duration: number, { current, power }: Load): Entry[] {
  const plan = planOf([tariff], timeZone, undefined);
  const load = { tariffId: tariff.id, minCurrentMicroA: current, maxCurrentMicroA: current, minPowerMilliW: power, maxPowerMilliW: power };
  const found: Entry[] = [];
  const start = at - duration;
  const take = (tally: Tally) => {
    for (let i = 0; i < tally.count; i++) found.push(plan.entries[tally.order[i]!]!);
  };
  const charging = new Tally(plan, { start: at }, false);
  charging.place(start, energy);
  charging.add(period({ start: at, end: at, energyMilliWh: 1, timeMs: 1, parkingMs: 1, ...load }));
  take(charging);
  for (const reservation of ['used', 'expired'] as const) {
    const reserving = new Tally(plan, { start: at, reservation }, false);
    reserving.place(start, energy);
    reserving.add(period({ start: at, end: at, reservationMs: 1, ...load }));
    take(reserving);
  }
  return found;
}

function lintClockChanges(tariff: Tariff, timeZone: string, from: number): Finding[] {
  const out: Finding[] = [];
  const zone = zoneOf(timeZone);
  let span = zone.at(from);
  while (span.to < from + 366 * DAY_MS) {
    const next = zone.at(span.to);
    const change = next.offset - span.offset;
    if (change !== 0) {
      // The local times that are skipped, or shown twice.
      const low = span.to + Math.min(span.offset, next.offset);
      const high = span.to + Math.max(span.offset, next.offset);
      const day = new Date(low).toISOString().slice(0, 10);
      tariff.elements.forEach(({ restrictions: r }, i) => {
        for (const [field, minute] of [
          ['start_time', r?.startMinute],
          ['end_time', r?.endMinute],
        ] as const) {
          if (minute === undefined) continue;
          const local = Math.floor(low / DAY_MS) * DAY_MS + minute * 60_000;
          if (local <= low && change > 0) continue;
          if (local < low || local >= high) continue;
          const pointer = `/elements/${i}/restrictions/${field}`;
          if (change > 0)
            out.push({
              code: 'skippedHour',
              severity: 'warning',
              pointer,
              message: `this time does not exist on ${day}: the clock jumps over it, and the border lies at the jump`,
            });
          else
            out.push({
              code: 'repeatedHour',
              severity: 'warning',
              pointer,
              message: `this time comes twice on ${day}: the border lies at both`,
            });
        }
      });
    }
    span = next;
  }
  return out;
}

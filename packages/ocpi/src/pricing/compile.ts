import type { LineDimension } from './amounts.js';
import type { Policies } from './policies.js';
import type { Dimension, PriceComponent, Restrictions, Tariff } from './tariff.js';
import { type Zone, zoneOf } from './zone.js';

/** No component; or: ask the candidates, since energy, duration, current or power decide. */
export const NONE = -1;
export const ASK = -2;

/** What a component is asked for; an expired reservation asks its own two. */
export type Question = 'flat' | 'energy' | 'time' | 'parking' | 'reservedFlat' | 'reservedTime' | 'expiredFlat' | 'expiredTime';

/** One price component of a plan with its place in its tariff. */
export interface Entry {
  readonly tariff: Tariff;
  readonly element: number;
  readonly component: number;
  readonly price: PriceComponent;
  readonly dimension: LineDimension;
  /** In mWh or ms; 0 where no step is taken. */
  readonly step: number;
  /** Its element's restrictions when some of them depend on more than the clock. */
  readonly measured: Restrictions | undefined;
}

/** What holds between two moments at which a clock restriction begins or ends. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly set: ActiveSet;
}

/** The entries that the clock allows, in the tariff's order, and the answer to each question where it is certain. */
export interface ActiveSet extends Readonly<Record<Question, number>> {
  readonly candidates: Readonly<Record<Question, readonly number[]>>;
  /** Whether current or power has a say, so that the answer may differ from period to period. */
  readonly byLoad: Readonly<Record<Question, boolean>>;
}

/** A tariff made ready for one time zone and one set of policies; its entries are numbered from `base`. */
export interface Compiled {
  readonly tariff: Tariff;
  readonly entries: readonly Entry[];
  readonly energyCuts: readonly number[];
  readonly durationCuts: readonly number[];
  windowAt(instant: number): Window;
}

const nobody = <T>(value: T): Record<Question, T> => ({
  flat: value,
  energy: value,
  time: value,
  parking: value,
  reservedFlat: value,
  reservedTime: value,
  expiredFlat: value,
  expiredTime: value,
});
/** A window that holds nothing and no moment. */
export const NO_WINDOW: Window = {
  from: 1,
  to: 0,
  set: { ...nobody(NONE), candidates: nobody<readonly number[]>([]), byLoad: nobody(false) },
};

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Windows are found a day at a time, since most sessions lie within one, and kept: a settlement run has a month or a quarter. */
const CHUNK_MS = DAY_MS;
const MAX_CHUNKS = 800;

/** Whether the tariff depends on local time, so that it cannot be priced without a zone. */
export function usesClock(tariff: Tariff): boolean {
  return tariff.elements.some(({ restrictions: r }) => r !== undefined && clocked(r));
}

function clocked(r: Restrictions): boolean {
  return (
    r.startMinute !== undefined ||
    r.endMinute !== undefined ||
    r.startDay !== undefined ||
    r.endDay !== undefined ||
    r.weekdays !== undefined
  );
}

function measured(r: Restrictions | undefined): Restrictions | undefined {
  if (!r) return undefined;
  const {
    minEnergyMilliWh,
    maxEnergyMilliWh,
    minDurationMs,
    maxDurationMs,
    minCurrentMicroA,
    maxCurrentMicroA,
    minPowerMilliW,
    maxPowerMilliW,
  } = r;
  const all = [
    minEnergyMilliWh,
    maxEnergyMilliWh,
    minDurationMs,
    maxDurationMs,
    minCurrentMicroA,
    maxCurrentMicroA,
    minPowerMilliW,
    maxPowerMilliW,
  ];
  return all.every((x) => x === undefined) ? undefined : r;
}

/** Makes a tariff ready; costly, so `planOf` keeps the result. */
export function compile(tariff: Tariff, timeZone: string, policies: Policies, base: number): Compiled {
  const entries = tariff.elements.flatMap(({ components, restrictions }, element) =>
    components.map((price, component): Entry => {
      const dimension = lineDimension(price, restrictions);
      // A step is there to round a price up: at a negative price it would lower it.
      const steps = policies.stepSize === 'session' && price.price >= 0n && dimension !== 'FLAT' && dimension !== 'RESERVATION_FLAT';
      return { tariff, element, component, price, dimension, step: steps ? price.stepSize * 1000 : 0, measured: measured(restrictions) };
    }),
  );
  const sets = new Map<string, ActiveSet>();
  const setFor = (holds: string): ActiveSet => {
    let set = sets.get(holds);
    if (!set) {
      set = activeSet(tariff, entries, holds, base);
      sets.set(holds, set);
    }
    return set;
  };
  const cuts = (pick: (r: Restrictions) => readonly (number | undefined)[]) =>
    [...new Set(tariff.elements.flatMap(({ restrictions }) => (restrictions ? pick(restrictions) : [])))]
      .filter((x): x is number => x !== undefined && x > 0)
      .sort((a, b) => a - b);
  const always: Window = { from: -Infinity, to: Infinity, set: setFor(HOLDS.repeat(tariff.elements.length)) };
  return {
    tariff,
    entries,
    energyCuts: cuts((r) => [r.minEnergyMilliWh, r.maxEnergyMilliWh]),
    durationCuts: cuts((r) => [r.minDurationMs, r.maxDurationMs]),
    windowAt: usesClock(tariff) ? windows(tariff, zoneOf(timeZone), policies, setFor) : () => always,
  };
}

function lineDimension(price: PriceComponent, restrictions: Restrictions | undefined): LineDimension {
  if (restrictions?.reservation === undefined) return price.dimension;
  return price.dimension === 'FLAT' ? 'RESERVATION_FLAT' : price.dimension === 'TIME' ? 'RESERVATION_TIME' : price.dimension;
}

function activeSet(tariff: Tariff, entries: readonly Entry[], holds: string, base: number): ActiveSet {
  const offer = (dimension: Dimension, ...reservations: (string | undefined)[]) => {
    const list: number[] = [];
    for (const reservation of reservations) {
      for (let i = 0; i < entries.length; i++) {
        const { element, price } = entries[i]!;
        const wanted = price.dimension === dimension && tariff.elements[element]?.restrictions?.reservation === reservation;
        if (wanted && holds[element] === HOLDS) list.push(base + i);
      }
    }
    return list;
  };
  const candidates = {
    flat: offer('FLAT', undefined),
    energy: offer('ENERGY', undefined),
    time: offer('TIME', undefined),
    parking: offer('PARKING_TIME', undefined),
    reservedFlat: offer('FLAT', 'reservation'),
    reservedTime: offer('TIME', 'reservation'),
    // RESERVATION elements still price what RESERVATION_EXPIRES does not. OCPI 2.2.1, 11.4.7
    expiredFlat: offer('FLAT', 'expires', 'reservation'),
    expiredTime: offer('TIME', 'expires', 'reservation'),
  };
  const first = ([head]: readonly number[]) => (head === undefined ? NONE : entries[head - base]!.measured === undefined ? head : ASK);
  const loaded = (list: readonly number[]) => list.some((index) => usesLoad(entries[index - base]!.measured));
  return {
    candidates,
    byLoad: {
      flat: loaded(candidates.flat),
      energy: loaded(candidates.energy),
      time: loaded(candidates.time),
      parking: loaded(candidates.parking),
      reservedFlat: loaded(candidates.reservedFlat),
      reservedTime: loaded(candidates.reservedTime),
      expiredFlat: loaded(candidates.expiredFlat),
      expiredTime: loaded(candidates.expiredTime),
    },
    flat: first(candidates.flat),
    energy: first(candidates.energy),
    time: first(candidates.time),
    parking: first(candidates.parking),
    reservedFlat: first(candidates.reservedFlat),
    reservedTime: first(candidates.reservedTime),
    expiredFlat: first(candidates.expiredFlat),
    expiredTime: first(candidates.expiredTime),
  };
}

function usesLoad(r: Restrictions | undefined): boolean {
  if (!r) return false;
  return [r.minCurrentMicroA, r.maxCurrentMicroA, r.minPowerMilliW, r.maxPowerMilliW].some((limit) => limit !== undefined);
}

/** The set of the elements that the clock allows, one sign an element. */
type SetFor = (holds: string) => ActiveSet;
const HOLDS = '1';
const HOLDS_NOT = '0';

function windows(tariff: Tariff, zone: Zone, policies: Policies, setFor: SetFor): (instant: number) => Window {
  const minutes = new Set<number>([0]);
  for (const { restrictions: r } of tariff.elements) {
    if (r?.startMinute !== undefined) minutes.add(r.startMinute % 1440);
    if (r?.endMinute !== undefined) minutes.add(r.endMinute % 1440);
  }
  const borders = [...minutes].sort((a, b) => a - b).map((m) => m * MINUTE_MS);
  const chunks = new Map<number, readonly Window[]>();
  let last: Window = { from: 1, to: 0, set: setFor('') };
  return (instant) => {
    if (instant >= last.from && instant < last.to) return last;
    const number = Math.floor(instant / CHUNK_MS);
    let chunk = chunks.get(number);
    if (!chunk) {
      if (chunks.size >= MAX_CHUNKS) chunks.clear();
      chunk = findWindows(tariff, zone, policies, setFor, borders, number * CHUNK_MS);
      chunks.set(number, chunk);
    }
    let low = 0;
    let high = chunk.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunk[middle]!.from <= instant) low = middle;
      else high = middle - 1;
    }
    last = chunk[low]!;
    return last;
  };
}

/** The windows of a chunk. A border is where the wall clock shows it, also twice or never on the days it is changed. */
function findWindows(tariff: Tariff, zone: Zone, policies: Policies, setFor: SetFor, borders: readonly number[], from: number): Window[] {
  const to = from + CHUNK_MS;
  const out: Window[] = [];
  for (let start = from; start < to; ) {
    const span = zone.at(start);
    const end = Math.min(span.to, to);
    const edges = [start];
    const firstDay = Math.floor((start + span.offset) / DAY_MS);
    const lastDay = Math.floor((end + span.offset) / DAY_MS);
    for (let d = firstDay; d <= lastDay; d++) {
      for (const border of borders) {
        const edge = d * DAY_MS + border - span.offset;
        if (edge > start && edge < end) edges.push(edge);
      }
    }
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!;
      const local = edge + span.offset;
      let holds = '';
      for (const { restrictions: r } of tariff.elements) holds += !r || clockHolds(r, local, policies) ? HOLDS : HOLDS_NOT;
      const set = setFor(holds);
      const before = out.at(-1);
      const until = edges[i + 1] ?? end;
      if (before?.set === set) out[out.length - 1] = { from: before.from, to: until, set };
      else out.push({ from: edge, to: until, set });
    }
    start = end;
  }
  return out;
}

/** Whether the clock restrictions hold at a local moment (ms, as if it were UTC). */
export function clockHolds(r: Restrictions, local: number, policies: Pick<Policies, 'equalTimes' | 'wrappedDay'>): boolean {
  let day = Math.floor(local / DAY_MS);
  const minute = Math.floor((local - day * DAY_MS) / MINUTE_MS);
  const start = r.startMinute ?? 0;
  // 00:00 as an end is the midnight at which the day ends.
  const end = r.endMinute === undefined || r.endMinute === 0 ? 1440 : r.endMinute;
  const same = r.startMinute !== undefined && r.endMinute !== undefined && r.startMinute === r.endMinute;
  if (same) {
    if (policies.equalTimes === 'never') return false;
  } else if (start < end) {
    if (minute < start || minute >= end) return false;
  } else {
    if (minute < start && minute >= end) return false;
    if (policies.wrappedDay === 'evening' && minute < end) day -= 1;
  }
  if (r.startDay !== undefined && day < r.startDay) return false;
  if (r.endDay !== undefined && day >= r.endDay) return false;
  // 1970-01-01 was a Thursday, day 4.
  return r.weekdays === undefined || r.weekdays.includes(((((day + 3) % 7) + 7) % 7) + 1);
}

import type { Policies } from './policies.js';
import type { PriceComponent, Restrictions, Tariff } from './tariff.js';
import { type Zone, zoneOf } from './zone.js';

/** Which question a component answers; an expired reservation asks its own two. */
export const FLAT = 0;
export const ENERGY = 1;
export const TIME = 2;
export const PARKING = 3;
export const RESERVED_FLAT = 4;
export const RESERVED_TIME = 5;
export const EXPIRED_FLAT = 6;
export const EXPIRED_TIME = 7;
const QUESTIONS = 8;

/** No component; or: ask the candidates, since energy, duration, current or power decide. */
export const NONE = -1;
export const ASK = -2;

/** One price component of a tariff with its place in it. */
export interface Entry {
  readonly element: number;
  readonly component: number;
  readonly price: PriceComponent;
  readonly reserved: boolean;
  /** Its element's restrictions when some of them depend on more than the clock. */
  readonly measured: Restrictions | undefined;
}

/** What holds between two moments at which a clock restriction begins or ends. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly set: ActiveSet;
}

/** The entries that the clock allows, per question in the tariff's order; `first` is the answer where it is certain. */
export interface ActiveSet {
  readonly candidates: readonly (readonly number[])[];
  readonly first: Int32Array;
}

/** A tariff made ready for one time zone and one set of policies. */
export interface Compiled {
  readonly tariff: Tariff;
  readonly entries: readonly Entry[];
  readonly energyCuts: readonly number[];
  readonly durationCuts: readonly number[];
  readonly usesClock: boolean;
  windowAt(instant: number): Window;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Windows are found a week at a time and kept; two years of weeks serve a settlement run. */
const CHUNK_MS = 7 * DAY_MS;
const MAX_CHUNKS = 110;

const compiled = new WeakMap<Tariff, Map<string, Compiled>>();

/** The compiled tariff, made once per zone and policies. */
export function compile(tariff: Tariff, timeZone: string, policies: Policies): Compiled {
  let perZone = compiled.get(tariff);
  if (!perZone) {
    perZone = new Map();
    compiled.set(tariff, perZone);
  }
  const key = `${timeZone} ${policies.equalTimes} ${policies.wrappedDay}`;
  let made = perZone.get(key);
  if (!made) {
    made = make(tariff, zoneOf(timeZone), policies);
    perZone.set(key, made);
  }
  return made;
}

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

function make(tariff: Tariff, zone: Zone, policies: Policies): Compiled {
  const entries: Entry[] = tariff.elements.flatMap((element, e) =>
    element.components.map((price, c) => ({
      element: e,
      component: c,
      price,
      reserved: element.restrictions?.reservation !== undefined,
      measured: measured(element.restrictions),
    })),
  );
  const clock = usesClock(tariff);
  const sets = new Map<string, ActiveSet>();
  const setFor = (holds: readonly boolean[]): ActiveSet => {
    const key = holds.map(Number).join('');
    let set = sets.get(key);
    if (!set) {
      set = activeSet(tariff, entries, holds);
      sets.set(key, set);
    }
    return set;
  };
  const cuts = (pick: (r: Restrictions) => readonly (number | undefined)[]) =>
    [...new Set(tariff.elements.flatMap(({ restrictions }) => (restrictions ? pick(restrictions) : [])))]
      .filter((x): x is number => x !== undefined && x > 0)
      .sort((a, b) => a - b);
  const always: Window = { from: -Infinity, to: Infinity, set: setFor(tariff.elements.map(() => true)) };
  return {
    tariff,
    entries,
    energyCuts: cuts((r) => [r.minEnergyMilliWh, r.maxEnergyMilliWh]),
    durationCuts: cuts((r) => [r.minDurationMs, r.maxDurationMs]),
    usesClock: clock,
    windowAt: clock ? windows(tariff, zone, policies, setFor) : () => always,
  };
}

function activeSet(tariff: Tariff, entries: readonly Entry[], holds: readonly boolean[]): ActiveSet {
  const candidates: number[][] = Array.from({ length: QUESTIONS }, () => []);
  const first = new Int32Array(QUESTIONS).fill(NONE);
  const offer = (question: number, wanted: (entry: Entry) => boolean) => {
    const list = candidates[question]!;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (holds[entry.element] && wanted(entry)) list.push(i);
    }
  };
  const is = (dimension: string, reservation: string | undefined) => (entry: Entry) =>
    entry.price.dimension === dimension && tariff.elements[entry.element]?.restrictions?.reservation === reservation;
  offer(FLAT, is('FLAT', undefined));
  offer(ENERGY, is('ENERGY', undefined));
  offer(TIME, is('TIME', undefined));
  offer(PARKING, is('PARKING_TIME', undefined));
  offer(RESERVED_FLAT, is('FLAT', 'reservation'));
  offer(RESERVED_TIME, is('TIME', 'reservation'));
  // RESERVATION elements still price what RESERVATION_EXPIRES does not. OCPI 2.2.1, 11.4.7
  for (const kind of ['expires', 'reservation']) {
    offer(EXPIRED_FLAT, is('FLAT', kind));
    offer(EXPIRED_TIME, is('TIME', kind));
  }
  candidates.forEach((list, question) => {
    const head = list[0];
    if (head !== undefined) first[question] = entries[head]!.measured === undefined ? head : ASK;
  });
  return { candidates, first };
}

type SetFor = (holds: readonly boolean[]) => ActiveSet;

function windows(tariff: Tariff, zone: Zone, policies: Policies, setFor: SetFor): (instant: number) => Window {
  const minutes = new Set<number>([0]);
  for (const { restrictions: r } of tariff.elements) {
    if (r?.startMinute !== undefined) minutes.add(r.startMinute % 1440);
    if (r?.endMinute !== undefined) minutes.add(r.endMinute % 1440);
  }
  const borders = [...minutes].sort((a, b) => a - b).map((m) => m * MINUTE_MS);
  const chunks = new Map<number, readonly Window[]>();
  let last: Window = { from: 1, to: 0, set: setFor([]) };
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

/** The windows of a week. A border is where the wall clock shows it, also twice or never on the days it is changed. */
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
      const set = setFor(tariff.elements.map(({ restrictions }) => !restrictions || clockHolds(restrictions, local, policies)));
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

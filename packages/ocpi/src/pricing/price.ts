import { type Amount, type Gathered, type LineDimension, type PricedLine, type Remark, settle } from './amounts.js';
import {
  ASK,
  type Compiled,
  compile,
  ENERGY,
  EXPIRED_FLAT,
  EXPIRED_TIME,
  FLAT,
  NONE,
  PARKING,
  RESERVED_FLAT,
  RESERVED_TIME,
  TIME,
  usesClock,
  type Window,
} from './compile.js';
import { PricingError } from './errors.js';
import { mulDiv } from './exact.js';
import { defaultPolicies, type Policies } from './policies.js';
import type { Period, PricedSession } from './session.js';
import type { Restrictions, Tariff } from './tariff.js';

/** Where and how a session is priced. */
export interface PricingOptions {
  /** The location's IANA zone; needed where a tariff has times, dates or weekdays, for a CDR does not carry it (ocpi#517). */
  readonly timeZone?: string;
  readonly policies?: Partial<Policies>;
  /** Also tell the slices of time that each line was made of. */
  readonly trace?: boolean;
}

/** The price of a session: exact, in 10^-9 of the currency. The lines sum to the total. */
export interface Price {
  readonly currency: string;
  readonly total: Amount;
  readonly byDimension: Partial<Record<LineDimension, Amount>>;
  readonly lines: readonly PricedLine[];
  readonly energyMilliWh: number;
  readonly timeMs: number;
  readonly parkingMs: number;
  readonly reservationMs: number;
  readonly remarks: readonly Remark[];
  readonly policies: Policies;
}

/** A price under way: add the periods in order, ask at any time. */
export interface OpenPrice {
  /** Takes a period that has ended, or the ended part of one. */
  add(period: Period): void;
  /** The price as if the session ended here. */
  price(): Price;
}

/** The price of a session under its tariffs; pure, and equal to what `openPrice` gives at the end. */
export function price(tariffs: readonly Tariff[], session: PricedSession, options: PricingOptions = {}): Price {
  const open = openPrice(tariffs, session, options);
  for (const period of session.periods) open.add(period);
  return open.price();
}

/**
 * Prices a session while it runs: estimate, running cost and CDR come from the same steps.
 * Of several tariffs a period takes the one that it names, else that of the period before, else the first one valid at the start.
 */
export function openPrice(
  tariffs: readonly Tariff[],
  session: Omit<PricedSession, 'periods' | 'end'>,
  options: PricingOptions = {},
): OpenPrice {
  const policies: Policies = { ...defaultPolicies, ...options.policies };
  return new Run(tariffs, session, policies, options.timeZone, options.trace ?? false);
}

/** The lines that step_size looks at: the last one of each kind. */
interface Last {
  energy: Gathered | undefined;
  time: Gathered | undefined;
  parking: Gathered | undefined;
  reserved: Gathered | undefined;
}

class Run implements OpenPrice {
  readonly #tariffs: readonly Tariff[];
  readonly #session: Omit<PricedSession, 'periods' | 'end'>;
  readonly #policies: Policies;
  readonly #timeZone: string;
  readonly #trace: boolean;
  readonly #gathered = new Map<Compiled, (Gathered | undefined)[]>();
  readonly #last: Last = { energy: undefined, time: undefined, parking: undefined, reserved: undefined };
  readonly #remarks = new Map<string, Remark>();
  readonly #flatCharged = new Set<unknown>();
  readonly #reservedFlatCharged = new Set<unknown>();
  #current: Compiled | undefined;
  #lines: (Gathered | undefined)[] = [];
  #order: Gathered[] = [];
  #energy = 0;
  #time = 0;
  #parking = 0;
  #reservation = 0;
  #until = -Infinity;
  /** Where min/max_duration begin to count. */
  #origin: number | undefined;
  #reservationOrigin: number | undefined;

  constructor(
    tariffs: readonly Tariff[],
    session: Omit<PricedSession, 'periods' | 'end'>,
    policies: Policies,
    timeZone: string | undefined,
    trace: boolean,
  ) {
    const currency = tariffs[0]?.currency;
    for (const tariff of tariffs) {
      if (tariff.currency !== currency)
        throw new PricingError('currency', '', `tariffs in ${currency} and in ${tariff.currency} do not add up`);
      if (timeZone === undefined && usesClock(tariff)) {
        throw new PricingError(
          'timeZone',
          '/time_zone',
          `tariff ${tariff.id} depends on local time, and the zone of the location is not given`,
        );
      }
    }
    if (currency === undefined) throw new PricingError('noTariff', '', 'there is no tariff');
    if (session.currency !== undefined && session.currency !== currency) {
      throw new PricingError('currency', '/currency', `the session is in ${session.currency}, its tariff in ${currency}`);
    }
    this.#tariffs = tariffs;
    this.#session = session;
    this.#policies = policies;
    this.#timeZone = timeZone ?? 'UTC';
    this.#trace = trace;
  }

  add(period: Period): void {
    if (period.start < this.#until || period.end < period.start)
      throw new PricingError('order', '', 'periods are added in the order of time');
    this.#until = period.end;
    this.#use(period.tariffId);
    const reserving = period.reservationMs > 0;
    if (reserving) this.#reservationOrigin ??= period.start;
    else this.#origin ??= period.start;
    if (reserving && this.#policies.durationFrom === 'start') this.#origin ??= period.start;
    this.#walk(period, reserving);
    this.#time += period.timeMs;
    this.#parking += period.parkingMs;
    this.#reservation += period.reservationMs;
  }

  price(): Price {
    const billed = this.#steps();
    const settled = settle(this.#order, billed, this.#remarks, this.#trace);
    return {
      currency: this.#tariffs[0]!.currency,
      ...settled,
      energyMilliWh: this.#energy,
      timeMs: this.#time,
      parkingMs: this.#parking,
      reservationMs: this.#reservation,
      remarks: [...this.#remarks.values()],
      policies: this.#policies,
    };
  }

  #use(tariffId: string | undefined): void {
    if (this.#current && (tariffId === undefined || sameId(this.#current.tariff.id, tariffId))) return;
    const tariff = tariffId === undefined ? this.#valid() : this.#tariffs.find(({ id }) => sameId(id, tariffId));
    if (!tariff)
      throw new PricingError(
        'noTariff',
        '',
        tariffId === undefined ? 'no tariff is valid at the start' : `tariff ${tariffId} is not there`,
      );
    const next = compile(tariff, this.#timeZone, this.#policies);
    let lines = this.#gathered.get(next);
    if (!lines) {
      lines = new Array(next.entries.length).fill(undefined);
      this.#gathered.set(next, lines);
    }
    this.#current = next;
    this.#lines = lines;
  }

  #valid(): Tariff | undefined {
    const { start } = this.#session;
    return this.#tariffs.find(({ validFrom, validTo }) => (validFrom ?? -Infinity) <= start && start < (validTo ?? Infinity));
  }

  /** Goes through a period from one moment to the next at which another component may hold. */
  #walk(period: Period, reserving: boolean): void {
    const compiled = this.#current!;
    const { energyCuts, durationCuts } = compiled;
    const length = period.end - period.start;
    let t = period.start;
    let energy = 0;
    let done = 0;
    for (;;) {
      const window = compiled.windowAt(t);
      const origin = reserving ? this.#reservationOrigin! : this.#origin!;
      let to = Math.min(window.to, period.end);
      for (const cut of durationCuts) {
        const at = origin + cut;
        if (at > t && at < to) to = at;
      }
      // Energy and the reported durations are spread evenly over the period.
      let energyTo = to === period.end ? period.energyMilliWh : mulDiv(period.energyMilliWh, to - period.start, length);
      for (const cut of energyCuts) {
        const at = cut - this.#energy;
        if (at > energy && at < energyTo) {
          energyTo = at;
          to = Math.max(t, period.start + mulDiv(length, at, period.energyMilliWh));
        }
      }
      const last = to === period.end && energyTo === period.energyMilliWh;
      const doneTo = last ? length : to - period.start;
      this.#slice(period, window, t, to, energy, energyTo, done, doneTo, last, reserving, t - origin);
      if (last) break;
      t = to;
      energy = energyTo;
      done = doneTo;
    }
    this.#energy += period.energyMilliWh;
  }

  #slice(
    period: Period,
    window: Window,
    from: number,
    to: number,
    energyFrom: number,
    energyTo: number,
    doneFrom: number,
    doneTo: number,
    last: boolean,
    reserving: boolean,
    duration: number,
  ): void {
    const length = period.end - period.start;
    const part = (volume: number) =>
      volume === 0 ? 0 : (last ? volume : mulDiv(volume, doneTo, length)) - (doneFrom === 0 ? 0 : mulDiv(volume, doneFrom, length));
    const energy = this.#energy + energyFrom;
    const find = (question: number) => this.#find(window, question, period, energy, duration);
    const scope = this.#policies.flat === 'session' ? 'session' : this.#current;
    if (reserving) {
      const expired = this.#session.reservation === 'expired';
      const fee = find(expired ? EXPIRED_FLAT : RESERVED_FLAT);
      if (fee !== NONE && !this.#reservedFlatCharged.has(scope)) {
        this.#reservedFlatCharged.add(scope);
        this.#gather(fee, 'RESERVATION_FLAT', 1, from, to);
      }
      const reserved = part(period.reservationMs);
      const line = reserved > 0 ? find(expired ? EXPIRED_TIME : RESERVED_TIME) : NONE;
      if (line !== NONE) this.#last.reserved = this.#gather(line, 'RESERVATION_TIME', reserved, from, to);
    }
    if (!reserving || period.energyMilliWh > 0 || period.timeMs > 0 || period.parkingMs > 0)
      this.#charge(find, part, period, from, to, energyTo - energyFrom, scope);
  }

  #charge(
    find: (question: number) => number,
    part: (volume: number) => number,
    period: Period,
    from: number,
    to: number,
    energy: number,
    scope: unknown,
  ): void {
    if (!this.#flatCharged.has(scope)) {
      const start = find(FLAT);
      if (start !== NONE) {
        this.#flatCharged.add(scope);
        this.#gather(start, 'FLAT', 1, from, to);
      }
    }
    if (energy > 0) {
      const line = find(ENERGY);
      if (line !== NONE) this.#last.energy = this.#gather(line, 'ENERGY', energy, from, to);
    }
    const time = part(period.timeMs);
    if (time > 0) {
      const line = find(TIME);
      if (line !== NONE) this.#last.time = this.#gather(line, 'TIME', time, from, to);
    }
    const parking = part(period.parkingMs);
    if (parking > 0) {
      const line = find(PARKING);
      if (line !== NONE) this.#last.parking = this.#gather(line, 'PARKING_TIME', parking, from, to);
    }
  }

  #find(window: Window, question: number, period: Period, energy: number, duration: number): number {
    const first = window.set.first[question]!;
    if (first !== ASK) return first;
    for (const index of window.set.candidates[question]!) {
      const { measured } = this.#current!.entries[index]!;
      if (!measured || this.#measuredHolds(measured, period, energy, duration)) return index;
    }
    return NONE;
  }

  #measuredHolds(r: Restrictions, period: Period, energy: number, duration: number): boolean {
    if (r.minEnergyMilliWh !== undefined && energy < r.minEnergyMilliWh) return false;
    if (r.maxEnergyMilliWh !== undefined && energy >= r.maxEnergyMilliWh) return false;
    if (r.minDurationMs !== undefined && duration < r.minDurationMs) return false;
    if (r.maxDurationMs !== undefined && duration >= r.maxDurationMs) return false;
    const { minCurrentMicroA: minI, maxCurrentMicroA: maxI, minPowerMilliW: minP, maxPowerMilliW: maxP } = period;
    return (
      this.#between(r.minCurrentMicroA, r.maxCurrentMicroA, minI, maxI, 'currentUnknown') &&
      this.#between(r.minPowerMilliW, r.maxPowerMilliW, minP, maxP, 'powerUnknown')
    );
  }

  /** A limit of current or power holds when the whole period lay within it; what was not reported fulfils no limit. */
  #between(
    min: number | undefined,
    max: number | undefined,
    least: number,
    most: number,
    code: 'currentUnknown' | 'powerUnknown',
  ): boolean {
    if (min === undefined && max === undefined) return true;
    const low = least >= 0 ? least : most;
    const high = most >= 0 ? most : least;
    if (low < 0) {
      const what = code === 'powerUnknown' ? 'power' : 'current';
      this.#remarks.set(code, { code, message: `a period reports no ${what}: elements with a limit on it do not hold there` });
      return false;
    }
    return (min === undefined || low >= min) && (max === undefined || high < max);
  }

  #gather(index: number, dimension: LineDimension, volume: number, from: number, to: number): Gathered {
    let line = this.#lines[index];
    if (!line) {
      const { tariff, entries } = this.#current!;
      line = { tariff, entry: entries[index]!, dimension, volume: 0, slices: [] };
      this.#lines[index] = line;
      this.#order.push(line);
    }
    line.volume += volume;
    if (this.#trace) line.slices.push({ from, to, volume });
    return line;
  }

  /** What step_size adds: line -> volume in mWh or ms. OCPI 2.2.1, 10.2.2 */
  #steps(): ReadonlyMap<Gathered, number> {
    const added = new Map<Gathered, number>();
    if (this.#policies.stepSize === 'none') return added;
    const raise = (line: Gathered | undefined, unit: number) => {
      if (!line) return;
      const step = line.entry.price.stepSize * unit;
      // A step is there to round a price up: at a negative price it would lower it.
      if (step === 0 || line.entry.price.price < 0n) return;
      let total = 0;
      for (const { dimension, volume } of this.#order) if (dimension === line.dimension) total += volume;
      const excess = (step - (total % step)) % step;
      if (excess > 0) added.set(line, excess);
    };
    raise(this.#last.energy, 1000);
    raise(this.#last.reserved, 1000);
    // Once any parking is billed, only parking is rounded.
    raise(this.#last.parking ?? this.#last.time, 1000);
    return added;
  }
}

function sameId(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

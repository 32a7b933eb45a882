import type { Remark, Slice } from './amounts.js';
import { ASK, type Compiled, NO_WINDOW, NONE, type Question, type Window } from './compile.js';
import { PricingError } from './errors.js';
import { mulDiv } from './exact.js';
import { measuredHolds } from './measured.js';
import { compiledFor, type Plan, sameId } from './plan.js';
import type { Period, PricedSession } from './session.js';

/** How much each entry of a plan has gathered of a session; periods are added in order. */
export class Tally {
  readonly plan: Plan;
  /** Per entry: mWh, ms or pieces. */
  readonly volumes: Float64Array;
  /** The `count` entries that gathered anything, in the order of their first time. */
  readonly order: Int32Array;
  count = 0;
  /** Per entry the slices of time, when they are wanted. */
  readonly slices: Slice[][] | undefined;
  readonly remarks = new Map<string, Remark>();
  energyMilliWh = 0;
  timeMs = 0;
  parkingMs = 0;
  reservationMs = 0;
  lastEnergy = NONE;
  lastTime = NONE;
  lastParking = NONE;
  lastReserved = NONE;
  #session: Omit<PricedSession, 'periods' | 'end'> = { start: 0 };
  #current: Compiled | undefined;
  #window: Window = NO_WINDOW;
  /** From when, until when, and below which energy the four answers hold; ASK where current or power decide, period by period. */
  #from = 1;
  #to = 0;
  #toEnergy = 0;
  #flat = NONE;
  #energy = NONE;
  #time = NONE;
  #parking = NONE;
  #tariffId: string | undefined | null = null;
  #until = -Infinity;
  #periodStart = -Infinity;
  /** Where min/max_duration begin to count; NaN before anything that counts. */
  #origin = Number.NaN;
  #reservedFrom = Number.NaN;
  #flatDue = true;
  readonly #flatsCharged = new Set<Compiled>();
  readonly #reservedFlatsCharged = new Set<Compiled>();

  constructor(plan: Plan, session: Omit<PricedSession, 'periods' | 'end'>, trace: boolean) {
    this.plan = plan;
    this.volumes = new Float64Array(plan.entries.length);
    this.order = new Int32Array(plan.entries.length);
    this.slices = trace ? plan.entries.map(() => []) : undefined;
    this.begin(session);
  }

  /** Forgets all and begins another session; a settlement run uses one tally for all of its sessions. */
  begin(session: Omit<PricedSession, 'periods' | 'end'>): void {
    const { currency } = this.plan;
    if (session.currency !== undefined && session.currency !== currency) {
      throw new PricingError('currency', '/currency', `the session is in ${session.currency}, its tariff in ${currency}`);
    }
    this.#session = session;
    for (let i = 0; i < this.count; i++) this.volumes[this.order[i]!] = 0;
    this.count = 0;
    this.energyMilliWh = this.timeMs = this.parkingMs = this.reservationMs = 0;
    this.lastEnergy = this.lastTime = this.lastParking = this.lastReserved = NONE;
    this.#tariffId = null;
    this.#until = -Infinity;
    this.#origin = this.#reservedFrom = Number.NaN;
    this.#flatDue = true;
    if (this.remarks.size > 0) this.remarks.clear();
    if (this.#flatsCharged.size > 0) this.#flatsCharged.clear();
    if (this.#reservedFlatsCharged.size > 0) this.#reservedFlatsCharged.clear();
    if (this.slices) for (const list of this.slices) list.length = 0;
  }

  /** Puts the session where it has already run since `start` and charged `energyMilliWh`; for looking at one moment of it. */
  place(start: number, energyMilliWh: number): void {
    this.#origin = this.#reservedFrom = start;
    this.energyMilliWh = energyMilliWh;
  }

  add(period: Period): void {
    const { start, end } = period;
    if (!(start >= this.#until && end >= start)) throw new PricingError('order', '', 'periods are added in the order of time');
    this.#until = end;
    this.#periodStart = start;
    if (period.tariffId !== this.#tariffId) this.#use(period.tariffId);
    const { energyMilliWh, timeMs, parkingMs, reservationMs } = period;
    if (reservationMs > 0) {
      if (!(this.#reservedFrom <= start)) this.#reservedFrom = start;
      if (this.plan.policies.durationFrom === 'start' && !(this.#origin <= start)) this.#origin = start;
      this.#walk(period, this.#reservedFrom, true);
    }
    if (reservationMs === 0 || energyMilliWh > 0 || timeMs > 0 || parkingMs > 0) {
      if (!(this.#origin <= start)) this.#origin = start;
      const before = this.energyMilliWh;
      if (start >= this.#to || start < this.#from || before >= this.#toEnergy) this.#look(period, start, before, this.#origin);
      if (end <= this.#to && before + energyMilliWh <= this.#toEnergy)
        this.#charge(period, start, end, before, energyMilliWh, timeMs, parkingMs);
      else this.#walk(period, this.#origin, false);
    }
    this.energyMilliWh += period.energyMilliWh;
    this.timeMs += period.timeMs;
    this.parkingMs += period.parkingMs;
    this.reservationMs += period.reservationMs;
  }

  /** Takes all periods of a session; those in which nothing begins or ends are summed before they are gathered. */
  addAll(periods: readonly Period[]): void {
    for (let i = 0; i < periods.length; ) {
      this.add(periods[i]!);
      i = this.#addAlike(periods, i + 1);
    }
  }

  /** Takes the periods from `from` on for which the answers hold that were just found; returns the first that asks anew. */
  #addAlike(periods: readonly Period[], from: number): number {
    // A trace tells of each period, and the first period of a kind gives its line a place: both go the long way.
    if (this.slices || (this.#flatDue && this.#flat !== NONE)) return from;
    const to = this.#to;
    const tariffId = this.#tariffId;
    const energyLeft = this.#toEnergy - this.energyMilliWh;
    const isKnown = (answer: number) => answer === NONE || (answer !== ASK && this.volumes[answer]! > 0);
    const mayEnergy = isKnown(this.#energy);
    const mayTime = isKnown(this.#time);
    const mayParking = isKnown(this.#parking);
    let until = this.#until;
    let energy = 0;
    let time = 0;
    let parking = 0;
    let i = from;
    for (; i < periods.length; i++) {
      const { start, end, energyMilliWh, timeMs, parkingMs, reservationMs, tariffId: named } = periods[i]!;
      if (start < until || end < start || start >= to || end > to || reservationMs > 0 || named !== tariffId) break;
      if (energy >= energyLeft || energy + energyMilliWh > energyLeft) break;
      if ((energyMilliWh > 0 && !mayEnergy) || (timeMs > 0 && !mayTime) || (parkingMs > 0 && !mayParking)) break;
      energy += energyMilliWh;
      time += timeMs;
      parking += parkingMs;
      until = end;
    }
    if (i === from) return i;
    this.#until = until;
    this.energyMilliWh += energy;
    this.timeMs += time;
    this.parkingMs += parking;
    this.lastEnergy = this.#sum(this.#energy, energy, this.lastEnergy);
    this.lastTime = this.#sum(this.#time, time, this.lastTime);
    this.lastParking = this.#sum(this.#parking, parking, this.lastParking);
    return i;
  }

  #sum(answer: number, volume: number, last: number): number {
    if (volume === 0 || answer === NONE) return last;
    this.volumes[answer]! += volume;
    return answer;
  }

  #use(tariffId: string | undefined): void {
    const began = this.#tariffId !== null;
    this.#tariffId = tariffId;
    if (began && this.#current && (tariffId === undefined || sameId(this.#current.tariff.id, tariffId))) return;
    const next = compiledFor(this.plan, tariffId, this.#session.start);
    this.#current = next;
    this.#to = -Infinity;
    if (this.plan.policies.flat === 'tariff') this.#flatDue = !this.#flatsCharged.has(next);
  }

  /** Finds the components that hold at a moment and an energy, and how far they do. */
  #look(period: Period, start: number, energy: number, origin: number): void {
    const current = this.#current!;
    const window = current.windowAt(start);
    this.#window = window;
    this.#from = start;
    this.#to = window.to;
    this.#toEnergy = Infinity;
    for (const cut of current.durationCuts) if (origin + cut > start && origin + cut < this.#to) this.#to = origin + cut;
    for (const cut of current.energyCuts) if (cut > energy && cut < this.#toEnergy) this.#toEnergy = cut;
    const { set } = window;
    const { byLoad, candidates } = set;
    const duration = start - origin;
    this.#flat = set.flat === ASK && !byLoad.flat ? this.#ask(candidates.flat, period, energy, duration) : set.flat;
    this.#energy = set.energy === ASK && !byLoad.energy ? this.#ask(candidates.energy, period, energy, duration) : set.energy;
    this.#time = set.time === ASK && !byLoad.time ? this.#ask(candidates.time, period, energy, duration) : set.time;
    this.#parking = set.parking === ASK && !byLoad.parking ? this.#ask(candidates.parking, period, energy, duration) : set.parking;
  }

  /** Goes through a period from one moment to the next at which another component may hold. */
  #walk(period: Period, origin: number, reserving: boolean): void {
    const { start, end, energyMilliWh } = period;
    const length = end - start;
    let t = start;
    let energy = 0;
    let passed = 0;
    for (;;) {
      const before = this.energyMilliWh + energy;
      this.#look(period, t, before, origin);
      let to = Math.min(this.#to, end);
      // Energy and the reported durations are spread evenly over the period.
      let energyTo = to === end ? energyMilliWh : mulDiv(energyMilliWh, to - start, length);
      if (this.energyMilliWh + energyTo > this.#toEnergy) {
        energyTo = this.#toEnergy - this.energyMilliWh;
        to = Math.max(t, start + mulDiv(length, energyTo, energyMilliWh));
      }
      const last = to === end && energyTo === energyMilliWh;
      const part = (volume: number) =>
        (last ? volume : mulDiv(volume, to - start, length)) - (passed === 0 ? 0 : mulDiv(volume, passed, length));
      if (reserving) this.#reserve(period, t, to, before, part(period.reservationMs));
      else this.#charge(period, t, to, before, energyTo - energy, part(period.timeMs), part(period.parkingMs));
      if (last) break;
      t = to;
      energy = energyTo;
      passed = to - start;
    }
    // The answers were those of a reservation, or of the last part alone.
    this.#to = -Infinity;
  }

  /** Charges a stretch in which the answers hold. */
  #charge(period: Period, from: number, to: number, before: number, energy: number, time: number, parking: number): void {
    const { candidates } = this.#window.set;
    const duration = from - this.#origin;
    if (this.#flatDue && this.#flat !== NONE) {
      const found = this.#flat === ASK ? this.#ask(candidates.flat, period, before, duration) : this.#flat;
      if (found !== NONE) {
        this.#flatDue = false;
        if (this.plan.policies.flat === 'tariff') this.#flatsCharged.add(this.#current!);
        this.#gather(found, 1, from, to);
      }
    }
    if (energy > 0) {
      const found = this.#energy === ASK ? this.#ask(candidates.energy, period, before, duration) : this.#energy;
      if (found !== NONE) {
        this.lastEnergy = found;
        this.#gather(found, energy, from, to);
      }
    }
    if (time > 0) {
      const found = this.#time === ASK ? this.#ask(candidates.time, period, before, duration) : this.#time;
      if (found !== NONE) {
        this.lastTime = found;
        this.#gather(found, time, from, to);
      }
    }
    if (parking > 0) {
      const found = this.#parking === ASK ? this.#ask(candidates.parking, period, before, duration) : this.#parking;
      if (found !== NONE) {
        this.lastParking = found;
        this.#gather(found, parking, from, to);
      }
    }
  }

  #reserve(period: Period, from: number, to: number, energy: number, time: number): void {
    const { set } = this.#window;
    const expired = this.#session.reservation === 'expired';
    const find = (question: Question) =>
      set[question] === ASK ? this.#ask(set.candidates[question], period, energy, from - this.#reservedFrom) : set[question];
    const fee = find(expired ? 'expiredFlat' : 'reservedFlat');
    const charged = this.#reservedFlatsCharged;
    if (fee !== NONE && (this.plan.policies.flat === 'session' ? charged.size === 0 : !charged.has(this.#current!))) {
      charged.add(this.#current!);
      this.#gather(fee, 1, from, to);
    }
    const line = time > 0 ? find(expired ? 'expiredTime' : 'reservedTime') : NONE;
    if (line !== NONE) {
      this.lastReserved = line;
      this.#gather(line, time, from, to);
    }
  }

  #ask(candidates: readonly number[], period: Period, energy: number, duration: number): number {
    for (const index of candidates) {
      const { measured } = this.plan.entries[index]!;
      if (measured === undefined || measuredHolds(measured, period, energy, duration, this.remarks)) return index;
    }
    return NONE;
  }

  #gather(index: number, volume: number, from: number, to: number): void {
    const before = this.volumes[index]!;
    if (before === 0) {
      this.order[this.count] = index;
      this.count += 1;
    }
    this.volumes[index] = before + volume;
    if (this.slices) this.#slice(this.slices[index]!, from, to, volume);
  }

  /** Adds a slice; where it goes on from the one before in the same period, both are one. */
  #slice(list: Slice[], from: number, to: number, volume: number): void {
    const before = list.at(-1);
    if (before && before.to === from && from > this.#periodStart)
      list[list.length - 1] = { from: before.from, to, volume: before.volume + volume };
    else list.push({ from, to, volume });
  }
}

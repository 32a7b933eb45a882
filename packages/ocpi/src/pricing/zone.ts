import { PricingError } from './errors.js';

/** The offsets of an IANA time zone, cached; transitions come from `Intl`, so they are as new as the runtime. */
export interface Zone {
  readonly name: string;
  /** Local time minus UTC in ms at an instant, and the instant at which that offset ends (at the latest a year on). */
  at(instant: number): Span;
}

/** A stretch of time with one offset from UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const zones = new Map<string, Zone>();
/** Zone names come from partners' locations: more different ones than exist means somebody is making them up. */
const MAX_ZONES = 1000;
const MAX_YEARS = 200;
/** Transitions can be a few weeks apart (a month of fasting); none are within a week. */
const SAMPLE_MS = 7 * 86_400_000;

/** The zone of a name; throws `PricingError` for a name that the runtime does not know. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  if (zones.size >= MAX_ZONES) zones.clear();
  const made = name === 'UTC' ? utc : intlZone(name);
  zones.set(name, made);
  return made;
}

const everywhen: Span = { from: -8.64e15, to: 8.64e15, offset: 0 };
const utc: Zone = { name: 'UTC', at: () => everywhen };

function intlZone(name: string): Zone {
  const offsetAt = offsetReader(name);
  const years = new Map<number, readonly Span[]>();
  const spansOf = (year: number): readonly Span[] => {
    const known = years.get(year);
    if (known) return known;
    if (years.size >= MAX_YEARS) years.clear();
    const made = spans(offsetAt, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    years.set(year, made);
    return made;
  };
  return {
    name,
    at(instant) {
      for (const span of spansOf(new Date(instant).getUTCFullYear())) if (instant < span.to) return span;
      throw new PricingError('range', '', `${instant} is no instant`);
    },
  };
}

function spans(offsetAt: (instant: number) => number, from: number, to: number): Span[] {
  const out: Span[] = [];
  let start = from;
  let offset = offsetAt(from);
  for (let t = from; t < to; t += SAMPLE_MS) {
    const next = Math.min(t + SAMPLE_MS, to);
    // The last sample is the year's last millisecond: a change at new year belongs to the next year.
    const later = offsetAt(next === to ? to - 1 : next);
    if (later === offset) continue;
    const change = bisect(offsetAt, t, next, offset);
    out.push({ from: start, to: change, offset });
    start = change;
    offset = later;
  }
  out.push({ from: start, to, offset });
  return out;
}

function bisect(offsetAt: (instant: number) => number, low: number, high: number, before: number): number {
  let a = low;
  let b = high;
  while (b - a > 1) {
    const middle = Math.floor((a + b) / 2);
    if (offsetAt(middle) === before) a = middle;
    else b = middle;
  }
  return b;
}

function offsetReader(name: string): (instant: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    throw new PricingError('timeZone', '/time_zone', `${name} is no time zone`);
  }
  return (instant) => {
    const whole = Math.floor(instant / 1000) * 1000;
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(whole)) part[type] = value;
    const year = part.era?.startsWith('B') ? 1 - Number(part.year) : Number(part.year);
    const local = Date.UTC(year, Number(part.month) - 1, Number(part.day), Number(part.hour), Number(part.minute), Number(part.second));
    return local - whole;
  };
}

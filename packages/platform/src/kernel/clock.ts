/**
 * Domain time. Leases, sockets and RPC time-outs stay on wall time; everything that a person would write down asks a Clock.
 *
 * `EVROAM_CLOCK=<epoch>,<rate>` makes every process of a demo or a drill agree on one accelerated time:
 * at the wall moment `epoch` both times are equal, and from there domain time runs `rate` times as fast.
 */
export interface Clock {
  now(): Date;
  /** Domain milliseconds that pass in one wall millisecond. */
  readonly rate: number;
}

export const wallClock: Clock = { now: () => new Date(), rate: 1 };

/** The fastest clock allowed: above it, a minute of domain time is less than a timer's own jitter. */
const MAX_RATE = 10_000;

/** Reads `<epoch>,<rate>`: epoch as milliseconds since 1970 or as an ISO date-time, rate as a positive number. */
export function clockFromSetting(setting: string | undefined, wall: () => number = Date.now): Clock {
  if (setting === undefined || setting === '') return wallClock;
  const [epochText = '', rateText = '', ...rest] = setting.split(',');
  const epoch = /^\d+$/.test(epochText) ? Number(epochText) : Date.parse(epochText);
  const rate = Number(rateText);
  if (rest.length > 0 || Number.isNaN(epoch) || !(rate > 0 && rate <= MAX_RATE)) {
    throw new RangeError(
      `a clock is written <epoch>,<rate> such as 1764000000000,60 (rate above 0, at most ${MAX_RATE}); got "${setting}"`,
    );
  }
  return { now: () => new Date(epoch + (wall() - epoch) * rate), rate };
}

/** The setting under which it is `domain` at the wall moment `wallMs` and time runs at `rate` (above 1). */
export function clockSetting(domain: Date, rate: number, wallMs: number = Date.now()): string {
  if (rate === 1) throw new RangeError('a clock of rate 1 is the wall clock: it cannot start elsewhere');
  return `${Math.round((rate * wallMs - domain.getTime()) / (rate - 1))},${rate}`;
}

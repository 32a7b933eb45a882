import { readEnvironment } from '../config.js';

/** Domain time of the whole demo world. */
export interface WorldClock {
  now(): Date;
  /** Domain milliseconds in one wall millisecond. */
  readonly rate: number;
}

/** The time that every process of the world agrees on: EVROAM_CLOCK, `<epoch>,<rate>`; the wall's without it. */
export function worldClock(setting: string | undefined = readEnvironment().clock): WorldClock {
  if (setting === undefined) return { now: () => new Date(), rate: 1 };
  const [epoch = Number.NaN, rate = Number.NaN] = setting.split(',').map(Number);
  if (!(epoch >= 0 && rate > 0)) throw new RangeError(`a clock is written <epoch>,<rate>; got "${setting}"`);
  return { now: () => new Date(epoch + (Date.now() - epoch) * rate), rate };
}

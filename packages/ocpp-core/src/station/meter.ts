/** 1 mWh is 3,600 W·ms. */
const WATT_MS_PER_MILLI_WH = 3_600;

/** So long a step keeps watts times ms below 2^53 up to 9 MW. */
const MAX_STEP_MS = 1_000_000_000;

/** An energy register that integrates power exactly: whole watts over whole ms, the rest carried on. */
export class Meter {
  #milliWh: number;
  #restWattMs = 0;
  #atMs: number;

  constructor(milliWh: number, atMs: number) {
    this.#milliWh = milliWh;
    this.#atMs = atMs;
  }

  /** The register in mWh, an integer; it never falls. */
  get milliWh(): number {
    return this.#milliWh;
  }

  /** Draws whole watts up to a moment, but no more than so many mWh. A moment in the past changes nothing. */
  advance(untilMs: number, watts: number, mostMilliWh: number = Number.POSITIVE_INFINITY): void {
    let left = mostMilliWh;
    while (this.#atMs < untilMs) {
      const step = Math.min(untilMs - this.#atMs, MAX_STEP_MS);
      this.#atMs += step;
      const drawn = watts * step + this.#restWattMs;
      const milliWh = Math.floor(drawn / WATT_MS_PER_MILLI_WH);
      const taken = Math.min(milliWh, left);
      this.#restWattMs = taken < milliWh ? 0 : drawn % WATT_MS_PER_MILLI_WH;
      this.#milliWh += taken;
      left -= taken;
    }
  }

  /** Sets the register, as a meter does that was replaced or jumped. */
  jump(milliWh: number): void {
    this.#milliWh = milliWh;
  }
}

/** Wh as a decimal text, exact to the mWh. */
export function wattHours(milliWh: number): string {
  const whole = Math.trunc(milliWh / 1_000);
  const part = String(milliWh % 1_000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return part === '' ? String(whole) : `${whole}.${part}`;
}

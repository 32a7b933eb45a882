/** A field that the other side's words cannot hold, and what was left out of it; never guessed. */
export interface Lost {
  field: string;
  detail: string;
}

/** A number on the wire as a whole number of 10^-places; undefined where it has more places. DESIGN, exact quantities */
export function scaled(value: number, places: number): bigint | undefined {
  const n = Math.round(value * 10 ** places);
  return Math.abs(n) < 2 ** 51 && n / 10 ** places === value ? BigInt(n) : undefined;
}

const NANO_PLACES = 9;

/** CNY on the wire as 10^-9 CNY. */
export function toNano(value: number, places: number): bigint | undefined {
  const n = scaled(value, places);
  return n === undefined ? undefined : n * 10n ** BigInt(NANO_PLACES - places);
}

/** An exact amount in so many places, half up; `rest` is what they could not hold, in 10^-9. */
export function fromNano(nano: bigint, places: number): { value: number; rest: bigint } {
  const unit = 10n ** BigInt(NANO_PLACES - places);
  const n = floorDiv(nano * 2n + unit, unit * 2n);
  return { value: Number(n) / 10 ** places, rest: nano - n * unit };
}

/** 0.01 kWh, the step of every energy on this wire. T/CEC 102.3-2016 */
export const STEP_MILLI_WH = 10_000;

export function toMilliWh(kwh: number): number | undefined {
  const n = scaled(kwh, 2);
  return n === undefined ? undefined : Number(n) * STEP_MILLI_WH;
}

/** Energy in whole steps, cut and never rounded up: nobody is billed for what did not flow. */
export function fromMilliWh(milliWh: number): { kwh: number; rest: number } {
  const rest = milliWh % STEP_MILLI_WH;
  return { kwh: (milliWh - rest) / STEP_MILLI_WH / 100, rest };
}

const floorDiv = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

import type { Reading } from './reading.js';

/** Phases whose values add up to the whole. */
const added: ReadonlySet<string> = new Set(['L1', 'L2', 'L3', 'L1-N', 'L2-N', 'L3-N']);

/**
 * The value of a measurand at one moment, thousandths of its unit: the one without a phase, else the sum over the phases
 * of an energy, a power or a current. Undefined where there is none; a voltage is never summed.
 */
export function totalOf(readings: readonly Reading[], measurand: string, at: Date, location = 'Outlet'): number | undefined {
  const found = readings.filter(
    (reading) => reading.measurand === measurand && reading.at.getTime() === at.getTime() && reading.location === location,
  );
  const whole = found.find(({ phase }) => phase === undefined);
  if (whole) return whole.milli;
  if (!/^(?:Energy|Power\.(?!Factor)|Current)/.test(measurand)) return undefined;
  const parts = found.filter(({ phase }) => phase !== undefined && added.has(phase));
  const phases = new Set(parts.map(({ phase }) => phase?.slice(0, 2)));
  // L1 and L1-N of one moment are the same current: it must not count twice.
  if (parts.length === 0 || phases.size !== parts.length) return undefined;
  return parts.reduce((sum, { milli }) => sum + milli, 0);
}

/** A register followed over a transaction. */
export interface Register {
  readonly startMilliWh: number;
  readonly lastMilliWh: number;
  readonly lastAt: Date;
  /** What was delivered, resets bridged. */
  readonly energyMilliWh: number;
  /** How often the register fell: a restart or an exchange of the meter. */
  readonly resets: number;
}

/** Begins to follow a register. */
export const registerFrom = (milliWh: number, at: Date): Register => ({
  startMilliWh: milliWh,
  lastMilliWh: milliWh,
  lastAt: at,
  energyMilliWh: 0,
  resets: 0,
});

/**
 * Takes one more value. An older one than the last changes nothing (a Transaction.Begin may come after newer samples); a
 * lower one is a reset, after which the register counts from 0.
 */
export function advance(register: Register, milliWh: number, at: Date): Register {
  if (at < register.lastAt) return register;
  const reset = milliWh < register.lastMilliWh;
  return {
    ...register,
    lastMilliWh: milliWh,
    lastAt: at,
    energyMilliWh: register.energyMilliWh + milliWh - (reset ? 0 : register.lastMilliWh),
    resets: register.resets + (reset ? 1 : 0),
  };
}

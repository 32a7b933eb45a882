import type { ChargingPeriod } from '../model/session.js';
import type { ChargingState, SessionFacts } from './session-state.js';

// A running session is read and written with each of its messages: its JSON is made by hand, several times as fast as by a walk over it.

interface Time {
  $time: string;
}
type Stored = Record<string, unknown> & { periods: Record<string, unknown>[] };

const TIMES = ['at', 'registerAt', 'activitySince', 'endedAt'] as const;

/** The state without its facts, as JSON that `fromJson` reads as well. */
export function writeProgress({ facts: _, ...progress }: ChargingState): string {
  const stored: Record<string, unknown> = { ...progress };
  for (const name of TIMES) {
    const value = stored[name];
    if (value instanceof Date) stored[name] = toTime(value);
  }
  if (progress.released) stored.released = { ...progress.released, at: toTime(progress.released.at) };
  stored.periods = progress.periods.map((period) => ({ ...period, startedAt: toTime(period.startedAt) }));
  return JSON.stringify(stored);
}

export function readProgress(text: string, facts: SessionFacts): ChargingState {
  const stored = JSON.parse(text) as Stored;
  for (const name of TIMES) if (stored[name] !== undefined) stored[name] = fromTime(stored[name]);
  const { released } = stored as { released?: { by: string; at: unknown } };
  if (released) stored.released = { ...released, at: fromTime(released.at) };
  for (const period of stored.periods) period.startedAt = fromTime(period.startedAt);
  return { ...stored, periods: stored.periods as unknown as ChargingPeriod[], facts } as unknown as ChargingState;
}

const toTime = (moment: Date): Time => ({ $time: moment.toISOString() });
const fromTime = (value: unknown): Date => new Date((value as Time).$time);

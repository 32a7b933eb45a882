import { type Refused, refuse } from '../kernel/refusal.js';
import type { Agreement } from '../model/agreement.js';

/** "2026-11", "2026-W48" or "2026-11-24": its cycle can be seen, and names of one cycle sort by time. */
export type PeriodName = string;
export type Cycle = Agreement['cycle'];

export type PeriodState = 'open' | 'cutOff' | 'closed';

export interface Period {
  name: PeriodName;
  state: PeriodState;
  /** Counts the closings: the version of the statements to come, or of those that were issued. */
  version: number;
  /** What was received by then still belongs to it. */
  cutOffAt?: Date;
}

export type PeriodEvent =
  | { type: 'cutOff'; at: Date }
  | { type: 'closed' }
  | { type: 'reopened'; approvedBy: readonly string[]; accepted: number };

const DAY_MS = 86_400_000;

/** The next state. A closed period opens again by two people, and only while no statement of it was accepted. */
export function applyPeriod(
  period: Period,
  event: PeriodEvent,
): { accepted: true; period: Period } | Refused<'notOpen' | 'notCutOff' | 'notClosed' | 'secondPerson' | 'statementAccepted'> {
  switch (event.type) {
    case 'cutOff':
      if (period.state !== 'open') return refuse('notOpen', `${period.name} is ${period.state}`);
      return { accepted: true, period: { ...period, state: 'cutOff', cutOffAt: event.at } };
    case 'closed':
      if (period.state !== 'cutOff') return refuse('notCutOff', `${period.name} is ${period.state}`);
      return { accepted: true, period: { ...period, state: 'closed' } };
    case 'reopened':
      if (period.state !== 'closed') return refuse('notClosed', `${period.name} is ${period.state}`);
      if (event.accepted > 0) return refuse('statementAccepted', 'after acceptance only an adjustment in the open period is possible');
      if (new Set(event.approvedBy).size < 2) return refuse('secondPerson', 'a second person must approve');
      return { accepted: true, period: { name: period.name, state: 'open', version: period.version + 1 } };
  }
}

/** Whether something received at that moment may still be posted into it. */
export function takes({ state, cutOffAt }: Period, receivedAt: Date): boolean {
  return state === 'open' || (state === 'cutOff' && cutOffAt !== undefined && receivedAt <= cutOffAt);
}

/** The period of a moment. Cycles are counted in UTC, so that both sides mean the same one; weeks by ISO 8601. */
export function periodOf(at: Date, cycle: Cycle): PeriodName {
  const day = at.toISOString().slice(0, 10);
  if (cycle === 'daily') return day;
  if (cycle === 'monthly') return day.slice(0, 7);
  const thursday = new Date(mondayOf(at).getTime() + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
}

export function cycleOf(name: PeriodName): Cycle {
  return name.includes('W') ? 'weekly' : name.length === 10 ? 'daily' : 'monthly';
}

/** A name as a person writes it; undefined if it names no period. */
export function readPeriod(text: string): PeriodName | undefined {
  const name = text.toUpperCase();
  if (!/^\d{4}-(\d{2}|W\d{2}|\d{2}-\d{2})$/.test(name)) return undefined;
  const { from } = boundsOf(name);
  return !Number.isNaN(from.getTime()) && periodOf(from, cycleOf(name)) === name ? name : undefined;
}

/** The first moment of a period and the first after it. */
export function boundsOf(name: PeriodName): { from: Date; until: Date } {
  const [year = Number.NaN, second = '', day = Number.NaN] = name.split('-').map((part, i) => (i === 1 ? part : Number(part))) as [
    number,
    string,
    number,
  ];
  switch (cycleOf(name)) {
    case 'daily': {
      const from = new Date(Date.UTC(year, Number(second) - 1, day));
      return { from, until: new Date(from.getTime() + DAY_MS) };
    }
    case 'monthly':
      return { from: new Date(Date.UTC(year, Number(second) - 1, 1)), until: new Date(Date.UTC(year, Number(second), 1)) };
    case 'weekly': {
      const first = mondayOf(new Date(Date.UTC(year, 0, 4)));
      const from = new Date(first.getTime() + (Number(second.slice(1)) - 1) * 7 * DAY_MS);
      return { from, until: new Date(from.getTime() + 7 * DAY_MS) };
    }
  }
}

export function nextPeriod(name: PeriodName): PeriodName {
  return periodOf(boundsOf(name).until, cycleOf(name));
}

function mondayOf(at: Date): Date {
  const midnight = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  return new Date(midnight - ((at.getUTCDay() + 6) % 7) * DAY_MS);
}

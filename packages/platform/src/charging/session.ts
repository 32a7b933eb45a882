import { AHEAD_MS } from '../model/clock-shift.js';
import type { ChargingPeriod } from '../model/session.js';
import { advance } from './advance.js';
import { hasNumber, withNumber } from './numbers.js';
import type { Change, ChargingEvent, ChargingState, Flag, OrderKey, PriceBorders, SessionFacts } from './session-state.js';

export type * from './session-state.js';

type Charging = ChargingState & { phase: 'charging' };

/** Flags that a person has to look at before money flows. */
const HOLDING: ReadonlySet<Flag> = new Set(['registerWentBack', 'registerJumped', 'billDiffers', 'tokenRefused']);

const RANK = { started: 0, metered: 1, stopped: 2 } as const;

export function begin(facts: SessionFacts): Charging {
  const { startedAt, startRegisterMilliWh, tariffs, clockShiftMs, provisional, refused } = facts;
  const period: ChargingPeriod = {
    startedAt,
    ...(tariffs[0] ? { tariffId: tariffs[0].id } : {}),
    energyMilliWh: 0,
    chargingSeconds: 0,
    parkingSeconds: 0,
  };
  return {
    phase: 'charging',
    facts,
    at: startedAt,
    ...(startRegisterMilliWh === undefined ? {} : { registerMilliWh: startRegisterMilliWh, registerAt: startedAt }),
    activity: 'charging',
    activitySince: startedAt,
    periods: [period],
    flags: [
      ...(clockShiftMs === undefined ? [] : ['clockCorrected' as const]),
      ...(provisional ? ['startMissing' as const] : []),
      ...(refused ? ['tokenRefused' as const] : []),
    ],
    last: [startedAt.getTime(), -1, -1, -1],
    heard: [],
  };
}

/**
 * Hearing an event twice changes nothing; nothing reopens an ended session; a stop counts at its own time, whenever it comes.
 * An event that belongs before what was counted is kept and marks the session as disordered: `recount` gives it its place.
 * OCPP 1.6, 4.10; errata 3.18. OCPP 2.0.1, E01 to E13
 */
export function apply(state: ChargingState, heard: ChargingEvent, borders: PriceBorders): { state: ChargingState; change: Change } {
  const event = onOurClock(heard, state.facts);
  if (event.seqNo !== undefined && hasNumber(state.heard, event.seqNo)) return { state, change: 'none' };
  const noted: ChargingState = event.seqNo === undefined ? state : { ...state, heard: withNumber(state.heard, event.seqNo) };
  if (noted.phase === 'ended') {
    // A second stop is acknowledged and changes nothing; what was measured after the end belongs to no session.
    if (event.kind === 'stopped' || event.at > noted.endedAt) return { state: noted, change: noted === state ? 'none' : 'kept' };
    if (noted.rated) return { state: flagged(noted, 'lateReading'), change: 'kept' };
    return { state: { ...noted, disordered: true }, change: 'disordered' };
  }
  if (event.kind === 'stopped') return { state: end(noted, event, borders), change: 'ended' };
  if (event.at < noted.facts.startedAt && event.kind === 'metered') return { state: { ...noted, disordered: true }, change: 'disordered' };
  const order = orderOf(event);
  if (isBefore(order, noted.last)) return { state: { ...noted, disordered: true }, change: 'disordered' };
  const counted = advance(noted, event, borders);
  return { state: { ...noted, ...counted, last: order }, change: 'metered' };
}

function end(state: Charging, stop: ChargingEvent & { kind: 'stopped' }, borders: PriceBorders): ChargingState {
  const { registerMilliWh, reason } = stop;
  const endedAt = new Date(Math.max(stop.at.getTime(), state.facts.startedAt.getTime()));
  const inOrder = endedAt >= state.at;
  return {
    ...state,
    ...(inOrder ? advance(state, { ...stop, at: endedAt }, borders) : {}),
    phase: 'ended',
    endedAt,
    stopReason: reason,
    last: [endedAt.getTime(), RANK.stopped, 0, 0],
    ...(registerMilliWh === undefined ? {} : { stopRegisterMilliWh: registerMilliWh }),
    ...(inOrder ? {} : { disordered: true as const }),
  };
}

/**
 * A stop before the start, or in the future, is of a clock that was set meanwhile: it counts when it was heard. Its energy is right
 * all the same, and the session is marked.
 */
export function atPossibleTime(state: ChargingState, event: ChargingEvent, now: Date): { state: ChargingState; event: ChargingEvent } {
  if (event.kind !== 'stopped' || state.phase === 'ended') return { state, event };
  const { at } = onOurClock(event, state.facts);
  const ahead = state.facts.clockShiftMs === undefined && at.getTime() - now.getTime() > AHEAD_MS;
  if (at >= state.facts.startedAt && !ahead) return { state, event };
  return { state: flagged(state, 'clockCorrected'), event: { ...event, at: now, ourClock: true } };
}

/** Counts a session from all of its events, in whatever order they were heard: the same as if they had come in order. */
export function recount(state: ChargingState, facts: SessionFacts, events: readonly ChargingEvent[], borders: PriceBorders): ChargingState {
  const ordered = [...events].map((event) => onOurClock(event, facts)).sort((a, b) => compare(orderOf(a), orderOf(b)));
  const { startedAt } = facts;
  const kept = state.flags.filter(
    (flag) => flag === 'lateReading' || flag === 'gap' || flag === 'clockCorrected' || flag === 'billDiffers',
  );
  const counted = (next: ChargingState): ChargingState => ({ ...next, heard: state.heard, flags: [...new Set([...next.flags, ...kept])] });
  let next: Charging = begin(facts);
  for (const event of ordered) {
    if (event.kind === 'stopped' || (state.phase === 'ended' && event.at > state.endedAt)) continue;
    if (event.at >= startedAt) next = { ...next, ...advance(next, event, borders), last: orderOf(event) };
    // What was read before the start tells where counting begins, when the start did not say.
    else if (next.registerMilliWh === undefined && event.registerMilliWh !== undefined)
      next = { ...next, registerMilliWh: event.registerMilliWh, registerAt: startedAt };
  }
  if (state.phase === 'ended') {
    const { endedAt: at, stopReason: reason, stopRegisterMilliWh } = state;
    const stop = {
      kind: 'stopped' as const,
      at,
      reason,
      ...(stopRegisterMilliWh === undefined ? {} : { registerMilliWh: stopRegisterMilliWh }),
    };
    return counted(end(next, stop, borders));
  }
  return counted(next);
}

export function energyMilliWh(state: Pick<ChargingState, 'periods'>): number {
  return state.periods.reduce((sum, period) => sum + period.energyMilliWh, 0);
}

/** True if a person has to look at it before it is priced. */
export function isHeld({ flags, released }: Pick<ChargingState, 'flags' | 'released'>): boolean {
  return !released && flags.some((flag) => HOLDING.has(flag));
}

export function flagged<S extends { flags: readonly Flag[] }>(state: S, flag: Flag): S {
  return state.flags.includes(flag) ? state : { ...state, flags: [...state.flags, flag] };
}

function orderOf({ at, kind, seqNo, registerMilliWh }: ChargingEvent): OrderKey {
  return [at.getTime(), RANK[kind], seqNo ?? -1, registerMilliWh ?? -1];
}

function compare(a: OrderKey, b: OrderKey): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - b[i]!;
  return 0;
}

const isBefore = (a: OrderKey, b: OrderKey): boolean => compare(a, b) < 0;

function onOurClock<E extends ChargingEvent>(event: E, { clockShiftMs }: SessionFacts): E {
  return clockShiftMs === undefined || event.ourClock ? event : { ...event, at: new Date(event.at.getTime() + clockShiftMs) };
}

import type { ChargingPeriod } from '../model/session.js';
import type { ChargingEvent, Flag, Metered, PriceBorders, SessionFacts } from './session-state.js';

/**
 * OCPI carries kWh with four decimals. Energy that is shared out over a price border is shared in whole steps of that size,
 * so that the periods of the CDR sum to its total on every wire.
 */
const WIRE_STEP_MILLI_WH = 100;
/** The strongest connector there is (megawatt charging), for places whose own limit is not known. */
const MOST_WATT = 3_750_000;
/** Meters and clocks are a little off, and a sample may be late: a fifth more than the rating, and half a kWh, is no jump. */
const SLACK = 1.2;
const SLACK_MILLI_WH = 500_000;

type Counted = Metered & { facts: SessionFacts };

/** Moves the session on to an event that comes after all that was counted. */
export function advance(state: Counted, event: ChargingEvent, borders: PriceBorders): Metered {
  const { gained, register, flag } = gain(state, event);
  const { at } = event;
  const counted = at > state.at || gained > 0 ? spread(state, at, gained, borders) : state.periods;
  const activity = event.activity ?? state.activity;
  const { facts: _, ...metered } = state;
  return {
    ...metered,
    at,
    ...(register === undefined ? {} : { registerMilliWh: register }),
    ...(event.registerMilliWh === undefined || (flag !== undefined && flag !== 'registerReset') ? {} : { registerAt: at }),
    activity,
    activitySince: activity === state.activity ? state.activitySince : at,
    periods: counted,
    flags: flag === undefined || state.flags.includes(flag) ? state.flags : [...state.flags, flag],
  };
}

/** What a reading adds. One that cannot be true is left out and marked: no price is computed from it. */
function gain(state: Counted, { at, registerMilliWh: register }: ChargingEvent): { gained: number; register?: number; flag?: Flag } {
  const before = state.registerMilliWh;
  if (register === undefined) return { gained: 0, ...(before === undefined ? {} : { register: before }) };
  if (before === undefined) return { gained: 0, register };
  const most = mostGain(state, at);
  if (register >= before) {
    return register - before <= most ? { gained: register - before, register } : { gained: 0, register: before, flag: 'registerJumped' };
  }
  // A meter that restarted counts from 0; one that merely goes back is wrong.
  return register <= most
    ? { gained: register, register, flag: 'registerReset' }
    : { gained: 0, register: before, flag: 'registerWentBack' };
}

function mostGain({ facts, registerAt: from = facts.startedAt }: Counted, at: Date): number {
  const watt = (facts.maxPowerWatt ?? MOST_WATT) * SLACK;
  return Math.ceil((watt * Math.max(0, at.getTime() - from.getTime())) / 3_600) + SLACK_MILLI_WH;
}

/** Time counts from the last event, energy from the last reading. */
function spread(state: Counted, at: Date, gained: number, borders: PriceBorders): readonly ChargingPeriod[] {
  const cuts = at > state.at ? cutsUntil(state, at, borders) : [];
  const periods = [...state.periods];
  let from = state.at;
  for (const until of [...cuts, at]) {
    const period = periods.at(-1)!;
    periods[periods.length - 1] = { ...period, ...timeIn(state, period, from, until, gained > 0) };
    if (until !== at) periods.push({ ...period, startedAt: until, energyMilliWh: 0, chargingSeconds: 0, parkingSeconds: 0 });
    from = until;
  }
  // What an ended period has that no wire can carry goes on to the next one, also when nothing was gained.
  return gained === 0 && cuts.length === 0 ? periods : withEnergy(periods, gained, state.registerAt ?? state.at, at);
}

function withEnergy(periods: readonly ChargingPeriod[], gained: number, from: Date, to: Date): readonly ChargingPeriod[] {
  let shared = 0;
  return periods.map((period, i) => {
    const until = periods[i + 1]?.startedAt;
    if (until !== undefined && until < from) return period;
    const share = until === undefined ? gained : onWire(shareUntil(gained, from, until, to), period.energyMilliWh - shared);
    const energyMilliWh = period.energyMilliWh + share - shared;
    shared = share;
    return { ...period, energyMilliWh };
  });
}

/** A border may be the very moment of the last event: clock-aligned samples fall on every full hour. Its period begins when time goes on. */
function cutsUntil({ at: from, periods }: Counted, at: Date, borders: PriceBorders): readonly Date[] {
  return borders(periods.at(-1)!.startedAt, at).filter((border) => border >= from);
}

/** Idle time counts after the grace; what happens while nobody hears the station is neither charging nor idle. */
function timeIn(
  state: Counted,
  period: ChargingPeriod,
  from: Date,
  until: Date,
  gaining: boolean,
): { chargingSeconds: number; parkingSeconds: number } {
  const { facts, activity, activitySince } = state;
  const { chargingSeconds, parkingSeconds } = period;
  const seconds = (since: Date) => secondsSince(facts.startedAt, until) - secondsSince(facts.startedAt, since);
  if (activity === 'charging' || (activity === 'unknown' && gaining))
    return { chargingSeconds: chargingSeconds + seconds(from), parkingSeconds };
  if (activity === 'unknown') return { chargingSeconds, parkingSeconds };
  const graceEnds = new Date(activitySince.getTime() + (facts.idleGraceSeconds ?? 0) * 1000);
  const idleFrom = graceEnds > from ? graceEnds : from;
  return { chargingSeconds, parkingSeconds: parkingSeconds + (idleFrom < until ? seconds(idleFrom) : 0) };
}

/** Energy counts evenly between two readings: nobody measured in between. */
function shareUntil(gained: number, from: Date, until: Date, to: Date): number {
  if (until <= from) return 0;
  return Number((BigInt(gained) * BigInt(until.getTime() - from.getTime())) / BigInt(to.getTime() - from.getTime()));
}

/** The share with which a period that ends holds a whole number of wire steps; what is left over is the next period's. */
function onWire(share: number, before: number): number {
  return share - ((before + share) % WIRE_STEP_MILLI_WH);
}

/** Whole seconds since the start, so that rounding never accumulates over periods. */
function secondsSince(start: Date, moment: Date): number {
  return Math.round((moment.getTime() - start.getTime()) / 1000);
}

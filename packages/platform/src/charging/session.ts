import type { SessionId, StationId } from '../kernel/ids.js';
import type { EvseRef } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { AuthMethod, ChargingPeriod } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';
import type { TokenRef } from '../model/token.js';

/** What was true at the start and stays so: a later edit of tariff or location changes no running session. */
export interface SessionFacts {
  id: SessionId;
  owner: PartyId;
  stationId: StationId;
  place: EvseRef;
  timeZone: string;
  token: TokenRef;
  authMethod: AuthMethod;
  authorizationReference?: string;
  currency: string;
  tariffs: readonly TariffVersion[];
  startedAt: Date;
  startRegisterMilliWh: number;
}

/** Something about the meter that a person has to look at before money flows. */
export type Flag = 'registerWentBack' | 'timeWentBack';

interface Metered {
  /** The newest reading that counted. */
  at: Date;
  registerMilliWh: number;
  periods: readonly ChargingPeriod[];
  flags: readonly Flag[];
}

export type ChargingState =
  | ({ phase: 'charging'; facts: SessionFacts } & Metered)
  | ({ phase: 'ended'; facts: SessionFacts; endedAt: Date; stopReason: string } & Metered);

/** The same for every protocol: the drivers translate into these. */
export type ChargingEvent =
  | { kind: 'metered'; at: Date; registerMilliWh: number }
  | { kind: 'stopped'; at: Date; registerMilliWh: number; reason: string };

export type Change = 'none' | 'metered' | 'ended';

/** Moments at which another price may begin, strictly between two others. */
export type PriceBorders = (from: Date, until: Date) => readonly Date[];

/**
 * OCPI carries kWh with four decimals. Energy that is shared out over a price border is shared in whole steps of that size,
 * so that the periods of the CDR sum to its total on every wire.
 */
const WIRE_STEP_MILLI_WH = 100;

export function begin(facts: SessionFacts): ChargingState {
  const { startedAt, startRegisterMilliWh, tariffs } = facts;
  const period: ChargingPeriod = {
    startedAt,
    ...(tariffs[0] ? { tariffId: tariffs[0].id } : {}),
    energyMilliWh: 0,
    chargingSeconds: 0,
    parkingSeconds: 0,
  };
  return { phase: 'charging', facts, at: startedAt, registerMilliWh: startRegisterMilliWh, periods: [period], flags: [] };
}

/** Hearing an event twice changes nothing; nothing reopens an ended session. OCPP 1.6, 4.10; errata 3.18 */
export function apply(state: ChargingState, event: ChargingEvent, borders: PriceBorders): { state: ChargingState; change: Change } {
  if (state.phase === 'ended') return { state, change: 'none' };
  const metered = advance(state, event.at, event.registerMilliWh, borders);
  if (event.kind === 'metered') {
    return metered === state ? { state, change: 'none' } : { state: { ...state, ...metered }, change: 'metered' };
  }
  const endedAt = event.at < state.facts.startedAt ? state.at : event.at;
  return { state: { ...state, ...metered, phase: 'ended', endedAt, stopReason: event.reason }, change: 'ended' };
}

export function energyMilliWh(state: ChargingState): number {
  return state.periods.reduce((sum, period) => sum + period.energyMilliWh, 0);
}

function advance(state: Metered & { facts: SessionFacts }, at: Date, register: number, borders: PriceBorders): Metered {
  if (at < state.at) return flagged(state, 'timeWentBack');
  if (register < state.registerMilliWh) return flagged(state, 'registerWentBack');
  const gained = register - state.registerMilliWh;
  if (at.getTime() === state.at.getTime() && gained === 0) return state;

  const cuts = at > state.at ? borders(state.at, at) : [];
  const periods = [...state.periods];
  let shared = 0;
  let from = state.at;
  for (const until of [...cuts, at]) {
    const last = until === at;
    const period = periods.at(-1)!;
    const share = last ? gained : onWire(shareUntil(gained, state.at, until, at), period.energyMilliWh - shared);
    periods[periods.length - 1] = {
      ...period,
      energyMilliWh: period.energyMilliWh + share - shared,
      chargingSeconds: period.chargingSeconds + secondsSince(state.facts.startedAt, until) - secondsSince(state.facts.startedAt, from),
    };
    if (!last) periods.push({ ...period, startedAt: until, energyMilliWh: 0, chargingSeconds: 0, parkingSeconds: 0 });
    shared = share;
    from = until;
  }
  return { at, registerMilliWh: register, periods, flags: state.flags };
}

/** Energy counts evenly between two readings: nobody measured in between. */
function shareUntil(gained: number, from: Date, until: Date, to: Date): number {
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

function flagged<S extends Metered>(state: S, flag: Flag): S {
  return state.flags.includes(flag) ? state : { ...state, flags: [...state.flags, flag] };
}

import type { SessionId, StationId } from '../kernel/ids.js';
import type { Activity } from '../model/heard.js';
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
  /** Absent where the station did not say; then the first reading is where counting begins. */
  startRegisterMilliWh?: number;
  /** What the connector can give; absent where nobody knows. */
  maxPowerWatt?: number;
  /** Idle time within so many seconds after charging ended is not counted. */
  idleGraceSeconds?: number;
  /** What to add to the times of a station whose clock was wrong, ms. */
  clockShiftMs?: number;
  /** The start itself was not heard yet: these facts come from a later event. */
  provisional?: true;
  /** Nobody has identified themselves yet. OCPP 2.x, a transaction may begin with the cable */
  anonymous?: true;
  /** It charged with a card that is known and may not: a station let it in while it could not ask, or by what it remembered. */
  refused?: true;
}

/** Something about the meter or the clock that was noticed. */
export type Flag =
  | 'tokenRefused'
  | 'registerWentBack'
  | 'registerJumped'
  | 'registerReset'
  | 'clockCorrected'
  | 'gap'
  | 'startMissing'
  | 'lateReading'
  | 'billDiffers';

export interface Metered {
  /** The newest moment that counted. */
  at: Date;
  /** The newest reading that counted. */
  registerMilliWh?: number;
  /** When it was read: other events may have come since. */
  registerAt?: Date;
  activity: Activity;
  activitySince: Date;
  periods: readonly ChargingPeriod[];
  flags: readonly Flag[];
  /** What stands at `at`: an event that belongs before it came out of order. */
  last: OrderKey;
  /** Numbers of the events heard, as stretches from and to. OCPP 2.x, seqNo */
  heard: readonly (readonly [number, number])[];
  /** Something came that belongs before what was counted: the session is counted again from its events. */
  disordered?: true;
  /** Its CDR exists: what comes now can only be noted. */
  rated?: true;
  /** A person looked at the flags and let it be priced. */
  released?: { by: string; at: Date };
}

export type ChargingState =
  | ({ phase: 'charging'; facts: SessionFacts } & Metered)
  | ({ phase: 'ended'; facts: SessionFacts; endedAt: Date; stopReason: string; stopRegisterMilliWh?: number } & Metered);

export interface Moment {
  at: Date;
  registerMilliWh?: number;
  activity?: Activity;
  seqNo?: number;
  /** The time is by our clock, not the station's. */
  ourClock?: true;
}

/** The same for every protocol: the drivers translate into these. */
export type ChargingEvent =
  | (Moment & { kind: 'started' })
  | (Moment & { kind: 'metered' })
  | (Moment & { kind: 'stopped'; reason: string });

export type Change = 'none' | 'kept' | 'metered' | 'disordered' | 'ended';

/** Moments at which another price may begin, strictly between two others. */
export type PriceBorders = (from: Date, until: Date) => readonly Date[];

/** Where an event belongs among the others of its session. */
export type OrderKey = readonly [at: number, rank: number, seqNo: number, register: number];

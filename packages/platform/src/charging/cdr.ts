import type { Cdr, CdrPlace } from '../model/cdr.js';
import type { EvseRef } from '../model/location.js';
import type { Rated } from '../model/rating.js';
import type { ChargingPeriod } from '../model/session.js';
import { type ChargingState, energyMilliWh } from './session.js';

/** Who, when and by which prices. */
export type CdrFacts = Pick<
  Cdr,
  'owner' | 'startedAt' | 'endedAt' | 'token' | 'authMethod' | 'authorizationReference' | 'currency' | 'tariffs'
>;

/** The CDR of an ended session, priced by `rated`; `billed` begins with its reservation, where that costs something. Its place and tariffs are those of the start. OCPI 2.2.1, 10.3.1 */
export function makeCdr(
  state: ChargingState & { phase: 'ended' },
  billed: Pick<Cdr, 'startedAt' | 'endedAt' | 'periods'>,
  place: EvseRef & CdrPlace,
  rated: Rated,
  id: string,
  now: Date,
): Cdr {
  const { facts, periods } = state;
  return {
    ...record({ ...facts, ...billed }, billed.periods, place, rated, id, now),
    sessionId: facts.id,
    energyMilliWh: energyMilliWh(state),
    chargingSeconds: periods.reduce((sum, period) => sum + period.chargingSeconds, 0),
    parkingSeconds: periods.reduce((sum, period) => sum + period.parkingSeconds, 0),
  };
}

/** The CDR of a reservation to which nobody came: it has no session. */
export function makeNoShowCdr(
  facts: CdrFacts,
  periods: readonly ChargingPeriod[],
  place: EvseRef & CdrPlace,
  rated: Rated,
  id: string,
  now: Date,
): Cdr {
  return { ...record(facts, periods, place, rated, id, now), energyMilliWh: 0, chargingSeconds: 0, parkingSeconds: 0 };
}

function record(facts: CdrFacts, periods: readonly ChargingPeriod[], place: EvseRef & CdrPlace, rated: Rated, id: string, now: Date) {
  const { owner, startedAt, endedAt, token, authMethod, authorizationReference, currency, tariffs } = facts;
  return {
    owner,
    id,
    startedAt,
    endedAt,
    token,
    authMethod,
    ...(authorizationReference === undefined ? {} : { authorizationReference }),
    place,
    currency,
    periods,
    tariffs,
    total: rated.total,
    parts: rated.parts,
    updatedAt: now,
  };
}

import type { Cdr, CdrPlace } from '../model/cdr.js';
import type { EvseRef } from '../model/location.js';
import type { Rated } from '../model/rating.js';
import { type ChargingState, energyMilliWh } from './session.js';

/** The CDR of an ended session, priced by `rated`. Its place and tariffs are those of the start. OCPI 2.2.1, 10.3.1 */
export function makeCdr(state: ChargingState & { phase: 'ended' }, place: EvseRef & CdrPlace, rated: Rated, id: string, now: Date): Cdr {
  const { facts } = state;
  return {
    owner: facts.owner,
    id,
    sessionId: facts.id,
    startedAt: facts.startedAt,
    endedAt: state.endedAt,
    token: facts.token,
    authMethod: facts.authMethod,
    ...(facts.authorizationReference === undefined ? {} : { authorizationReference: facts.authorizationReference }),
    place,
    currency: facts.currency,
    periods: state.periods,
    tariffs: facts.tariffs,
    energyMilliWh: energyMilliWh(state),
    chargingSeconds: state.periods.reduce((sum, period) => sum + period.chargingSeconds, 0),
    parkingSeconds: state.periods.reduce((sum, period) => sum + period.parkingSeconds, 0),
    total: rated.total,
    parts: rated.parts,
    updatedAt: now,
  };
}

import type { Amount } from '../model/amount.js';
import type { Session } from '../model/session.js';
import { type ChargingState, energyMilliWh } from './session.js';

/** The session as other modules and partners see it. */
export function toSession(state: ChargingState, total: Amount | undefined, updatedAt: Date): Session {
  const { facts } = state;
  return {
    id: facts.id,
    owner: facts.owner,
    status: state.phase === 'ended' ? 'completed' : 'active',
    startedAt: facts.startedAt,
    ...(state.phase === 'ended' ? { endedAt: state.endedAt } : {}),
    energyMilliWh: energyMilliWh(state),
    token: facts.token,
    authMethod: facts.authMethod,
    ...(facts.authorizationReference === undefined ? {} : { authorizationReference: facts.authorizationReference }),
    place: facts.place,
    currency: facts.currency,
    periods: state.periods,
    ...(total ? { total } : {}),
    stationId: facts.stationId,
    updatedAt,
  };
}

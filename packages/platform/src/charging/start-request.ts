import type { StationId } from '../kernel/ids.js';
import { clockShift } from '../model/clock-shift.js';
import type { EvseRef } from '../model/location.js';
import type { Token } from '../model/token.js';

/** Somebody asked that a session be started from afar. */
export interface StartRequest {
  id: string;
  stationId: StationId;
  place: EvseRef;
  token: Token;
  /** What the station repeats when the session begins. OCPP 2.x, remoteStartId */
  remoteStartId: number;
  authorizationReference?: string;
  requestedAt: Date;
  /** After this moment the outcome is unknown until the station says more. */
  deadline: Date;
  state: StartState;
}

/**
 * asked -> accepted | rejected | unknown; accepted -> expired when nobody came; a session that begins afterwards is linked, also after the deadline ("late success"),
 * for the energy flows whatever was answered.
 */
export type StartState =
  | { phase: 'asked' }
  | { phase: 'accepted' }
  | { phase: 'rejected'; reason: StartRejection }
  | { phase: 'unknown' }
  | { phase: 'expired' }
  | { phase: 'started'; sessionId: string; late: boolean };

export type StartRejection = 'rejectedByStation' | 'stationOffline' | 'notSupported' | 'unknownEvse';

export type StartEvent =
  | { kind: 'answered'; accepted: boolean; reason?: StartRejection }
  | { kind: 'deadlinePassed' }
  | { kind: 'began'; sessionId: string };

export function applyStart(state: StartState, event: StartEvent): StartState {
  switch (event.kind) {
    case 'answered':
      // An answer after the deadline still tells more than "unknown".
      if (state.phase !== 'asked' && state.phase !== 'unknown') return state;
      return event.accepted ? { phase: 'accepted' } : { phase: 'rejected', reason: event.reason ?? 'rejectedByStation' };
    case 'deadlinePassed':
      if (state.phase === 'accepted') return { phase: 'expired' };
      return state.phase === 'asked' ? { phase: 'unknown' } : state;
    case 'began':
      return state.phase === 'started'
        ? state
        : { phase: 'started', sessionId: event.sessionId, late: state.phase === 'unknown' || state.phase === 'expired' };
  }
}

/** How long after a remote start a session with the same token still counts as its result. OCPP 1.6 has no id for it. */
export const START_WINDOW_MS = 15 * 60 * 1000;

/** True if a session which began at `at` by the station's clock, and is heard at `now` by ours, is what this request asked for. */
export function isResultOf(request: StartRequest, at: Date, now: Date = at): boolean {
  if (request.state.phase === 'started' || request.state.phase === 'rejected') return false;
  const began = clockShift(at, now) === undefined ? at : now;
  const age = began.getTime() - request.requestedAt.getTime();
  // A station's clock may be a little behind ours.
  return age > -60_000 && age <= START_WINDOW_MS;
}

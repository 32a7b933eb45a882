import type { StationId } from '../kernel/ids.js';
import type { EvseRef } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { Token } from '../model/token.js';

/** A connector is kept free for a token until a moment. */
export interface Reservation {
  id: string;
  /** Under which the station knows it: the same number again replaces it. OCPP 1.6, 5.13 */
  number: number;
  stationId: StationId;
  connectorNumber: number;
  place: EvseRef;
  token: Token;
  /** What the issuer calls its permission; the session and the CDR bear it. */
  authorizationReference?: string;
  /** Who asked for it over a network, and what that party calls it. */
  named?: ReservationName;
  /** The request whose answer is waited for. */
  requestId: string;
  /** What was agreed before a change that is under way: it holds again if the station refuses the change. */
  before?: ReservationTerms;
  requestedAt: Date;
  /** After it nobody waits for the station's answer. */
  deadline: Date;
  until: Date;
  state: ReservationState;
}

/** A name is its party's own: another party's reservation may be called the same. */
export interface ReservationName {
  by: PartyId;
  as: string;
}

/** What a change may change. */
export type ReservationTerms = Pick<Reservation, 'connectorNumber' | 'place' | 'token' | 'authorizationReference' | 'until'>;

/**
 * asked -> active | rejected | unknown; active -> used | cancelled | expired (nobody came). OCPP 1.6 has no message for the end of a
 * reservation, so it ends by the clock; 2.x may say so earlier.
 */
export type ReservationState =
  | { phase: 'asked' }
  | { phase: 'active' }
  | { phase: 'rejected'; reason: ReservationRejection }
  /** The station did not answer: it may have kept the connector all the same. */
  | { phase: 'unknown' }
  | { phase: 'used'; sessionId: string }
  | { phase: 'cancelled' }
  /** `cdrId`: the CDR of the fee, where the tariff has one for those who do not come. */
  | { phase: 'expired'; noShow: boolean; cdrId?: string };

export type ReservationRejection = 'rejectedByStation' | 'stationOffline' | 'notSupported';

export type ReservationEvent =
  | { kind: 'answered'; accepted: boolean; reason?: ReservationRejection }
  | { kind: 'answerMissing' }
  | { kind: 'used'; sessionId: string }
  | { kind: 'cancelled' }
  | { kind: 'ranOut' }
  | { kind: 'billed'; cdrId: string };

export function applyReservation(state: ReservationState, event: ReservationEvent): ReservationState {
  const running = state.phase === 'active' || state.phase === 'unknown';
  switch (event.kind) {
    case 'answered':
      if (state.phase !== 'asked' && state.phase !== 'unknown') return state;
      return event.accepted ? { phase: 'active' } : { phase: 'rejected', reason: event.reason ?? 'rejectedByStation' };
    case 'answerMissing':
      return state.phase === 'asked' ? { phase: 'unknown' } : state;
    case 'used':
      // A session that names it proves it, whatever was heard before.
      return state.phase === 'used' ? state : { phase: 'used', sessionId: event.sessionId };
    case 'cancelled':
      return running || state.phase === 'asked' ? { phase: 'cancelled' } : state;
    case 'ranOut':
      return running || state.phase === 'asked' ? { phase: 'expired', noShow: state.phase === 'active' } : state;
    case 'billed':
      return state.phase === 'expired' && state.noShow && !state.cdrId ? { ...state, cdrId: event.cdrId } : state;
  }
}

/** The same reservation, kept free since it was first asked for, on other terms; what was agreed is remembered until the station has answered. OCPI 2.2.1, 13.3.2 */
export function changed(
  reservation: Reservation,
  terms: ReservationTerms,
  request: Pick<Reservation, 'requestId' | 'deadline'>,
): Reservation {
  const { before, authorizationReference: _, ...kept } = reservation;
  const agreed = reservation.state.phase === 'active' ? termsOf(reservation) : before;
  return { ...kept, ...terms, ...request, ...(agreed ? { before: agreed } : {}), state: { phase: 'asked' } };
}

/** A reservation after an event. A change that the station refuses leaves it as it was. */
export function moved(reservation: Reservation, event: ReservationEvent): Reservation {
  const state = applyReservation(reservation.state, event);
  if (state === reservation.state) return reservation;
  const { before, ...now } = reservation;
  if (state.phase === 'rejected' && before) {
    const { authorizationReference: _, ...base } = now;
    return { ...base, ...before, state: { phase: 'active' } };
  }
  return state.phase === 'unknown' && before ? { ...reservation, state } : { ...now, state };
}

/** Neither used nor given back: it may still be changed and cancelled. */
export const isOpen = ({ state: { phase } }: Reservation): boolean => phase === 'asked' || phase === 'active' || phase === 'unknown';

const termsOf = ({ connectorNumber, place, token, authorizationReference, until }: Reservation): ReservationTerms => ({
  connectorNumber,
  place,
  token,
  until,
  ...(authorizationReference === undefined ? {} : { authorizationReference }),
});

/** The moment at which the clock has something to say about it. */
export function dueAt({ state, deadline, until }: Reservation): Date | undefined {
  if (state.phase === 'asked') return deadline < until ? deadline : until;
  return state.phase === 'active' || state.phase === 'unknown' ? until : undefined;
}

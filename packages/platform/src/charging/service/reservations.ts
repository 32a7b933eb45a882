import type { OperatorId, StationId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Token } from '../../model/token.js';
import { consumers, type StationCommand } from '../events.js';
import { applyReservation, type Reservation, type ReservationEvent } from '../reservation.js';
import { refOf } from './beginning.js';
import { type ChargingNeeds, COMMAND_TIMEOUT_MS } from './needs.js';
import type { HeardOutcome } from './requests.js';

export interface ReservationWish {
  token: Token;
  authorizationReference?: string;
  locationId: string;
  evseUid?: string;
  connectorId?: string;
  until: Date;
}

export function createReservations({ transact, emit, store, stations, clock, newId, newNumber }: ChargingNeeds) {
  const command = (reservation: Reservation, asked: StationCommand['command']) => ({
    consumer: consumers.stationCommand,
    // One key: a cancellation must not overtake its reservation.
    key: reservation.id,
    body: {
      requestId: asked.kind === 'reserve' ? reservation.id : `${reservation.id}/cancel`,
      stationId: reservation.stationId,
      deadline: new Date(clock.now().getTime() + COMMAND_TIMEOUT_MS * clock.rate).toISOString(),
      command: asked,
    } satisfies StationCommand,
  });

  /** Asks the station to keep a connector free. */
  async function reserve(
    operatorId: OperatorId,
    wish: ReservationWish,
  ): Promise<Accepted<{ reservation: Reservation }> | Refused<'unknownLocation' | 'tokenNotValid' | 'alreadyOver'>> {
    const now = clock.now();
    if (!wish.token.valid) return refuse('tokenNotValid', 'the token is marked as not valid by its issuer');
    if (wish.until <= now) return refuse('alreadyOver', 'a reservation ends in the future');
    const place = await stations.placeAt(operatorId, wish.locationId, wish.evseUid, wish.connectorId);
    if (!place) return refuse('unknownLocation', `no EVSE ${wish.evseUid ?? '(any)'} with a station at location ${wish.locationId}`);
    const reservation: Reservation = {
      id: newId(),
      number: newNumber(),
      stationId: place.stationId,
      connectorNumber: place.connectorNumber,
      place: refOf(place),
      token: wish.token,
      ...(wish.authorizationReference === undefined ? {} : { authorizationReference: wish.authorizationReference }),
      requestedAt: now,
      deadline: new Date(now.getTime() + COMMAND_TIMEOUT_MS * clock.rate),
      until: wish.until,
      state: { phase: 'asked' },
    };
    const { uid, type, groupId } = wish.token;
    await transact(async (tx) => {
      await store.saveReservation(tx, operatorId, reservation);
      const asked = {
        kind: 'reserve' as const,
        reservationNumber: reservation.number,
        connectorNumber: reservation.connectorNumber,
        token: { uid, type },
        until: wish.until.toISOString(),
        ...(groupId === undefined ? {} : { groupId }),
      };
      await emit(tx, operatorId, [command(reservation, asked)]);
    });
    return { accepted: true, reservation };
  }

  /** Gives the connector back. The station is told; a driver who comes all the same may charge as anybody may. */
  async function cancelReservation(
    operatorId: OperatorId,
    id: string,
  ): Promise<Accepted | Refused<'unknownReservation' | 'reservationOver'>> {
    return transact(async (tx) => {
      const reservation = await store.lockReservation(tx, operatorId, id);
      if (!reservation) return refuse('unknownReservation', `there is no reservation ${id}`);
      const state = applyReservation(reservation.state, { kind: 'cancelled' });
      if (state === reservation.state) return refuse('reservationOver', `reservation ${id} is over: ${reservation.state.phase}`);
      await store.saveReservation(tx, operatorId, { ...reservation, state });
      await emit(tx, operatorId, [command(reservation, { kind: 'cancelReservation', reservationNumber: reservation.number })]);
      return { accepted: true };
    });
  }

  async function move(operatorId: OperatorId, id: string, event: (reservation: Reservation) => ReservationEvent): Promise<void> {
    await transact(async (tx) => {
      const reservation = await store.lockReservation(tx, operatorId, id);
      if (!reservation) return;
      const state = applyReservation(reservation.state, event(reservation));
      await store.saveReservation(tx, operatorId, { ...reservation, state });
      if (state !== reservation.state && state.phase === 'expired' && state.noShow)
        await emit(tx, operatorId, [{ consumer: consumers.noShow, key: id, body: { reservationId: id } }]);
    });
  }

  async function heardReserved(operatorId: OperatorId, { requestId, outcome }: HeardOutcome): Promise<void> {
    await move(operatorId, requestId, () => {
      if (outcome === 'unknown') return { kind: 'answerMissing' };
      if (outcome === 'accepted') return { kind: 'answered', accepted: true };
      return { kind: 'answered', accepted: false, reason: outcome === 'rejected' ? 'rejectedByStation' : outcome };
    });
  }

  /** The station ended it by itself. OCPP 2.0.1, H01 and H04 */
  async function heardReservationEnded(operatorId: OperatorId, stationId: StationId, number: number, removed: boolean): Promise<void> {
    const reservation = await transact((tx) => store.lockReservationByNumber(tx, operatorId, stationId, number));
    if (reservation) await move(operatorId, reservation.id, () => ({ kind: removed ? 'cancelled' : 'ranOut' }));
  }

  /** OCPP 1.6 says nothing when a reservation ends: the clock does. */
  async function sweepReservations(): Promise<number> {
    const now = clock.now();
    const due = await store.dueReservations(now);
    for (const { operatorId, id } of due) {
      await move(operatorId, id, ({ until }) => (until <= now ? { kind: 'ranOut' } : { kind: 'answerMissing' }));
    }
    return due.length;
  }

  return {
    reserve,
    cancelReservation,
    heardReserved,
    heardReservationEnded,
    sweepReservations,
    reservation: store.reservation,
    reservations: store.reservations,
  };
}

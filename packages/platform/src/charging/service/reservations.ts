import type { OperatorId, StationId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Tx } from '../../kernel/transact.js';
import type { Token } from '../../model/token.js';
import { type CommandOutcome, consumers, type StationCommand } from '../events.js';
import { changed, isOpen, moved, type Reservation, type ReservationEvent, type ReservationName } from '../reservation.js';
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
  /** What a party calls it: the same name again changes it. */
  named?: ReservationName;
  /** Under which the outcome is told. */
  requestId?: string;
}

type ReserveRefusal = 'unknownLocation' | 'tokenNotValid' | 'alreadyOver' | 'atAnotherStation';

export function createReservations({ transact, emit, store, stations, clock, newId, newNumber }: ChargingNeeds) {
  const command = (reservation: Reservation, requestId: string, asked: StationCommand['command']) => ({
    consumer: consumers.stationCommand,
    // One key: neither a change nor a cancellation may overtake what came before it.
    key: reservation.id,
    body: {
      requestId,
      stationId: reservation.stationId,
      deadline: new Date(clock.now().getTime() + COMMAND_TIMEOUT_MS * clock.rate).toISOString(),
      command: asked,
    } satisfies StationCommand,
  });

  /** Asks the station to keep a connector free. The same name again changes what is kept. OCPI 2.2.1, 13.3.2 */
  async function reserve(
    operatorId: OperatorId,
    wish: ReservationWish,
  ): Promise<Accepted<{ reservation: Reservation; timeoutMs: number }> | Refused<ReserveRefusal>> {
    const now = clock.now();
    const { token, until, named } = wish;
    if (!token.valid) return refuse('tokenNotValid', 'the token is marked as not valid by its issuer');
    if (until <= now) return refuse('alreadyOver', 'a reservation ends in the future');
    const place = await stations.placeAt(operatorId, wish.locationId, wish.evseUid, wish.connectorId);
    if (!place) return refuse('unknownLocation', `no EVSE ${wish.evseUid ?? '(any)'} with a station at location ${wish.locationId}`);
    const { stationId, connectorNumber } = place;
    const { authorizationReference } = wish;
    const terms = { connectorNumber, place: refOf(place), token, until, ...(authorizationReference ? { authorizationReference } : {}) };
    return transact(async (tx) => {
      const id = newId();
      const request = {
        requestId: wish.requestId ?? id,
        deadline: new Date(now.getTime() + COMMAND_TIMEOUT_MS * clock.rate),
      };
      const known = named && (await store.lockReservationNamed(tx, operatorId, named));
      const open = known && isOpen(known) ? known : undefined;
      // Who names no EVSE means the one that is kept already.
      const stays = open && wish.evseUid === undefined && open.place.locationId === terms.place.locationId;
      if (open && !stays && open.stationId !== stationId)
        return refuse('atAnotherStation', `reservation ${open.named?.as} is at another station: cancel it first`);
      const reservation: Reservation = open
        ? changed(open, { ...terms, ...(stays ? { place: open.place, connectorNumber: open.connectorNumber } : {}) }, request)
        : {
            id,
            number: newNumber(),
            stationId,
            requestedAt: now,
            ...terms,
            ...request,
            ...(named ? { named } : {}),
            state: { phase: 'asked' },
          };
      await store.saveReservation(tx, operatorId, reservation);
      const { uid, type, groupId } = token;
      const asked = {
        kind: 'reserve' as const,
        reservationNumber: reservation.number,
        connectorNumber: reservation.connectorNumber,
        token: { uid, type },
        until: until.toISOString(),
        ...(groupId === undefined ? {} : { groupId }),
      };
      await emit(tx, operatorId, [command(reservation, request.requestId, asked)]);
      return { accepted: true, reservation, timeoutMs: COMMAND_TIMEOUT_MS };
    });
  }

  /** Gives the connector back. The station is told; a driver who comes all the same may charge as anybody may. */
  async function cancelReservation(
    operatorId: OperatorId,
    id: string,
  ): Promise<Accepted | Refused<'unknownReservation' | 'reservationOver'>> {
    return transact(async (tx) => {
      const known = await store.lockReservation(tx, operatorId, id);
      const done = await cancel(tx, operatorId, known, id, `${id}/cancel`);
      if (done.accepted && known) await tellGivenUp(tx, operatorId, known);
      return done;
    });
  }

  /** The same by the name that a party has given; another party's is not there for it. */
  async function cancelNamed(
    operatorId: OperatorId,
    named: ReservationName,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownReservation' | 'reservationOver'>> {
    return transact(async (tx) => {
      const known = await store.lockReservationNamed(tx, operatorId, named);
      const done = await cancel(tx, operatorId, known, named.as, requestId);
      return done.accepted ? { ...done, timeoutMs: COMMAND_TIMEOUT_MS } : done;
    });
  }

  async function cancel(
    tx: Tx,
    operatorId: OperatorId,
    known: Reservation | undefined,
    called: string,
    requestId: string,
  ): Promise<Accepted | Refused<'unknownReservation' | 'reservationOver'>> {
    if (!known) return refuse('unknownReservation', `there is no reservation ${called}`);
    const reservation = moved(known, { kind: 'cancelled' });
    if (reservation === known) return refuse('reservationOver', `reservation ${called} is over: ${known.state.phase}`);
    await store.saveReservation(tx, operatorId, reservation);
    const asked = { kind: 'cancelReservation' as const, reservationNumber: reservation.number };
    await emit(tx, operatorId, [command(reservation, requestId, asked)]);
    return { accepted: true };
  }

  async function move(tx: Tx, operatorId: OperatorId, known: Reservation | undefined, event: ReservationEvent): Promise<void> {
    if (!known) return;
    const next = moved(known, event);
    await store.saveReservation(tx, operatorId, next);
    if (next !== known && next.state.phase === 'expired' && next.state.noShow)
      await emit(tx, operatorId, [{ consumer: consumers.noShow, key: next.id, body: { reservationId: next.id } }]);
  }

  /** What the station made of a reservation, or of a change of one. Of an answer that a later change has overtaken only its asker hears. */
  async function heardReserved(operatorId: OperatorId, { requestId, outcome }: HeardOutcome): Promise<void> {
    await transact(async (tx) => {
      await move(tx, operatorId, await store.lockReservationByRequest(tx, operatorId, requestId), answerOf(outcome));
      await emit(tx, operatorId, [told({ requestId, kind: 'reserve', outcome })]);
    });
  }

  /** It was given back already when the station was told: only who asked wants to know what the station said. */
  async function heardCancelled(operatorId: OperatorId, { requestId, outcome }: HeardOutcome): Promise<void> {
    await transact((tx) => emit(tx, operatorId, [told({ requestId, kind: 'cancelReservation', outcome })]));
  }

  /** The station ended it by itself. OCPP 2.0.1, H01 and H04 */
  async function heardReservationEnded(operatorId: OperatorId, stationId: StationId, number: number, removed: boolean): Promise<void> {
    await transact(async (tx) => {
      const known = await store.lockReservationByNumber(tx, operatorId, stationId, number);
      await move(tx, operatorId, known, { kind: removed ? 'cancelled' : 'ranOut' });
      if (known && removed && isOpen(known)) await tellGivenUp(tx, operatorId, known);
    });
  }

  /** Who relies on it hears that it is gone, where they have not given it back themselves. OCPI 2.2.1, 13.3.2 */
  async function tellGivenUp(tx: Tx, operatorId: OperatorId, { named, requestId }: Reservation): Promise<void> {
    if (named) await emit(tx, operatorId, [told({ requestId, kind: 'reserve', outcome: 'cancelled' })]);
  }

  /** OCPP 1.6 says nothing when a reservation ends: the clock does. */
  async function sweepReservations(): Promise<number> {
    const now = clock.now();
    const due = await store.dueReservations(now);
    for (const { operatorId, id } of due) {
      await transact(async (tx) => {
        const known = await store.lockReservation(tx, operatorId, id);
        await move(tx, operatorId, known, known && known.until <= now ? { kind: 'ranOut' } : { kind: 'answerMissing' });
      });
    }
    return due.length;
  }

  return {
    reserve,
    cancelReservation,
    cancelNamed,
    heardReserved,
    heardCancelled,
    heardReservationEnded,
    sweepReservations,
    reservation: store.reservation,
    reservations: store.reservations,
  };
}

function answerOf(outcome: HeardOutcome['outcome']): ReservationEvent {
  if (outcome === 'unknown') return { kind: 'answerMissing' };
  if (outcome === 'accepted') return { kind: 'answered', accepted: true };
  return { kind: 'answered', accepted: false, reason: outcome === 'rejected' ? 'rejectedByStation' : outcome };
}

const told = (outcome: CommandOutcome) => ({ consumer: consumers.commandOutcome as string, key: outcome.requestId, body: outcome });

import type { OperatorId } from '../../kernel/ids.js';
import { rate } from '../../model/rating.js';
import { type CdrFacts, makeNoShowCdr } from '../cdr.js';
import { consumers } from '../events.js';
import { keptFree } from '../kept-free.js';
import { applyReservation, type Reservation } from '../reservation.js';
import type { ChargingNeeds } from './needs.js';

/** The fee of those who reserve and do not come, where the tariff has one. OCPI 2.2.1, 11.4.7: RESERVATION_EXPIRES */
export function createNoShow({ transact, emit, store, stations, tariffs, clock, newId, defaultCurrency }: ChargingNeeds) {
  /** Hearing it again makes no second CDR. Without a price for it there is none. */
  return async function billNoShow(operatorId: OperatorId, reservationId: string): Promise<void> {
    const reservation = await store.reservation(operatorId, reservationId);
    if (!reservation || !isUnbilled(reservation)) return;
    const { stationId, connectorNumber, requestedAt: startedAt, until } = reservation;
    const found = await stations.placeOf(operatorId, stationId, connectorNumber);
    // A connector that was taken away meanwhile has no price any more.
    if (!found) return;
    const inForce = await tariffs.inForce(operatorId, found.tariffIds, startedAt);
    const now = clock.now();
    const facts: CdrFacts = {
      owner: found.place.owner,
      startedAt,
      // A station's clock may be ahead of ours: nothing is billed that has not passed.
      endedAt: new Date(Math.min(until.getTime(), now.getTime())),
      token: reservation.token,
      authMethod: 'command',
      ...(reservation.authorizationReference === undefined ? {} : { authorizationReference: reservation.authorizationReference }),
      currency: inForce[0]?.tariff.currency ?? defaultCurrency,
      tariffs: inForce,
    };
    const { timeZone } = found.place;
    const periods = keptFree(inForce, timeZone, startedAt, facts.endedAt);
    const rated = rate(inForce, { ...facts, periods }, { timeZone });
    if ((rated.total.afterTaxes ?? rated.total.beforeTaxes ?? 0n) <= 0n) return;
    const cdr = makeNoShowCdr(facts, periods, found.place, rated, newId(), now);
    await transact(async (tx) => {
      const locked = await store.lockReservation(tx, operatorId, reservationId);
      if (!locked || !isUnbilled(locked)) return;
      await store.insertCdr(tx, operatorId, cdr);
      const state = applyReservation(locked.state, { kind: 'billed', cdrId: cdr.id });
      await store.saveReservation(tx, operatorId, { ...locked, state });
      const body = { owner: cdr.owner, cdrId: cdr.id };
      await emit(tx, operatorId, [
        { consumer: consumers.cdrRepresent, key: cdr.id, body },
        { consumer: consumers.cdrRecord, key: cdr.id, body: { ...body, source: 'own' } },
      ]);
    });
  };
}

const isUnbilled = ({ state }: Reservation): boolean => state.phase === 'expired' && state.noShow && state.cdrId === undefined;

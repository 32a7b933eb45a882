import type { Sql } from '../../edges/sql.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transact.js';
import { dueAt, type Reservation, type ReservationName } from '../reservation.js';

export function createReservationStore(sql: Sql) {
  const read = (rows: { body: unknown }[]): Reservation | undefined => rows[0] && fromJson<Reservation>(rows[0].body);

  return {
    async saveReservation(tx: Tx, operatorId: OperatorId, reservation: Reservation): Promise<void> {
      await sql(
        tx,
        `INSERT INTO charging_reservation (operator_id, id, station_id, number, token_uid, phase, due_at, body, request_id, named_by, named_as)
         VALUES ($1, $2, $3, $4, upper($5), $6, $7, $8::jsonb, $9, $10, upper($11))
         ON CONFLICT (operator_id, id) DO UPDATE SET token_uid = EXCLUDED.token_uid, phase = EXCLUDED.phase, due_at = EXCLUDED.due_at,
           body = EXCLUDED.body, request_id = EXCLUDED.request_id`,
        [
          operatorId,
          reservation.id,
          reservation.stationId,
          reservation.number,
          reservation.token.uid,
          reservation.state.phase,
          dueAt(reservation) ?? null,
          toJson(reservation),
          reservation.requestId,
          reservation.named?.by ?? null,
          reservation.named?.as ?? null,
        ],
      );
    },

    async lockReservation(tx: Tx, operatorId: OperatorId, id: string) {
      return read(await sql(tx, 'SELECT body FROM charging_reservation WHERE operator_id = $1 AND id = $2 FOR UPDATE', [operatorId, id]));
    },

    async lockReservationByNumber(tx: Tx, operatorId: OperatorId, stationId: StationId, number: number) {
      return read(
        await sql(tx, 'SELECT body FROM charging_reservation WHERE operator_id = $1 AND station_id = $2 AND number = $3 FOR UPDATE', [
          operatorId,
          stationId,
          number,
        ]),
      );
    },

    /** The reservation that a session used. */
    async reservationOf(tx: Tx, operatorId: OperatorId, sessionId: string) {
      return read(
        await sql(
          tx,
          `SELECT body FROM charging_reservation WHERE operator_id = $1 AND phase = 'used' AND body #>> '{state,sessionId}' = $2`,
          [operatorId, sessionId],
        ),
      );
    },

    async lockReservationByRequest(tx: Tx, operatorId: OperatorId, requestId: string) {
      return read(
        await sql(tx, 'SELECT body FROM charging_reservation WHERE operator_id = $1 AND request_id = $2 FOR UPDATE', [
          operatorId,
          requestId,
        ]),
      );
    },

    /** The newest of that name. Whoever asks at the same moment waits, also where there is none yet. */
    async lockReservationNamed(tx: Tx, operatorId: OperatorId, { by, as }: ReservationName) {
      await sql(tx, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`reservation ${operatorId} ${by} ${as.toUpperCase()}`]);
      return read(
        await sql(
          tx,
          `SELECT body FROM charging_reservation WHERE operator_id = $1 AND named_by = $2 AND named_as = upper($3)
            ORDER BY (phase IN ('asked', 'active', 'unknown')) DESC, id DESC LIMIT 1 FOR UPDATE`,
          [operatorId, by, as],
        ),
      );
    },

    async reservation(operatorId: OperatorId, id: string) {
      return read(await sql(undefined, 'SELECT body FROM charging_reservation WHERE operator_id = $1 AND id = $2', [operatorId, id]));
    },

    async reservations(operatorId: OperatorId, query: PageRequest): Promise<Page<Reservation>> {
      const rows = await sql<{ id: string; body: unknown }>(
        undefined,
        'SELECT id, body FROM charging_reservation WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Reservation>(body),
        ({ id }) => id,
      );
    },

    async dueReservations(now: Date): Promise<{ operatorId: OperatorId; id: string }[]> {
      return sql(undefined, 'SELECT operator_id AS "operatorId", id FROM charging_reservation WHERE due_at <= $1 LIMIT 500', [now]);
    },
  };
}

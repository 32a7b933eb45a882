import type { Sql } from '../../edges/sql.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { StartRequest } from '../start-request.js';

export function createStartRequestStore(sql: Sql) {
  return {
    async saveStartRequest(tx: Tx, operatorId: OperatorId, request: StartRequest): Promise<void> {
      await sql(
        tx,
        `INSERT INTO charging_start_request (operator_id, id, station_id, token_uid, phase, deadline, body, remote_start_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
         ON CONFLICT (operator_id, id) DO UPDATE SET phase = EXCLUDED.phase, deadline = EXCLUDED.deadline, body = EXCLUDED.body`,
        [
          operatorId,
          request.id,
          request.stationId,
          request.token.uid,
          request.state.phase,
          request.deadline,
          toJson(request),
          request.remoteStartId,
        ],
      );
    },

    async lockStartRequest(tx: Tx, operatorId: OperatorId, id: string): Promise<StartRequest | undefined> {
      const rows = await sql<{ body: unknown }>(
        tx,
        'SELECT body FROM charging_start_request WHERE operator_id = $1 AND id = $2 FOR UPDATE',
        [operatorId, id],
      );
      return rows[0] && fromJson<StartRequest>(rows[0].body);
    },

    /** Requests that a session with this token at this station may answer, oldest first. */
    async openStartRequests(tx: Tx, operatorId: OperatorId, stationId: StationId, tokenUid: string): Promise<StartRequest[]> {
      const rows = await sql<{ body: unknown }>(
        tx,
        `SELECT body FROM charging_start_request
          WHERE operator_id = $1 AND station_id = $2 AND upper(token_uid) = upper($3) AND phase IN ('asked', 'accepted', 'unknown')
          ORDER BY id FOR UPDATE`,
        [operatorId, stationId, tokenUid],
      );
      return rows.map(({ body }) => fromJson<StartRequest>(body));
    },

    /** True while a start with this token at this station is under way, or a party has a place kept free there for it. OCPI 2.2.1, 10.4.1 */
    async wasAskedFor(operatorId: OperatorId, stationId: StationId, tokenUid: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        `SELECT 1 FROM charging_start_request
          WHERE operator_id = $1 AND station_id = $2 AND upper(token_uid) = upper($3) AND phase IN ('asked', 'accepted', 'unknown')
         UNION ALL
         SELECT 1 FROM charging_reservation
          WHERE operator_id = $1 AND station_id = $2 AND token_uid = upper($3) AND named_by IS NOT NULL AND phase IN ('active', 'unknown')
          LIMIT 1`,
        [operatorId, stationId, tokenUid],
      );
      return rows.length === 1;
    },

    /** The request that the station names; a late session finds it as well. */
    async startRequestByNumber(
      tx: Tx,
      operatorId: OperatorId,
      stationId: StationId,
      remoteStartId: number,
    ): Promise<StartRequest | undefined> {
      const rows = await sql<{ body: unknown }>(
        tx,
        'SELECT body FROM charging_start_request WHERE operator_id = $1 AND station_id = $2 AND remote_start_id = $3 FOR UPDATE',
        [operatorId, stationId, remoteStartId],
      );
      return rows[0] && fromJson<StartRequest>(rows[0].body);
    },

    async startRequest(operatorId: OperatorId, id: string): Promise<StartRequest | undefined> {
      const rows = await sql<{ body: unknown }>(undefined, 'SELECT body FROM charging_start_request WHERE operator_id = $1 AND id = $2', [
        operatorId,
        id,
      ]);
      return rows[0] && fromJson<StartRequest>(rows[0].body);
    },

    async dueStartRequests(now: Date): Promise<{ operatorId: OperatorId; requestId: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id AS "requestId" FROM charging_start_request WHERE phase IN ('asked', 'accepted') AND deadline <= $1 LIMIT 500`,
        [now],
      );
    },
  };
}

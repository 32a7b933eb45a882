import { createGather } from '../../edges/gather.js';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';

/** What is asked of a station that goes offline; a whole fleet may do so at once. */
export function createPauseStore(sql: Sql) {
  const suspendedAt = createGather<{ operatorId: OperatorId; stationId: StationId }, readonly string[]>({
    key: ({ stationId }) => stationId,
    async run(asks) {
      const rows = await sql.prepared<{ station_id: string; nos: string[] }>(
        'charging-suspended',
        `SELECT s.station_id, array_agg(s.no::text ORDER BY s.no) AS nos FROM unnest($1::text[], $2::text[]) u(operator_id, station_id)
           JOIN charging_session s ON s.operator_id = u.operator_id AND s.station_id = u.station_id
          WHERE s.phase = 'charging' AND s.state->>'activity' = 'suspended' GROUP BY s.station_id`,
        [asks.map(({ operatorId }) => operatorId), asks.map(({ stationId }) => stationId)],
      );
      const found = new Map(rows.map(({ station_id, nos }) => [station_id, nos]));
      return asks.map(({ stationId }) => found.get(stationId) ?? []);
    },
  });
  return {
    /** The numbers of a station's sessions that pause. */
    suspendedAt: (operatorId: OperatorId, stationId: StationId) => suspendedAt({ operatorId, stationId }),
  };
}

import type { Correlation, Correlations } from '@evroam/ocpi';
import type { Sql } from '../../edges/sql.js';

/** Where rewritten URLs lead, for every node of the hub. The taker of one that is used once is whoever deletes the row. */
export function correlations(sql: Sql): Correlations {
  return {
    async put({ id, kind, url, opener, target, once, expires, correlationId }) {
      await sql(
        undefined,
        `INSERT INTO roaming_correlation (id, kind, url, opener, target, once, expires_at, correlation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, kind, url, opener, target, once, expires, correlationId],
      );
    },
    async take(id, opener, now) {
      const columns = 'id, kind, url, opener, target, once, expires_at AS expires, correlation_id AS "correlationId"';
      const rows = await sql<Correlation>(
        undefined,
        `WITH used AS (DELETE FROM roaming_correlation WHERE id = $1 AND opener = $2 AND once RETURNING *)
         SELECT ${columns} FROM used UNION ALL SELECT ${columns} FROM roaming_correlation WHERE id = $1 AND opener = $2 AND NOT once`,
        [id, opener],
      );
      return rows[0] && rows[0].expires > now ? rows[0] : undefined;
    },
  };
}

import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';

/** So long (wall time) nothing is asked about a partner that was heard here: another node may have lost it since. */
const HEARD_MS = 1000;

export function reach(sql: Sql) {
  const heardAt = new Map<string, number>();
  const name = (operatorId: OperatorId, id: PartnerId) => `${operatorId} ${id}`;

  return {
    /** Marks a partner as heard; true if it had been offline. At most one write in half a minute. */
    async heardPartner(operatorId: OperatorId, id: PartnerId, now: Date): Promise<boolean> {
      const at = performance.now();
      if (at < (heardAt.get(name(operatorId, id)) ?? Number.NEGATIVE_INFINITY) + HEARD_MS) return false;
      const rows = await sql<{ was: Date | null }>(
        undefined,
        `WITH before AS (SELECT offline_since FROM roaming_partner WHERE operator_id = $1 AND id = $2
                            AND (offline_since IS NOT NULL OR heard_at IS NULL OR heard_at < $3::timestamptz - interval '30 seconds') FOR UPDATE)
         UPDATE roaming_partner p SET heard_at = $3, offline_since = NULL FROM before
          WHERE operator_id = $1 AND id = $2 RETURNING before.offline_since AS was`,
        [operatorId, id, now],
      );
      heardAt.set(name(operatorId, id), at);
      return rows[0] !== undefined && rows[0].was !== null;
    },

    /** True if it was thought to be there until now. */
    async lostPartner(operatorId: OperatorId, id: PartnerId, now: Date): Promise<boolean> {
      heardAt.delete(name(operatorId, id));
      const rows = await sql(
        undefined,
        'UPDATE roaming_partner SET offline_since = $3 WHERE operator_id = $1 AND id = $2 AND offline_since IS NULL RETURNING id',
        [operatorId, id, now],
      );
      return rows.length === 1;
    },

    /** What a partner has missed from some moment on; an earlier mark stays. */
    async markMissed(operatorId: OperatorId, id: PartnerId, module: string, since: Date): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_missed (operator_id, partner_id, module, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (operator_id, partner_id, module) DO UPDATE SET since = least(roaming_missed.since, EXCLUDED.since)`,
        [operatorId, id, module, since],
      );
    },

    async missed(operatorId: OperatorId, id: PartnerId): Promise<{ module: string; since: Date }[]> {
      return sql(undefined, 'SELECT module, since FROM roaming_missed WHERE operator_id = $1 AND partner_id = $2', [operatorId, id]);
    },

    /** Partners that are there, though they have missed something. */
    async presentThatMissed(): Promise<{ operatorId: OperatorId; id: PartnerId }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id FROM roaming_partner p
          WHERE status = 'registered' AND offline_since IS NULL
            AND EXISTS (SELECT FROM roaming_missed m WHERE m.operator_id = p.operator_id AND m.partner_id = p.id) LIMIT 100`,
      );
    },

    /** Unless something earlier was missed meanwhile. */
    async clearMissed(operatorId: OperatorId, id: PartnerId, module: string, since: Date): Promise<void> {
      await sql(undefined, 'DELETE FROM roaming_missed WHERE operator_id = $1 AND partner_id = $2 AND module = $3 AND since >= $4', [
        operatorId,
        id,
        module,
        since,
      ]);
    },

    /** Registered partners from which nothing was heard since a moment. */
    async silentPartners(since: Date): Promise<{ operatorId: OperatorId; id: PartnerId }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id FROM roaming_partner
          WHERE status = 'registered' AND (heard_at IS NULL OR heard_at < $1) ORDER BY heard_at NULLS FIRST LIMIT 100`,
        [since],
      );
    },
  };
}

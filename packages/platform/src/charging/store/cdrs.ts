import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transact.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';

export function createCdrStore(sql: Sql) {
  return {
    /** False if the session has its CDR already; a reservation that nobody used has none. */
    async insertCdr(tx: Tx, operatorId: OperatorId, cdr: Cdr): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO charging_cdr (operator_id, owner, id, session_id, updated_at, body)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
        [operatorId, cdr.owner, cdr.id, cdr.sessionId ?? null, cdr.updatedAt, toJson(cdr)],
      );
      return rows.length === 1;
    },

    async cdr(operatorId: OperatorId, owner: PartyId, id: string): Promise<Cdr | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM charging_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3',
        [operatorId, owner, id],
      );
      return rows[0] && fromJson<Cdr>(rows[0].body);
    },

    /** Of these ids, those that are there; in no order. */
    async cdrsOf(operatorId: OperatorId, which: readonly { owner: PartyId; id: string }[]): Promise<Cdr[]> {
      if (which.length === 0) return [];
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM charging_cdr WHERE operator_id = $1 AND (owner, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))',
        [operatorId, which.map(({ owner }) => owner), which.map(({ id }) => id)],
      );
      return rows.map(({ body }) => fromJson<Cdr>(body));
    },

    async cdrs(operatorId: OperatorId, query: PageRequest): Promise<Page<Cdr>> {
      const rows = await sql<{ id: string; body: unknown }>(
        undefined,
        'SELECT id, body FROM charging_cdr WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Cdr>(body),
        ({ id }) => id,
      );
    },
  };
}

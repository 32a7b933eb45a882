import type { Sql } from '../edges/sql.js';
import type { OperatorId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import { changeCursor, type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { PartyId } from '../model/party.js';
import type { Token } from '../model/token.js';

export interface TokenQuery extends PageRequest {
  issuer?: PartyId;
  updatedFrom?: Date;
  updatedUntil?: Date;
}

export type UsersStore = ReturnType<typeof createStore>;

/** Uids are kept upper case: OCPI and OCPP compare them case-blind. The spelling that was given stays in the body. */
export function createStore(sql: Sql) {
  return {
    /** Older news than we have is passed over; a token never changes from own to partner's. */
    async saveToken(operatorId: OperatorId, token: Token, isOwn: boolean): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO users_token (operator_id, issuer, uid, is_own, updated_at, body) VALUES ($1, $2, upper($3), $4, $5, $6::jsonb)
         ON CONFLICT (operator_id, issuer, uid) DO UPDATE SET updated_at = EXCLUDED.updated_at, body = EXCLUDED.body
           WHERE users_token.is_own = EXCLUDED.is_own AND users_token.updated_at <= EXCLUDED.updated_at
         RETURNING uid`,
        [operatorId, token.issuer, token.uid, isOwn, token.updatedAt, toJson(token)],
      );
      return rows.length === 1;
    },

    async tokensByUid(operatorId: OperatorId, uid: string): Promise<Token[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM users_token WHERE operator_id = $1 AND uid = upper($2) ORDER BY issuer',
        [operatorId, uid],
      );
      return rows.map(({ body }) => fromJson<Token>(body));
    },

    async token(operatorId: OperatorId, issuer: PartyId, uid: string): Promise<Token | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM users_token WHERE operator_id = $1 AND issuer = $2 AND uid = upper($3)',
        [operatorId, issuer, uid],
      );
      return rows[0] && fromJson<Token>(rows[0].body);
    },

    async tokens(operatorId: OperatorId, query: TokenQuery): Promise<Page<Token>> {
      const cursor = changeCursor(query.after);
      const rows = await sql<{ body: unknown; uid: string; changed: string }>(
        undefined,
        `SELECT body, uid, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS changed FROM users_token
          WHERE operator_id = $1 AND ($2::text IS NULL OR issuer = $2)
            AND ($3::timestamptz IS NULL OR updated_at >= $3) AND ($4::timestamptz IS NULL OR updated_at < $4)
            AND ($5::timestamptz IS NULL OR (updated_at, uid) > ($5, $6::text))
          ORDER BY updated_at, uid LIMIT $7`,
        [operatorId, query.issuer ?? null, query.updatedFrom ?? null, query.updatedUntil ?? null, cursor.time, cursor.id, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Token>(body),
        (row) => `${row.changed}~${row.uid}`,
      );
    },
  };
}

import { type ChangedQuery, changedPage } from '../edges/changed-page.js';
import type { Sql } from '../edges/sql.js';
import type { OperatorId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import type { Page } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { PartyId } from '../model/party.js';
import type { Token } from '../model/token.js';
import { contractName } from './contract-id.js';

export interface TokenQuery extends ChangedQuery {
  issuer?: PartyId;
  issuers?: readonly PartyId[];
}

export type UsersStore = ReturnType<typeof createStore>;

/** Uids are kept upper case: OCPI and OCPP compare them case-blind. The spelling that was given stays in the body. */
export function createStore(sql: Sql) {
  return {
    /** Older news than we have is passed over; a token never changes from own to partner's. */
    async saveToken(tx: Tx | undefined, operatorId: OperatorId, token: Token, isOwn: boolean): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO users_token (operator_id, issuer, uid, is_own, updated_at, body, contract) VALUES ($1, $2, upper($3), $4, $5, $6::jsonb, $7)
         ON CONFLICT (operator_id, issuer, uid) DO UPDATE SET updated_at = EXCLUDED.updated_at, body = EXCLUDED.body, contract = EXCLUDED.contract
           WHERE users_token.is_own = EXCLUDED.is_own AND users_token.updated_at <= EXCLUDED.updated_at
         RETURNING uid`,
        [operatorId, token.issuer, token.uid, isOwn, token.updatedAt, toJson(token), contractName(token.contractId)],
      );
      return rows.length === 1;
    },

    /** The token as it is, and as nobody else changes it meanwhile. */
    async lockToken(tx: Tx, operatorId: OperatorId, { issuer, uid }: Token): Promise<Token | undefined> {
      const rows = await sql<{ body: unknown }>(
        tx,
        'SELECT body FROM users_token WHERE operator_id = $1 AND issuer = $2 AND uid = upper($3) FOR UPDATE',
        [operatorId, issuer, uid],
      );
      return rows[0] && fromJson<Token>(rows[0].body);
    },

    async tokensByUid(operatorId: OperatorId, uid: string): Promise<Token[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM users_token WHERE operator_id = $1 AND uid = upper($2) ORDER BY issuer',
        [operatorId, uid],
      );
      return rows.map(({ body }) => fromJson<Token>(body));
    },

    async tokenByContract(operatorId: OperatorId, contractId: string): Promise<Token | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM users_token WHERE operator_id = $1 AND upper(body->>'contractId') = upper($2) LIMIT 2`,
        [operatorId, contractId],
      );
      return rows.length === 1 && rows[0] ? fromJson<Token>(rows[0].body) : undefined;
    },

    async tokensByContract(operatorId: OperatorId, contract: string): Promise<Token[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM users_token WHERE operator_id = $1 AND contract = $2 ORDER BY issuer, uid',
        [operatorId, contract],
      );
      return rows.map(({ body }) => fromJson<Token>(body));
    },

    async tokensByVehicle(operatorId: OperatorId, name: string): Promise<Token[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT t.body FROM users_vehicle v JOIN users_token t ON t.operator_id = v.operator_id AND t.issuer = v.issuer AND t.uid = v.token_uid
          WHERE v.operator_id = $1 AND v.name = $2`,
        [operatorId, name],
      );
      return rows.map(({ body }) => fromJson<Token>(body));
    },

    /** False if there is no such token. */
    async saveVehicle(operatorId: OperatorId, name: string, issuer: PartyId, tokenUid: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO users_vehicle (operator_id, name, issuer, token_uid)
         SELECT $1, $2, issuer, uid FROM users_token WHERE operator_id = $1 AND issuer = $3 AND uid = upper($4)
         ON CONFLICT (operator_id, name) DO UPDATE SET issuer = EXCLUDED.issuer, token_uid = EXCLUDED.token_uid RETURNING name`,
        [operatorId, name, issuer, tokenUid],
      );
      return rows.length === 1;
    },

    async removeVehicle(operatorId: OperatorId, name: string): Promise<boolean> {
      const rows = await sql(undefined, 'DELETE FROM users_vehicle WHERE operator_id = $1 AND name = $2 RETURNING name', [
        operatorId,
        name,
      ]);
      return rows.length === 1;
    },

    async token(operatorId: OperatorId, issuer: PartyId, uid: string): Promise<Token | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM users_token WHERE operator_id = $1 AND issuer = $2 AND uid = upper($3)',
        [operatorId, issuer, uid],
      );
      return rows[0] && fromJson<Token>(rows[0].body);
    },

    tokens(operatorId: OperatorId, query: TokenQuery): Promise<Page<Token>> {
      return changedPage<{ body: unknown }, Token>(
        sql,
        {
          from: 'users_token',
          key: ['issuer', 'uid'],
          columns: 'body',
          where: 'operator_id = $1 AND ($2::text IS NULL OR issuer = $2) AND ($3::text[] IS NULL OR issuer = ANY($3))',
          values: [operatorId, query.issuer ?? null, query.issuers ?? null],
          item: ({ body }) => fromJson<Token>(body),
        },
        query,
      );
    },
  };
}

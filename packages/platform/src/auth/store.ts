import type { Sql } from '../edges/sql.js';
import type { OperatorId } from '../kernel/ids.js';
import type { Role } from './role.js';

export interface ApiKey {
  operatorId: OperatorId;
  id: string;
  name: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

export type AuthStore = ReturnType<typeof createStore>;

const columns =
  'operator_id AS "operatorId", id, name, role, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"';

export function createStore(sql: Sql) {
  return {
    async putOperator(operatorId: OperatorId, name: string): Promise<void> {
      await sql(undefined, 'INSERT INTO auth_operator (operator_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [operatorId, name]);
    },

    async operators(): Promise<{ operatorId: OperatorId; name: string }[]> {
      return sql(undefined, 'SELECT operator_id AS "operatorId", name FROM auth_operator ORDER BY operator_id');
    },

    /** False if the very same key exists, which only happens when it is put twice on purpose. */
    async insertKey(key: Omit<ApiKey, 'lastUsedAt'>, hash: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO auth_api_key (operator_id, id, name, role, key_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING RETURNING id`,
        [key.operatorId, key.id, key.name, key.role, hash, key.createdAt, key.expiresAt],
      );
      return rows.length === 1;
    },

    /** Finds by hash and marks it as used, at most once a minute. */
    async useKey(hash: string, now: Date): Promise<ApiKey | undefined> {
      const rows = await sql<ApiKey>(
        undefined,
        `WITH found AS (SELECT * FROM auth_api_key WHERE key_hash = $1),
              used AS (UPDATE auth_api_key k SET last_used_at = $2 FROM found f
                        WHERE k.operator_id = f.operator_id AND k.id = f.id AND (f.last_used_at IS NULL OR f.last_used_at < $2::timestamptz - interval '1 minute'))
         SELECT ${columns} FROM found`,
        [hash, now],
      );
      return rows[0];
    },

    /** Keeps the first key that is offered for a party, and gives the one that is kept. */
    async signingKey(operatorId: OperatorId, party: string, offered: string): Promise<string> {
      await sql(undefined, 'INSERT INTO auth_signing_key (operator_id, party, sealed_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        operatorId,
        party,
        offered,
      ]);
      const rows = await sql<{ sealed_key: string }>(
        undefined,
        'SELECT sealed_key FROM auth_signing_key WHERE operator_id = $1 AND party = $2',
        [operatorId, party],
      );
      return rows[0]!.sealed_key;
    },

    async keys(operatorId: OperatorId): Promise<ApiKey[]> {
      return sql(undefined, `SELECT ${columns} FROM auth_api_key WHERE operator_id = $1 ORDER BY id`, [operatorId]);
    },

    async removeKey(operatorId: OperatorId, id: string): Promise<boolean> {
      const rows = await sql(undefined, 'DELETE FROM auth_api_key WHERE operator_id = $1 AND id = $2 RETURNING id', [operatorId, id]);
      return rows.length === 1;
    },
  };
}

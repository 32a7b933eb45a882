import type { Sql } from '../edges/sql.js';
import type { OperatorId } from '../kernel/ids.js';
import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { Approval } from './approval.js';
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
  return { ...keys(sql), ...approvals(sql), ...trail(sql) };
}

function keys(sql: Sql) {
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

interface ApprovalRow {
  id: string;
  subject: string;
  action: string;
  digest: string;
  asked_by: string;
  asked_at: Date;
  reason: string;
  state: Approval['state'];
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
}

function approvals(sql: Sql) {
  return {
    /** Keeps a question, or gives the open one that asks the same. */
    async insertApproval(tx: Tx, operatorId: OperatorId, approval: Approval): Promise<{ approval: Approval; isNew: boolean }> {
      const { id, subject, action, digest, askedBy, askedAt, reason, state } = approval;
      const added = await sql(
        tx,
        `INSERT INTO auth_approval (operator_id, id, subject, action, digest, asked_by, asked_at, reason, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id`,
        [operatorId, id, subject, action, digest, askedBy, askedAt, reason, state],
      );
      if (added.length === 1) return { approval, isNew: true };
      const [known] = await sql<ApprovalRow>(
        tx,
        `SELECT * FROM auth_approval WHERE operator_id = $1 AND subject = $2 AND action = $3 AND digest = $4 AND state = 'open'`,
        [operatorId, subject, action, digest],
      );
      if (!known) throw new Error(`the approval of ${action} for ${subject} was decided just now: ask again`);
      return { approval: toApproval(known), isNew: false };
    },

    async lockApproval(tx: Tx, operatorId: OperatorId, id: string): Promise<Approval | undefined> {
      const [row] = await sql<ApprovalRow>(tx, 'SELECT * FROM auth_approval WHERE operator_id = $1 AND id = $2 FOR UPDATE', [
        operatorId,
        id,
      ]);
      return row && toApproval(row);
    },

    async saveApproval(tx: Tx, operatorId: OperatorId, { id, state, decidedBy, decidedAt, decisionReason }: Approval): Promise<void> {
      await sql(
        tx,
        `UPDATE auth_approval SET state = $3, decided_by = $4, decided_at = $5, decision_reason = $6
          WHERE operator_id = $1 AND id = $2 AND state = 'open'`,
        [operatorId, id, state, decidedBy ?? null, decidedAt ?? null, decisionReason ?? null],
      );
    },

    async approval(operatorId: OperatorId, id: string): Promise<Approval | undefined> {
      const [row] = await sql<ApprovalRow>(undefined, 'SELECT * FROM auth_approval WHERE operator_id = $1 AND id = $2', [operatorId, id]);
      return row && toApproval(row);
    },

    async approvals(operatorId: OperatorId, query: PageRequest & { state?: string }): Promise<Page<Approval>> {
      const rows = await sql<ApprovalRow>(
        undefined,
        `SELECT * FROM auth_approval WHERE operator_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR id > $3)
          ORDER BY id LIMIT $4`,
        [operatorId, query.state ?? null, query.after ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, toApproval, ({ id }) => id);
    },
  };
}

/** A line of the audit trail: who did what to what, and why. */
export interface AuditLine {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  reason: string;
}

function trail(sql: Sql) {
  return {
    async insertAudit(tx: Tx, operatorId: OperatorId, { id, at, actor, action, subject, reason }: AuditLine): Promise<void> {
      await sql(tx, 'INSERT INTO auth_audit (operator_id, id, at, actor, action, subject, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
        operatorId,
        id,
        at,
        actor,
        action,
        subject,
        reason,
      ]);
    },

    async audit(operatorId: OperatorId, query: PageRequest & { subject?: string }): Promise<Page<AuditLine>> {
      const rows = await sql<AuditLine>(
        undefined,
        `SELECT id, at, actor, action, subject, reason FROM auth_audit
          WHERE operator_id = $1 AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4`,
        [operatorId, query.subject ?? null, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        (line) => line,
        ({ id }) => id,
      );
    },
  };
}

function toApproval(row: ApprovalRow): Approval {
  const { id, subject, action, digest, asked_by, asked_at, reason, state, decided_by, decided_at, decision_reason } = row;
  return {
    ...{ id, subject, action, digest, askedBy: asked_by, askedAt: asked_at, reason, state },
    ...(decided_by === null ? {} : { decidedBy: decided_by }),
    ...(decided_at === null ? {} : { decidedAt: decided_at }),
    ...(decision_reason === null ? {} : { decisionReason: decision_reason }),
  };
}

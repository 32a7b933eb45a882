import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';

/** What a person (or a job) did, and why. */
export interface Action {
  subject: string;
  action: string;
  actor: string;
  reason: string;
  at: Date;
  /** The caller's own key, with the digest of what it asked and the answer that it got. */
  request?: { key: string; digest: string; answer: unknown };
}

export function actionStore(sql: Sql) {
  return {
    async act(tx: Tx, operatorId: OperatorId, { subject, action, actor, reason, at, request }: Action): Promise<void> {
      await sql(
        tx,
        `INSERT INTO settlement_action (operator_id, subject, action, actor, reason, at, request, request_digest, answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)`,
        [
          operatorId,
          subject,
          action,
          actor,
          reason,
          at,
          request?.key ?? null,
          request?.digest ?? null,
          request ? toJson(request.answer) : null,
        ],
      );
    },

    /** What was answered to a request before. */
    async answered(tx: Tx, operatorId: OperatorId, key: string): Promise<{ digest: string; answer: unknown } | undefined> {
      const [row] = await sql<{ digest: string; answer: unknown }>(
        tx,
        'SELECT request_digest AS digest, answer FROM settlement_action WHERE operator_id = $1 AND request = $2',
        [operatorId, key],
      );
      return row && { digest: row.digest, answer: fromJson(row.answer) };
    },

    /** Everyone who did this to that subject. */
    async actorsOf(tx: Tx, operatorId: OperatorId, subject: string, action: string): Promise<string[]> {
      const rows = await sql<{ actor: string }>(
        tx,
        'SELECT DISTINCT actor FROM settlement_action WHERE operator_id = $1 AND subject = $2 AND action = $3 ORDER BY actor',
        [operatorId, subject, action],
      );
      return rows.map(({ actor }) => actor);
    },

    async actions(operatorId: OperatorId, subject: string): Promise<Action[]> {
      return sql<Action>(
        undefined,
        'SELECT subject, action, actor, reason, at FROM settlement_action WHERE operator_id = $1 AND subject = $2 ORDER BY id LIMIT 500',
        [operatorId, subject],
      );
    },
  };
}

import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PeriodName } from '../period.js';
import type { CdrRecord } from '../record.js';
import { CDR_COLUMNS, type CdrRow, readCdr } from './cdrs.js';
import { textArray } from './ledger.js';

/** One accepted CDR as a settlement run will see it. */
export interface PricedRow {
  key: string;
  period: PeriodName;
  plan: number;
  sign: -1 | 0 | 1;
  net: string;
  gross: string;
  energy: string;
  /** Undefined for a session that does not pack: it is priced from its CDR. */
  session: Buffer | undefined;
}

export function normalisedStore(sql: Sql) {
  return {
    /** Accepted CDRs that a run could not read yet, locked until they are written. */
    async unpriced(tx: Tx, limit: number): Promise<{ operatorId: OperatorId; record: CdrRecord }[]> {
      const rows = await sql<CdrRow & { operator_id: OperatorId }>(
        tx,
        `SELECT operator_id, ${CDR_COLUMNS} FROM settlement_cdr WHERE (operator_id, key) IN
           (SELECT operator_id, key FROM settlement_unpriced ORDER BY operator_id, key LIMIT $1 FOR UPDATE SKIP LOCKED)`,
        [limit],
      );
      return rows.map((row) => ({ operatorId: row.operator_id, record: readCdr(row) }));
    },

    /** The number under which tariffs and terms are kept once. */
    async planId(tx: Tx, operatorId: OperatorId, digest: string, body: string): Promise<number> {
      await sql(tx, 'INSERT INTO settlement_plan (operator_id, digest, body) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING', [
        operatorId,
        digest,
        body,
      ]);
      const [row] = await sql<{ id: number }>(tx, 'SELECT id FROM settlement_plan WHERE operator_id = $1 AND digest = $2', [
        operatorId,
        digest,
      ]);
      if (!row) throw new Error('a plan of a settlement run is not there');
      return row.id;
    },

    async plan(operatorId: OperatorId, id: number): Promise<unknown> {
      const [row] = await sql<{ body: unknown }>(undefined, 'SELECT body FROM settlement_plan WHERE operator_id = $1 AND id = $2', [
        operatorId,
        id,
      ]);
      return row?.body;
    },

    async savePriced(tx: Tx, operatorId: OperatorId, rows: readonly PricedRow[]): Promise<void> {
      const column = (value: (row: (typeof rows)[number]) => string) => textArray(rows.map(value));
      await sql(
        tx,
        `INSERT INTO settlement_priced (operator_id, period, key, plan, sign, net, gross, energy_milli_wh, session)
         SELECT $1, period, key, plan, sign, net, gross, energy, decode(nullif(session, ''), 'hex')
           FROM unnest($2::text[], $3::text[], $4::int[], $5::smallint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
             AS r(period, key, plan, sign, net, gross, energy, session)
         ON CONFLICT DO NOTHING`,
        [
          operatorId,
          column(({ period }) => period),
          column(({ key }) => key),
          column(({ plan }) => String(plan)),
          column(({ sign }) => String(sign)),
          column(({ net }) => net),
          column(({ gross }) => gross),
          column(({ energy }) => energy),
          column(({ session }) => session?.toString('hex') ?? ''),
        ],
      );
      await sql(tx, 'DELETE FROM settlement_unpriced WHERE operator_id = $1 AND key = ANY($2::text[])', [
        operatorId,
        column(({ key }) => key),
      ]);
    },

    async countPriced(operatorId: OperatorId, period: PeriodName): Promise<number> {
      const [row] = await sql<{ n: number }>(
        undefined,
        'SELECT count(*)::int AS n FROM settlement_priced WHERE operator_id = $1 AND period = $2',
        [operatorId, period],
      );
      return row?.n ?? 0;
    },

    /** The next CDRs of a period in the order of keys, to be read as a `PricedFrame`. */
    pricedIn(operatorId: OperatorId, period: PeriodName, after: string, limit: number): Promise<Buffer> {
      return sql.copyRows(
        `SELECT plan, sign, net, gross, energy_milli_wh, key, session FROM settlement_priced
          WHERE operator_id = $1 AND period = $2 AND key > $3 ORDER BY key LIMIT $4`,
        [operatorId, period, after, limit],
      );
    },
  };
}

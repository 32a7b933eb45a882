import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PeriodName } from '../period.js';
import type { CdrRecord } from '../record.js';
import type { Statement } from '../statement.js';
import { CDR_COLUMNS, type CdrRow, readCdr } from './cdrs.js';
import { textArray } from './ledger.js';

const COLUMNS = `id, period, version, issuer, counterparty, account, seller, buyer, agreement, currency, state, lines, energy_milli_wh::text AS energy,
  net::text AS net, tax::text AS tax, gross::text AS gross, due::text AS due, missing, digest, issued_at, accepted_at`;

type StatementRow = Omit<
  Statement,
  'energyMilliWh' | 'net' | 'tax' | 'gross' | 'due' | 'missing' | 'digest' | 'issuedAt' | 'acceptedAt'
> & {
  energy: string;
  net: string;
  tax: string;
  gross: string;
  due: string;
  missing: string[] | null;
  digest: string | null;
  issued_at: Date | null;
  accepted_at: Date | null;
};

export function statementStore(sql: Sql) {
  return {
    /** Accepted CDRs of a period, in the order of their keys; of one pair and currency if given. */
    async acceptedIn(
      operatorId: OperatorId,
      period: PeriodName,
      of: { owner: string; buyer: string; currency: string } | undefined,
      after: string | undefined,
      limit: number,
    ): Promise<CdrRecord[]> {
      const pair = of ? 'AND owner = $5 AND buyer = $6 AND currency = $7' : '';
      const rows = await sql<CdrRow>(
        undefined,
        `SELECT ${CDR_COLUMNS} FROM settlement_cdr
          WHERE operator_id = $1 AND period = $2 AND ($3::text IS NULL OR key > $3) ${pair} ORDER BY key LIMIT $4`,
        [operatorId, period, after ?? null, limit, ...(of ? [of.owner, of.buyer, of.currency] : [])],
      );
      return rows.map(readCdr);
    },

    /** False if it is there already. */
    async insertDraft(operatorId: OperatorId, statement: Statement): Promise<boolean> {
      const s = statement;
      const rows = await sql(
        undefined,
        `INSERT INTO settlement_statement (operator_id, id, period, version, issuer, counterparty, account, seller, buyer, agreement, currency, state,
                                           lines, energy_milli_wh, net, tax, gross, due)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'draft', $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING RETURNING id`,
        [
          operatorId,
          s.id,
          s.period,
          s.version,
          s.issuer,
          s.counterparty,
          s.account,
          s.seller,
          s.buyer,
          s.agreement,
          s.currency,
          s.lines,
          s.energyMilliWh,
          `${s.net}`,
          `${s.tax}`,
          `${s.gross}`,
          `${s.due}`,
        ],
      );
      return rows.length === 1;
    },

    async operatorsWithDrafts(): Promise<OperatorId[]> {
      const rows = await sql<{ id: OperatorId }>(
        undefined,
        `SELECT DISTINCT operator_id AS id FROM settlement_statement WHERE state = 'draft' LIMIT 1000`,
      );
      return rows.map(({ id }) => id);
    },

    async noteMissing(operatorId: OperatorId, id: string, missing: readonly string[]): Promise<void> {
      await sql(undefined, `UPDATE settlement_statement SET missing = $3::text[] WHERE operator_id = $1 AND id = $2 AND state = 'draft'`, [
        operatorId,
        id,
        textArray(missing),
      ]);
    },

    /** Draft to issued, with its CDRs; false if another was faster. */
    async saveIssued(
      tx: Tx,
      operatorId: OperatorId,
      id: string,
      issued: { bundle: string; digest: string; issuedAt: Date; cdrs: readonly string[] },
    ): Promise<boolean> {
      const rows = await sql(
        tx,
        `UPDATE settlement_statement SET state = 'issued', bundle = $3, digest = $4, issued_at = $5, missing = NULL
          WHERE operator_id = $1 AND id = $2 AND state = 'draft' RETURNING id`,
        [operatorId, id, issued.bundle, issued.digest, issued.issuedAt],
      );
      if (rows.length === 0) return false;
      await sql(
        tx,
        `UPDATE settlement_cdr SET billing = 'statemented', statement = $3 WHERE operator_id = $1 AND key = ANY($2::text[]) AND billing = 'open'`,
        [operatorId, textArray(issued.cdrs), id],
      );
      return true;
    },

    /** False unless it was issued. */
    async saveAccepted(tx: Tx, operatorId: OperatorId, id: string, acceptedAt: Date): Promise<boolean> {
      const rows = await sql(
        tx,
        `UPDATE settlement_statement SET state = 'accepted', accepted_at = $3 WHERE operator_id = $1 AND id = $2 AND state = 'issued' RETURNING id`,
        [operatorId, id, acceptedAt],
      );
      return rows.length === 1;
    },

    /** The CDRs of a period that is open again wait for their next statement. */
    async unstate(tx: Tx, operatorId: OperatorId, period: PeriodName): Promise<void> {
      await sql(
        tx,
        `UPDATE settlement_cdr SET billing = 'open', statement = NULL WHERE operator_id = $1 AND period = $2 AND billing = 'statemented'`,
        [operatorId, period],
      );
    },

    async statement(operatorId: OperatorId, id: string): Promise<Statement | undefined> {
      const rows = await sql<StatementRow>(undefined, `SELECT ${COLUMNS} FROM settlement_statement WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && read(rows[0]);
    },

    async bundle(operatorId: OperatorId, id: string): Promise<string | undefined> {
      const [row] = await sql<{ bundle: string | null }>(
        undefined,
        'SELECT bundle FROM settlement_statement WHERE operator_id = $1 AND id = $2',
        [operatorId, id],
      );
      return row?.bundle ?? undefined;
    },

    async statements(
      operatorId: OperatorId,
      query: { period?: PeriodName; state?: Statement['state']; after?: string; limit: number },
    ): Promise<Statement[]> {
      const rows = await sql<StatementRow>(
        undefined,
        `SELECT ${COLUMNS} FROM settlement_statement
          WHERE operator_id = $1 AND ($2::text IS NULL OR period = $2) AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR id > $4)
          ORDER BY id LIMIT $5`,
        [operatorId, query.period ?? null, query.state ?? null, query.after ?? null, query.limit],
      );
      return rows.map(read);
    },
  };
}

function read({ energy, net, tax, gross, due, missing, digest, issued_at, accepted_at, ...row }: StatementRow): Statement {
  return {
    ...row,
    energyMilliWh: Number(energy),
    net: BigInt(net),
    tax: BigInt(tax),
    gross: BigInt(gross),
    due: BigInt(due),
    ...(missing === null ? {} : { missing }),
    ...(digest === null ? {} : { digest }),
    ...(issued_at ? { issuedAt: issued_at } : {}),
    ...(accepted_at ? { acceptedAt: accepted_at } : {}),
  };
}

import type { Sql } from '../../edges/sql.js';
import { newId, type OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import { cdrKey } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import type { TokenRef } from '../../model/token.js';
import type { CdrLife } from '../cdr-clearing.js';
import type { CdrRecord } from '../record.js';
import { textArray } from './ledger.js';

export const CDR_COLUMNS = `key, source, digest, deliveries, body, clearing, dispute, credit, billing, received_at, decided_at, late_after, agreement, outcome, period`;

export interface CdrRow {
  key: string;
  source: 'own' | 'partner';
  digest: string;
  deliveries: number;
  body: unknown;
  clearing: unknown;
  dispute: CdrLife['dispute'];
  credit: CdrLife['credit'];
  billing: CdrLife['billing'];
  received_at: Date;
  decided_at: Date;
  late_after: Date | null;
  agreement: unknown;
  outcome: unknown;
  period: string | null;
}

export function cdrStore(sql: Sql) {
  return {
    /** CDRs of one session, and a credit with its original, are decided one after the other. Names are sorted, so nobody waits in a circle. */
    async lockNames(tx: Tx, operatorId: OperatorId, names: readonly string[]): Promise<void> {
      const sorted = [...new Set(names)].sort().map((name) => `${operatorId} ${name}`);
      await sql(tx, 'SELECT pg_advisory_xact_lock(hashtextextended(name, 7001)) FROM unnest($1::text[]) AS name', [textArray(sorted)]);
    },

    /** False if the key is there already. */
    async insertCdr(tx: Tx, operatorId: OperatorId, record: CdrRecord): Promise<boolean> {
      const { cdr, life } = record;
      const rows = await sql(
        tx,
        `INSERT INTO settlement_cdr (operator_id, key, owner, buyer, source, digest, body, state, clearing, session_ref, credit_of,
                                     currency, energy_milli_wh, event_at, received_at, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9::jsonb, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT DO NOTHING RETURNING key`,
        [
          operatorId,
          record.key,
          cdr.owner,
          cdr.token.issuer,
          record.source,
          record.digest,
          toJson(cdr),
          life.clearing.state,
          toJson(life.clearing),
          cdr.sessionId?.toUpperCase() ?? null,
          cdr.credit ? cdrKey(cdr.owner, cdr.credit.of) : null,
          cdr.currency,
          cdr.energyMilliWh,
          cdr.endedAt,
          record.receivedAt,
          record.decidedAt,
        ],
      );
      return rows.length === 1;
    },

    async countRepeat(tx: Tx, operatorId: OperatorId, key: string): Promise<void> {
      await sql(tx, 'UPDATE settlement_cdr SET deliveries = deliveries + 1 WHERE operator_id = $1 AND key = $2', [operatorId, key]);
    },

    /** Other content under a known key is kept and shown, and changes nothing. */
    async insertConflict(tx: Tx, operatorId: OperatorId, { key, digest, cdr, receivedAt }: CdrRecord): Promise<void> {
      await sql(
        tx,
        `INSERT INTO settlement_conflict (operator_id, key, digest, body, received_at) VALUES ($1, $2, $3, $4::jsonb, $5)
         ON CONFLICT (operator_id, key, digest) DO UPDATE SET deliveries = settlement_conflict.deliveries + 1`,
        [operatorId, key, digest, toJson(cdr), receivedAt],
      );
    },

    async saveDecision(tx: Tx, operatorId: OperatorId, record: CdrRecord): Promise<void> {
      const { life, charge } = record;
      const { clearing } = life;
      await sql(
        tx,
        `UPDATE settlement_cdr SET state = $3, clearing = $4::jsonb, dispute = $5, credit = $6, billing = $7, session_id = $8, net = $9, tax = $10,
                gross = $11, agreement = $12::jsonb, outcome = $13::jsonb, decided_at = $14, late_after = $15, period = $16
          WHERE operator_id = $1 AND key = $2`,
        [
          operatorId,
          record.key,
          clearing.state,
          toJson(clearing),
          life.dispute,
          life.credit,
          life.billing,
          (clearing.state === 'accepted' ? clearing.sessionId : undefined) ?? null,
          charge?.net.toString() ?? null,
          charge?.tax.toString() ?? null,
          charge?.gross.toString() ?? null,
          record.agreement ? toJson(record.agreement) : null,
          charge ? toJson({ charge, sold: record.sold, tariffs: record.tariffs }) : null,
          record.decidedAt,
          record.lateAfter ?? null,
          record.period ?? null,
        ],
      );
    },

    async cdr(tx: Tx | undefined, operatorId: OperatorId, key: string): Promise<CdrRecord | undefined> {
      const lock = tx ? ' FOR UPDATE' : '';
      const rows = await sql<CdrRow>(tx, `SELECT ${CDR_COLUMNS} FROM settlement_cdr WHERE operator_id = $1 AND key = $2${lock}`, [
        operatorId,
        key,
      ]);
      return rows[0] && readCdr(rows[0]);
    },

    /** All CDRs in the order of their keys, whatever became of them. */
    async everyCdr(operatorId: OperatorId, after: string | undefined, limit: number): Promise<CdrRecord[]> {
      const rows = await sql<CdrRow>(
        undefined,
        `SELECT ${CDR_COLUMNS} FROM settlement_cdr WHERE operator_id = $1 AND ($2::text IS NULL OR key COLLATE "C" > $2)
          ORDER BY key COLLATE "C" LIMIT $3`,
        [operatorId, after ?? null, limit],
      );
      return rows.map(readCdr);
    },

    /** Credits of a CDR, oldest first. */
    async creditsOf(tx: Tx, operatorId: OperatorId, key: string): Promise<CdrRecord[]> {
      const rows = await sql<CdrRow>(
        tx,
        `SELECT ${CDR_COLUMNS} FROM settlement_cdr WHERE operator_id = $1 AND credit_of = $2 ORDER BY key FOR UPDATE`,
        [operatorId, key],
      );
      return rows.map(readCdr);
    },

    /** A CDR with all that belongs to it, in the order in which they came: its original, their credits, and other CDRs of its session. */
    async family(operatorId: OperatorId, { key, cdr: { owner, credit, sessionId } }: CdrRecord): Promise<CdrRecord[]> {
      const rows = await sql<CdrRow>(
        undefined,
        `SELECT ${CDR_COLUMNS} FROM settlement_cdr
          WHERE operator_id = $1 AND (key IN ($2, $3) OR credit_of = $3 OR (owner = $4 AND session_ref = $5))
          ORDER BY received_at, key LIMIT 100`,
        [operatorId, key, credit ? cdrKey(owner, credit.of) : key, owner, sessionId?.toUpperCase() ?? null],
      );
      return rows.map(readCdr);
    },

    /** CDRs of one session of one party, by what they say or by what they were matched to. */
    async ofSession(tx: Tx, operatorId: OperatorId, owner: PartyId, sessionId: string): Promise<CdrRecord[]> {
      const rows = await sql<CdrRow>(
        tx,
        `SELECT ${CDR_COLUMNS} FROM settlement_cdr
          WHERE operator_id = $1 AND owner = $2 AND credit_of IS NULL AND (session_ref = $3 OR (state = 'accepted' AND session_id = $4))
          ORDER BY key FOR UPDATE`,
        [operatorId, owner, sessionId.toUpperCase(), sessionId],
      );
      return rows.map(readCdr);
    },

    /** The account name of a driver. The row that says who it is can be erased; the name stays. */
    async driverName(tx: Tx, operatorId: OperatorId, { issuer, uid }: TokenRef): Promise<string> {
      const values = [operatorId, issuer, uid.toUpperCase()];
      await sql(
        tx,
        'INSERT INTO settlement_driver (operator_id, issuer, uid, id) VALUES ($1, $2, $3, $4) ON CONFLICT (operator_id, issuer, uid) DO NOTHING',
        [...values, newId()],
      );
      const [row] = await sql<{ id: string }>(
        tx,
        'SELECT id FROM settlement_driver WHERE operator_id = $1 AND issuer = $2 AND uid = $3',
        values,
      );
      if (!row) throw new Error('a driver was erased while its CDR was being posted');
      return row.id;
    },
  };
}

export function readCdr(row: CdrRow): CdrRecord {
  const outcome = row.outcome === null ? undefined : fromJson<Pick<CdrRecord, 'charge' | 'sold' | 'tariffs'>>(row.outcome);
  return {
    key: row.key,
    cdr: fromJson(row.body),
    source: row.source,
    digest: row.digest,
    deliveries: row.deliveries,
    life: { clearing: fromJson(row.clearing), dispute: row.dispute, credit: row.credit, billing: row.billing },
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    ...(row.late_after ? { lateAfter: row.late_after } : {}),
    ...(row.agreement === null ? {} : { agreement: fromJson(row.agreement) }),
    ...outcome,
    ...(row.period === null ? {} : { period: row.period }),
  };
}

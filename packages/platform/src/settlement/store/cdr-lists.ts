import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson } from '../../kernel/json.js';
import { type Page, pageOf } from '../../kernel/page.js';
import type { Clearing, ClearingState } from '../cdr-clearing.js';
import type { CdrQuery, CdrSummary } from '../record.js';

interface SummaryRow {
  key: string;
  owner: string;
  buyer: string;
  source: 'own' | 'partner';
  state: ClearingState;
  clearing: unknown;
  dispute: CdrSummary['dispute'];
  credit: CdrSummary['credit'];
  billing: CdrSummary['billing'];
  credit_of: string | null;
  currency: string;
  energy: string;
  gross: string | null;
  event_at: Date;
  received_at: Date;
  period: string | null;
}

export function cdrListStore(sql: Sql) {
  return {
    async cdrs(operatorId: OperatorId, query: CdrQuery): Promise<Page<CdrSummary>> {
      const rows = await sql<SummaryRow>(
        undefined,
        `SELECT key, owner, buyer, source, state, clearing, dispute, credit, billing, credit_of, currency, energy_milli_wh::text AS energy,
                gross::text AS gross, event_at, received_at, period
           FROM settlement_cdr
          WHERE operator_id = $1 AND ($2::text IS NULL OR key > $2) AND ($3::text IS NULL OR state = ANY(string_to_array($3, ',')))
            AND ($4::text IS NULL OR clearing->'findings' @> jsonb_build_array(jsonb_build_object('code', $4::text)))
            AND ($5::text IS NULL OR owner = $5) AND ($6::text IS NULL OR buyer = $6) AND ($7::text IS NULL OR period = $7)
          ORDER BY key LIMIT $8`,
        [
          operatorId,
          query.after ?? null,
          query.states?.join(',') ?? null,
          query.code ?? null,
          query.owner ?? null,
          query.buyer ?? null,
          query.period ?? null,
          query.limit + 1,
        ],
      );
      return pageOf(rows, query.limit, summary, ({ key }) => key);
    },

    /** How many CDRs stand in each state, repeats and conflicts included: their sum is what was received. */
    async counts(operatorId: OperatorId): Promise<Partial<Record<ClearingState, number>>> {
      const rows = await sql<{ state: ClearingState; n: number }>(
        undefined,
        `SELECT state, count(*)::int AS n FROM settlement_cdr WHERE operator_id = $1 GROUP BY state
         UNION ALL SELECT 'duplicate', coalesce(sum(deliveries - 1), 0)::int FROM settlement_cdr WHERE operator_id = $1
         UNION ALL SELECT 'conflict', coalesce(sum(deliveries), 0)::int FROM settlement_conflict WHERE operator_id = $1`,
        [operatorId],
      );
      return Object.fromEntries(rows.filter(({ n }) => n > 0).map(({ state, n }) => [state, n]));
    },

    /**
     * CDRs that wait for something which time or another message may bring. Each look doubles the pause until the next one, so that
     * what nobody will ever bring costs little; without `due` all of them.
     */
    async waiting(codes: readonly string[], due: Date | undefined, limit: number): Promise<{ operatorId: OperatorId; key: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", key FROM settlement_cdr
          WHERE state IN ('received', 'quarantined', 'held') AND ($3::timestamptz IS NULL OR decided_at + (decided_at - received_at) <= $3)
            AND (state = 'received' OR EXISTS
              (SELECT FROM jsonb_array_elements(clearing->'findings') f WHERE f->>'code' = ANY(string_to_array($1, ','))))
          ORDER BY decided_at LIMIT $2`,
        [codes.join(','), limit, due ?? null],
      );
    },

    /** Held CDRs whose late window has passed. */
    async overdue(now: Date, limit: number): Promise<{ operatorId: OperatorId; key: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", key FROM settlement_cdr WHERE state = 'held' AND late_after < $1 ORDER BY late_after LIMIT $2`,
        [now, limit],
      );
    },
  };
}

function summary(row: SummaryRow): CdrSummary {
  const clearing = fromJson<Clearing>(row.clearing);
  const code = 'findings' in clearing ? clearing.findings[0]?.code : 'reason' in clearing ? clearing.reason : undefined;
  return {
    key: row.key,
    owner: row.owner,
    buyer: row.buyer,
    source: row.source,
    state: row.state,
    findings: 'findings' in clearing ? clearing.findings : [],
    ...(code === undefined ? {} : { code }),
    dispute: row.dispute,
    credit: row.credit,
    billing: row.billing,
    ...(row.credit_of === null ? {} : { creditOf: row.credit_of }),
    currency: row.currency,
    energyMilliWh: Number(row.energy),
    ...(row.gross === null ? {} : { gross: BigInt(row.gross) }),
    eventAt: row.event_at,
    receivedAt: row.received_at,
    ...(row.period === null ? {} : { period: row.period }),
  };
}

import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { Period, PeriodName } from '../period.js';

const COLUMNS = 'name, state, version, cut_off_at';

interface PeriodRow {
  name: PeriodName;
  state: Period['state'];
  version: number;
  cut_off_at: Date | null;
}

export function periodStore(sql: Sql) {
  /** A period is open from the first time that somebody asks for it. */
  async function ensurePeriod(tx: Tx, operatorId: OperatorId, name: PeriodName): Promise<void> {
    await sql(tx, 'INSERT INTO settlement_period (operator_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [operatorId, name]);
  }

  return {
    ensurePeriod,

    /** Holds a period open until this transaction ends; who closes it waits. */
    async holdPeriod(tx: Tx, operatorId: OperatorId, name: PeriodName): Promise<Period> {
      await ensurePeriod(tx, operatorId, name);
      const [row] = await sql<PeriodRow>(tx, `SELECT ${COLUMNS} FROM settlement_period WHERE operator_id = $1 AND name = $2 FOR SHARE`, [
        operatorId,
        name,
      ]);
      if (!row) throw new Error(`period ${name} is not there`);
      return read(row);
    },

    async period(operatorId: OperatorId, name: PeriodName): Promise<Period | undefined> {
      const [row] = await sql<PeriodRow>(undefined, `SELECT ${COLUMNS} FROM settlement_period WHERE operator_id = $1 AND name = $2`, [
        operatorId,
        name,
      ]);
      return row && read(row);
    },

    /** Waits for everyone who posts into it. */
    async lockPeriod(tx: Tx, operatorId: OperatorId, name: PeriodName): Promise<Period | undefined> {
      const [row] = await sql<PeriodRow>(tx, `SELECT ${COLUMNS} FROM settlement_period WHERE operator_id = $1 AND name = $2 FOR UPDATE`, [
        operatorId,
        name,
      ]);
      return row && read(row);
    },

    async savePeriod(tx: Tx, operatorId: OperatorId, { name, state, version, cutOffAt }: Period, at: Date): Promise<void> {
      await sql(
        tx,
        `UPDATE settlement_period SET state = $3, version = $4, cut_off_at = $6, closed_at = CASE WHEN $3 = 'closed' THEN $5::timestamptz END
          WHERE operator_id = $1 AND name = $2`,
        [operatorId, name, state, version, at, cutOffAt ?? null],
      );
    },

    async periods(operatorId: OperatorId): Promise<(Period & { closedAt: Date | null; entries: number })[]> {
      return sql(
        undefined,
        `SELECT p.name, p.state, p.version, p.closed_at AS "closedAt",
                (SELECT count(*)::int FROM settlement_entry e WHERE e.operator_id = p.operator_id AND e.period = p.name) AS entries
           FROM settlement_period p WHERE p.operator_id = $1 ORDER BY p.name DESC LIMIT 500`,
        [operatorId],
      );
    },
  };
}

function read({ name, state, version, cut_off_at }: PeriodRow): Period {
  return { name, state, version, ...(cut_off_at ? { cutOffAt: cut_off_at } : {}) };
}

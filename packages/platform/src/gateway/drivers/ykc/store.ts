import type { Sql } from '../../../edges/sql.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import { fromJson, toJson } from '../../../kernel/json.js';
import type { BillingModel, NumberedModel } from '../../../model/billing-model.js';
import type { TokenKind } from '../../../model/heard.js';
import type { TariffVersion } from '../../../model/tariff.js';
import type { Bill, Checked } from './bill.js';

/** How a pile is known, since it shows no credential. */
export interface Pile {
  operatorId: OperatorId;
  stationId: StationId;
  pileCode: string;
  /** Pinned at the first login with one. */
  iccid?: string;
  networks: readonly string[];
}

export interface KeptModel extends NumberedModel {
  tariffs: readonly TariffVersion[];
}

/** What is known of a session before the pile says the first word of it. */
export interface Trade {
  tradeNo: string;
  stationId: StationId;
  modelNumber?: string;
  token?: { uid: string; kind: TokenKind };
  remoteStartId?: number;
}

export interface KeptBill {
  tradeNo: string;
  digest: string;
  stationId: StationId;
  heardAt: Date;
  bill: Bill;
  checked: Checked;
  sessionId?: string;
  isDone: boolean;
}

interface PileRow {
  operator_id: OperatorId;
  station_id: StationId;
  pile_code: string;
  iccid: string | null;
  networks: string[];
}
interface ModelRow {
  number: string;
  model: BillingModel;
  tariffs: unknown;
}
interface BillRow {
  trade_no: string;
  digest: string;
  station_id: StationId;
  heard_at: Date;
  body: Bill;
  checked: Checked;
  session_id: string | null;
  is_done: boolean;
}

const PILE = 'operator_id, station_id, pile_code, iccid, networks';
const BILL = 'trade_no, digest, station_id, heard_at, body, checked, session_id, is_done';

export type YkcStore = ReturnType<typeof createYkcStore>;

export function createYkcStore(sql: Sql) {
  return {
    /** False if another station has that code. */
    async putPile({ operatorId, stationId, pileCode, iccid, networks }: Pile): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO gateway_ykc_pile (operator_id, station_id, pile_code, iccid, networks)
         SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS
           (SELECT FROM gateway_ykc_pile WHERE pile_code = $3 AND (operator_id, station_id) <> ($1::text, $2::text))
         ON CONFLICT (operator_id, station_id) DO UPDATE SET pile_code = EXCLUDED.pile_code, iccid = EXCLUDED.iccid, networks = EXCLUDED.networks
         RETURNING pile_code`,
        [operatorId, stationId, pileCode, iccid ?? null, [...networks]],
      );
      return rows.length === 1;
    },

    async pile(operatorId: OperatorId, stationId: StationId): Promise<Pile | undefined> {
      const rows = await sql<PileRow>(undefined, `SELECT ${PILE} FROM gateway_ykc_pile WHERE operator_id = $1 AND station_id = $2`, [
        operatorId,
        stationId,
      ]);
      return rows[0] && toPile(rows[0]);
    },

    async pileByCode(pileCode: string): Promise<Pile | undefined> {
      const rows = await sql<PileRow>(undefined, `SELECT ${PILE} FROM gateway_ykc_pile WHERE pile_code = $1`, [pileCode]);
      return rows[0] && toPile(rows[0]);
    },

    /** The SIM card of the first login is the pile's from then on; false if it has another one. */
    async pin({ operatorId, stationId }: Pile, iccid: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        `UPDATE gateway_ykc_pile SET iccid = $3 WHERE operator_id = $1 AND station_id = $2 AND (iccid IS NULL OR iccid = $3) RETURNING 1`,
        [operatorId, stationId, iccid],
      );
      return rows.length === 1;
    },

    /** The model that was made last, and by number any that was ever made. */
    async model(operatorId: OperatorId, stationId: StationId, number?: string): Promise<KeptModel | undefined> {
      const rows = await sql<ModelRow>(
        undefined,
        `SELECT number, model, tariffs FROM gateway_ykc_model
          WHERE operator_id = $1 AND station_id = $2 AND ($3::text IS NULL OR number = $3) ORDER BY number DESC LIMIT 1`,
        [operatorId, stationId, number ?? null],
      );
      return rows[0] && { number: rows[0].number, model: rows[0].model, tariffs: fromJson(rows[0].tariffs) };
    },

    /** False if that number was given meanwhile. */
    async addModel(operatorId: OperatorId, stationId: StationId, { number, model, tariffs }: KeptModel, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO gateway_ykc_model (operator_id, station_id, number, model, tariffs, created_at)
         VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6) ON CONFLICT DO NOTHING RETURNING number`,
        [operatorId, stationId, number, JSON.stringify(model), toJson(tariffs), now],
      );
      return rows.length === 1;
    },

    /** False if that trade number is taken. */
    async addTrade(operatorId: OperatorId, { tradeNo, stationId, modelNumber, token, remoteStartId }: Trade, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO gateway_ykc_trade (operator_id, trade_no, station_id, model_number, token, remote_start_id, begun_at)
         VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7) ON CONFLICT DO NOTHING RETURNING trade_no`,
        [operatorId, tradeNo, stationId, modelNumber ?? null, token ? JSON.stringify(token) : null, remoteStartId ?? null, now],
      );
      return rows.length === 1;
    },

    async trade(operatorId: OperatorId, stationId: StationId, tradeNo: string): Promise<Trade | undefined> {
      const rows = await sql<{ model_number: string | null; token: Trade['token'] | null; remote_start_id: number | null }>(
        undefined,
        'SELECT model_number, token, remote_start_id FROM gateway_ykc_trade WHERE operator_id = $1 AND station_id = $2 AND trade_no = $3',
        [operatorId, stationId, tradeNo],
      );
      const row = rows[0];
      return (
        row && {
          ...{ tradeNo, stationId },
          ...(row.model_number === null ? {} : { modelNumber: row.model_number }),
          ...(row.token ? { token: row.token } : {}),
          ...(row.remote_start_id === null ? {} : { remoteStartId: row.remote_start_id }),
        }
      );
    },

    /** Keeps the first content of a trade number, and gives what is kept. */
    async keepBill(operatorId: OperatorId, { tradeNo, digest, stationId, heardAt, bill, checked }: KeptBill): Promise<KeptBill> {
      const rows = await sql<BillRow>(
        undefined,
        `INSERT INTO gateway_ykc_bill (operator_id, trade_no, digest, station_id, heard_at, body, checked)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
         ON CONFLICT (operator_id, trade_no) DO UPDATE SET trade_no = EXCLUDED.trade_no RETURNING ${BILL}`,
        [operatorId, tradeNo, digest, stationId, heardAt, JSON.stringify(bill), JSON.stringify(checked)],
      );
      return toBill(rows[0]!);
    },

    async keepConflict(operatorId: OperatorId, { tradeNo, digest, heardAt, bill }: KeptBill): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_ykc_bill_conflict (operator_id, trade_no, digest, heard_at, body) VALUES ($1, $2, $3, $4, $5::jsonb)
         ON CONFLICT DO NOTHING`,
        [operatorId, tradeNo, digest, heardAt, JSON.stringify(bill)],
      );
    },

    async billDone(operatorId: OperatorId, tradeNo: string, sessionId: string | undefined): Promise<void> {
      await sql(undefined, 'UPDATE gateway_ykc_bill SET is_done = true, session_id = $3 WHERE operator_id = $1 AND trade_no = $2', [
        operatorId,
        tradeNo,
        sessionId ?? null,
      ]);
    },

    async bills(operatorId: OperatorId, stationId: StationId, limit: number): Promise<(KeptBill & { conflicts: number })[]> {
      const rows = await sql<BillRow & { conflicts: number }>(
        undefined,
        `SELECT ${BILL}, (SELECT count(*)::integer FROM gateway_ykc_bill_conflict c
                           WHERE c.operator_id = b.operator_id AND c.trade_no = b.trade_no) AS conflicts
           FROM gateway_ykc_bill b WHERE operator_id = $1 AND station_id = $2 ORDER BY heard_at DESC, trade_no DESC LIMIT $3`,
        [operatorId, stationId, limit],
      );
      return rows.map((row) => ({ ...toBill(row), conflicts: row.conflicts }));
    },
  };
}

const toPile = ({ operator_id, station_id, pile_code, iccid, networks }: PileRow): Pile => ({
  operatorId: operator_id,
  stationId: station_id,
  pileCode: pile_code,
  ...(iccid === null ? {} : { iccid }),
  networks,
});

const toBill = ({ trade_no, digest, station_id, heard_at, body, checked, session_id, is_done }: BillRow): KeptBill => ({
  tradeNo: trade_no,
  digest,
  stationId: station_id,
  heardAt: heard_at,
  bill: body,
  checked,
  ...(session_id === null ? {} : { sessionId: session_id }),
  isDone: is_done,
});

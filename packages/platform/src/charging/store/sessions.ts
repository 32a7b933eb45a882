import { randomInt } from 'node:crypto';
import { type ChangedQuery, changedPage } from '../../edges/changed-page.js';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Page } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transact.js';
import type { CdrPlace } from '../../model/cdr.js';
import type { EvseRef } from '../../model/location.js';
import type { PartyId } from '../../model/party.js';
import { writeProgress } from '../progress.js';
import { unpack } from '../samples.js';
import { type ChargingState, isHeld, type SessionFacts } from '../session.js';

export interface StoredSession {
  no: string;
  state: ChargingState;
  place: EvseRef & CdrPlace;
  /** What the station calls its transaction: our own number in OCPP 1.6. */
  transactionKey: string;
  connectorNumber: number;
  updatedAt: Date;
}

export interface NewSession {
  state: ChargingState;
  place: EvseRef & CdrPlace;
  connectorNumber: number;
  /** The station's own name for the transaction; absent where we give it a number. */
  transactionKey?: string;
  /** What makes two starts the same start. */
  startKey: string;
  updatedAt: Date;
}

interface SessionRow {
  no: string;
  state: unknown;
  facts: unknown;
  place: unknown;
  transaction_key: string;
  connector_number: number;
  updated_at: Date;
}

export interface SessionQuery extends ChangedQuery {
  issuer?: PartyId;
  phase?: ChargingState['phase'];
  held?: boolean;
  stationId?: string;
  tokenUid?: string;
}

/** Ids that a station cannot guess, within what every OCPP 1.6 station reads as a positive number. */
const MAX_TRANSACTION_NUMBER = 2 ** 31 - 1;
const COLUMNS = 'no::text AS no, state, facts, place, transaction_key, connector_number, updated_at';

export function createSessionStore(sql: Sql) {
  const one = (rows: SessionRow[]): StoredSession | undefined => rows[0] && read(rows[0]);

  return {
    /** Undefined if this very start is known. */
    async insertSession(tx: Tx, operatorId: OperatorId, session: NewSession): Promise<{ no: string; transactionKey: string } | undefined> {
      const { state, place, connectorNumber, startKey, updatedAt } = session;
      const { facts } = state;
      for (;;) {
        const number = session.transactionKey === undefined ? randomInt(1, MAX_TRANSACTION_NUMBER) : null;
        const rows = await sql<{ no: string; transaction_key: string }>(
          tx,
          `INSERT INTO charging_session (operator_id, id, station_id, connector_number, transaction_number, transaction_key, start_key, token_uid,
              owner, issuer, phase, started_at, place, facts, state, updated_at, told_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, upper($8), $9, $10, $11, $12, $13::jsonb, $14::jsonb, $15::jsonb, $16, $16)
           ON CONFLICT DO NOTHING RETURNING no::text AS no, transaction_key`,
          [
            operatorId,
            facts.id,
            facts.stationId,
            connectorNumber,
            number,
            session.transactionKey ?? String(number),
            startKey,
            facts.token.uid,
            facts.owner,
            facts.token.issuer,
            state.phase,
            facts.startedAt,
            toJson(place),
            toJson(facts),
            writeProgress(state),
            updatedAt,
          ],
        );
        if (rows[0]) return { no: rows[0].no, transactionKey: rows[0].transaction_key };
        if (number === null || (await this.sessionByStart(tx, operatorId, startKey))) return undefined;
      }
    },

    /** What is known of the start is better now; what was counted has to be counted again. */
    async saveFacts(
      tx: Tx,
      operatorId: OperatorId,
      no: string,
      facts: SessionFacts,
      more: { place: EvseRef & CdrPlace; connectorNumber: number },
    ) {
      await sql(
        tx,
        `UPDATE charging_session SET facts = $3::jsonb, facts_rev = facts_rev + 1, place = $4::jsonb, connector_number = $5, token_uid = upper($6),
            owner = $7, issuer = $8, started_at = $9, disordered = true, state = state || '{"disordered": true}'::jsonb
          WHERE operator_id = $1 AND no = $2::bigint`,
        [
          operatorId,
          no,
          toJson(facts),
          toJson(more.place),
          more.connectorNumber,
          facts.token.uid,
          facts.owner,
          facts.token.issuer,
          facts.startedAt,
        ],
      );
    },

    async saveState(tx: Tx, operatorId: OperatorId, no: string, state: ChargingState, updatedAt: Date): Promise<void> {
      await sql(
        tx,
        `UPDATE charging_session SET phase = $3, state = $4::jsonb, facts = $5::jsonb, facts_rev = facts_rev + 1, disordered = $6, held = $7,
            updated_at = $8 WHERE operator_id = $1 AND no = $2::bigint`,
        [
          operatorId,
          no,
          state.phase,
          writeProgress(state),
          toJson(state.facts),
          state.disordered === true,
          state.phase === 'ended' && isHeld(state),
          updatedAt,
        ],
      );
    },

    async sessionByStart(tx: Tx | undefined, operatorId: OperatorId, startKey: string) {
      return one(
        await sql(tx, `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND start_key = $2`, [operatorId, startKey]),
      );
    },

    async byTransaction(tx: Tx | undefined, operatorId: OperatorId, stationId: StationId, transactionKey: string) {
      return one(
        await sql(tx, `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND station_id = $2 AND transaction_key = $3`, [
          operatorId,
          stationId,
          transactionKey,
        ]),
      );
    },

    /** Sessions of a station that have not ended; of one connector if its number is given. */
    async openAt(operatorId: OperatorId, stationId: StationId, connectorNumber?: number, tx?: Tx): Promise<StoredSession[]> {
      const rows = await sql<SessionRow>(
        tx,
        `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND station_id = $2 AND phase = 'charging'
            AND ($3::integer IS NULL OR connector_number = $3) ORDER BY started_at DESC LIMIT 100`,
        [operatorId, stationId, connectorNumber ?? null],
      );
      return rows.map(read);
    },

    /** The newest session at a connector, running or not. */
    async lastAt(operatorId: OperatorId, stationId: StationId, connectorNumber: number): Promise<StoredSession | undefined> {
      return one(
        await sql(
          undefined,
          `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND station_id = $2 AND connector_number = $3
            ORDER BY phase = 'charging' DESC, started_at DESC LIMIT 1`,
          [operatorId, stationId, connectorNumber],
        ),
      );
    },

    async lockSession(tx: Tx, operatorId: OperatorId, id: string) {
      return one(await sql(tx, `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND id = $2 FOR UPDATE`, [operatorId, id]));
    },

    async session(operatorId: OperatorId, id: string) {
      return one(await sql(undefined, `SELECT ${COLUMNS} FROM charging_session WHERE operator_id = $1 AND id = $2`, [operatorId, id]));
    },

    sessions(operatorId: OperatorId, query: SessionQuery): Promise<Page<StoredSession>> {
      return changedPage<SessionRow, StoredSession>(
        sql,
        {
          from: 'charging_session',
          key: ['id'],
          columns: COLUMNS,
          where: `operator_id = $1 AND ($2::text IS NULL OR issuer = $2) AND ($3::text IS NULL OR phase = $3) AND ($4::boolean IS NULL OR held = $4)
            AND ($5::text IS NULL OR station_id = $5) AND ($6::text IS NULL OR token_uid = upper($6))`,
          values: [
            operatorId,
            query.issuer ?? null,
            query.phase ?? null,
            query.held ?? null,
            query.stationId ?? null,
            query.tokenUid ?? null,
          ],
          item: read,
        },
        query,
      );
    },

    /** Running sessions whose events did not come in order. */
    async disordered(limit: number): Promise<{ operatorId: OperatorId; id: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id FROM charging_session WHERE disordered AND phase = 'charging' ORDER BY no LIMIT $1`,
        [limit],
      );
    },

    /** All that was heard of a session or connector, oldest first; the times are the station's own. */
    async messages(tx: Tx | undefined, source: string) {
      const rows = await sql<{ at: Date; data: Buffer }>(
        tx,
        'SELECT at, data FROM charging_sample WHERE source = $1::bigint ORDER BY at, digest',
        [source],
      );
      return rows.map(({ at, data }) => unpack(at, data));
    },

    /** The number under which a connector's readings are kept while no session is known there. */
    async sourceOf(operatorId: OperatorId, stationId: StationId, connectorNumber: number): Promise<string> {
      const [row] = await sql<{ no: string }>(
        undefined,
        `INSERT INTO charging_source (operator_id, station_id, connector_number) VALUES ($1, $2, $3)
         ON CONFLICT (operator_id, station_id, connector_number) DO UPDATE SET station_id = EXCLUDED.station_id RETURNING no::text AS no`,
        [operatorId, stationId, connectorNumber],
      );
      return row!.no;
    },

    /** Values that a meter signed, exactly as they were sent. */
    async keepSigned(operatorId: OperatorId, source: string, signed: { at: Date; digest: Buffer; body: unknown }): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO charging_signed (operator_id, source, at, digest, body) VALUES ($1, $2::bigint, $3, $4, $5::jsonb) ON CONFLICT DO NOTHING`,
        [operatorId, source, signed.at, signed.digest, JSON.stringify(signed.body)],
      );
    },

    async signed(operatorId: OperatorId, source: string): Promise<{ at: Date; body: unknown }[]> {
      return sql(undefined, 'SELECT at, body FROM charging_signed WHERE operator_id = $1 AND source = $2::bigint ORDER BY at', [
        operatorId,
        source,
      ]);
    },

    async keepUnmatchedStop(
      operatorId: OperatorId,
      stop: { stationId: StationId; transactionNumber: number; at: Date; registerMilliWh: number; reason: string },
    ): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO charging_unmatched_stop (operator_id, station_id, transaction_number, at, body)
         VALUES ($1, $2, $3, $4, $5::jsonb) ON CONFLICT DO NOTHING`,
        [operatorId, stop.stationId, stop.transactionNumber, stop.at, toJson(stop)],
      );
    },

    async unmatchedStops(operatorId: OperatorId, limit: number): Promise<unknown[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM charging_unmatched_stop WHERE operator_id = $1 ORDER BY at DESC LIMIT $2',
        [operatorId, limit],
      );
      return rows.map(({ body }) => fromJson(body));
    },
  };
}

function read(row: SessionRow): StoredSession {
  return {
    no: row.no,
    state: { ...fromJson<Omit<ChargingState, 'facts'>>(row.state), facts: fromJson<SessionFacts>(row.facts) } as ChargingState,
    place: fromJson(row.place),
    transactionKey: row.transaction_key,
    connectorNumber: row.connector_number,
    updatedAt: row.updated_at,
  };
}

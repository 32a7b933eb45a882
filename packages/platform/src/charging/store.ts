import { randomInt } from 'node:crypto';
import { type ChangedQuery, changedPage } from '../edges/changed-page.js';
import type { Sql } from '../edges/sql.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { Cdr, CdrPlace } from '../model/cdr.js';
import type { EvseRef } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import { type ChargingState, energyMilliWh } from './session.js';
import type { StartRequest } from './start-request.js';

export interface StoredSession {
  state: ChargingState;
  place: EvseRef & CdrPlace;
  transactionNumber: number;
  updatedAt: Date;
}

interface Start {
  stationId: StationId;
  connectorNumber: number;
  idTag: string;
  at: Date;
  registerMilliWh: number;
}

interface SessionRow {
  state: unknown;
  place: unknown;
  transaction_number: number;
  updated_at: Date;
}

export interface SessionQuery extends ChangedQuery {
  issuer?: PartyId;
  phase?: ChargingState['phase'];
}

export type ChargingStore = ReturnType<typeof createStore>;

/** Ids that a station cannot guess, within what every OCPP 1.6 station reads as a positive number. */
const MAX_TRANSACTION_NUMBER = 2 ** 31 - 1;

/** What makes two starts the same start, whatever their message ids. OCPP 1.6 errata 3.18 */
const startKey = (s: Start) => `${s.stationId}/${s.connectorNumber}/${s.idTag.toUpperCase()}/${s.at.toISOString()}/${s.registerMilliWh}`;

export function createStore(sql: Sql) {
  const columns = 'state, place, transaction_number, updated_at';
  const one = (rows: SessionRow[]): StoredSession | undefined => rows[0] && read(rows[0]);

  return {
    async insertSession(
      tx: Tx,
      operatorId: OperatorId,
      session: { state: ChargingState; place: EvseRef & CdrPlace; heard: Start; updatedAt: Date },
    ): Promise<number> {
      const { state, place, heard, updatedAt } = session;
      const { facts } = state;
      for (;;) {
        const number = randomInt(1, MAX_TRANSACTION_NUMBER);
        const rows = await sql(
          tx,
          `INSERT INTO charging_session (operator_id, id, station_id, transaction_number, start_key, owner, issuer, phase, started_at, place, state, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12)
           ON CONFLICT (operator_id, station_id, transaction_number) DO NOTHING RETURNING id`,
          [
            operatorId,
            facts.id,
            facts.stationId,
            number,
            startKey(heard),
            facts.owner,
            facts.token.issuer,
            state.phase,
            facts.startedAt,
            toJson(place),
            toJson(state),
            updatedAt,
          ],
        );
        if (rows.length === 1) return number;
      }
    },

    async saveState(tx: Tx, operatorId: OperatorId, state: ChargingState, updatedAt: Date): Promise<void> {
      await sql(tx, 'UPDATE charging_session SET phase = $3, state = $4::jsonb, updated_at = $5 WHERE operator_id = $1 AND id = $2', [
        operatorId,
        state.facts.id,
        state.phase,
        toJson(state),
        updatedAt,
      ]);
    },

    async sessionByStart(tx: Tx, operatorId: OperatorId, heard: Start) {
      return one(
        await sql(tx, `SELECT ${columns} FROM charging_session WHERE operator_id = $1 AND start_key = $2`, [operatorId, startKey(heard)]),
      );
    },

    async lockByTransaction(tx: Tx, operatorId: OperatorId, stationId: StationId, transactionNumber: number) {
      return one(
        await sql(
          tx,
          `SELECT ${columns} FROM charging_session WHERE operator_id = $1 AND station_id = $2 AND transaction_number = $3::bigint FOR UPDATE`,
          [operatorId, stationId, transactionNumber],
        ),
      );
    },

    async lockSession(tx: Tx, operatorId: OperatorId, id: string) {
      return one(await sql(tx, `SELECT ${columns} FROM charging_session WHERE operator_id = $1 AND id = $2 FOR UPDATE`, [operatorId, id]));
    },

    async session(operatorId: OperatorId, id: string) {
      return one(await sql(undefined, `SELECT ${columns} FROM charging_session WHERE operator_id = $1 AND id = $2`, [operatorId, id]));
    },

    sessions(operatorId: OperatorId, query: SessionQuery): Promise<Page<StoredSession>> {
      return changedPage<SessionRow, StoredSession>(
        sql,
        {
          from: 'charging_session',
          id: 'id',
          columns,
          where: 'operator_id = $1 AND ($2::text IS NULL OR issuer = $2) AND ($3::text IS NULL OR phase = $3)',
          values: [operatorId, query.issuer ?? null, query.phase ?? null],
          item: read,
        },
        query,
      );
    },

    /** A session by its id, or by the authorisation that allowed it: what a CDR can be matched to. */
    async findSession(operatorId: OperatorId, by: { sessionId?: string; authorizationReference?: string }) {
      const rows = await sql<SessionRow>(
        undefined,
        `SELECT ${columns} FROM charging_session
          WHERE operator_id = $1 AND (id = $2 OR ($2::text IS NULL AND state->'facts'->>'authorizationReference' = $3))`,
        [operatorId, by.sessionId ?? null, by.authorizationReference ?? null],
      );
      const found = rows.length === 1 ? one(rows) : undefined;
      return (
        found && {
          id: found.state.facts.id as string,
          energyMilliWh: energyMilliWh(found.state),
          startedAt: found.state.facts.startedAt,
          ...(found.state.phase === 'ended' ? { endedAt: found.state.endedAt } : {}),
        }
      );
    },

    /** False if this very reading was heard before. */
    async insertReading(
      tx: Tx,
      operatorId: OperatorId,
      reading: { stationId: StationId; connectorNumber: number; at: Date; registerMilliWh: number; sessionId?: string | undefined },
    ): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO charging_reading (operator_id, station_id, connector_number, session_id, at, register_milli_wh)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING at`,
        [operatorId, reading.stationId, reading.connectorNumber, reading.sessionId ?? '', reading.at, reading.registerMilliWh],
      );
      return rows.length === 1;
    },

    async keepUnmatchedStop(
      tx: Tx,
      operatorId: OperatorId,
      stop: { stationId: StationId; transactionNumber: number; at: Date },
    ): Promise<void> {
      await sql(
        tx,
        `INSERT INTO charging_unmatched_stop (operator_id, station_id, transaction_number, at, body)
         VALUES ($1, $2, $3, $4, $5::jsonb) ON CONFLICT DO NOTHING`,
        [operatorId, stop.stationId, stop.transactionNumber, stop.at, toJson(stop)],
      );
    },

    async saveStartRequest(tx: Tx, operatorId: OperatorId, request: StartRequest): Promise<void> {
      await sql(
        tx,
        `INSERT INTO charging_start_request (operator_id, id, station_id, token_uid, phase, deadline, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
         ON CONFLICT (operator_id, id) DO UPDATE SET phase = EXCLUDED.phase, body = EXCLUDED.body`,
        [operatorId, request.id, request.stationId, request.token.uid, request.state.phase, request.deadline, toJson(request)],
      );
    },

    async lockStartRequest(tx: Tx, operatorId: OperatorId, id: string): Promise<StartRequest | undefined> {
      const rows = await sql<{ body: unknown }>(
        tx,
        'SELECT body FROM charging_start_request WHERE operator_id = $1 AND id = $2 FOR UPDATE',
        [operatorId, id],
      );
      return rows[0] && fromJson<StartRequest>(rows[0].body);
    },

    /** Requests that a session with this token at this station may answer, oldest first. */
    async openStartRequests(tx: Tx, operatorId: OperatorId, stationId: StationId, tokenUid: string): Promise<StartRequest[]> {
      const rows = await sql<{ body: unknown }>(
        tx,
        `SELECT body FROM charging_start_request
          WHERE operator_id = $1 AND station_id = $2 AND upper(token_uid) = upper($3) AND phase IN ('asked', 'accepted', 'unknown')
          ORDER BY id FOR UPDATE`,
        [operatorId, stationId, tokenUid],
      );
      return rows.map(({ body }) => fromJson<StartRequest>(body));
    },

    async dueStartRequests(now: Date): Promise<{ operatorId: OperatorId; requestId: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id AS "requestId" FROM charging_start_request WHERE phase = 'asked' AND deadline <= $1 LIMIT 500`,
        [now],
      );
    },

    /** False if the session has its CDR already. */
    async insertCdr(tx: Tx, operatorId: OperatorId, cdr: Cdr): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO charging_cdr (operator_id, owner, id, session_id, updated_at, body)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
        [operatorId, cdr.owner, cdr.id, cdr.sessionId, cdr.updatedAt, toJson(cdr)],
      );
      return rows.length === 1;
    },

    async cdr(operatorId: OperatorId, owner: PartyId, id: string): Promise<Cdr | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM charging_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3',
        [operatorId, owner, id],
      );
      return rows[0] && fromJson<Cdr>(rows[0].body);
    },

    async cdrs(operatorId: OperatorId, query: PageRequest): Promise<Page<Cdr>> {
      const rows = await sql<{ id: string; body: unknown }>(
        undefined,
        'SELECT id, body FROM charging_cdr WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Cdr>(body),
        ({ id }) => id,
      );
    },
  };
}

function read(row: SessionRow): StoredSession {
  return { state: fromJson(row.state), place: fromJson(row.place), transactionNumber: row.transaction_number, updatedAt: row.updated_at };
}

import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { ActiveProfile } from '../../model/charging-wish.js';
import type { PartyId } from '../../model/party.js';
import type { Session } from '../../model/session.js';
import type { Command, CommandResult, ReplyAddress } from '../message.js';

/** A command between two parties, from the question to its result. */
export interface RoamingCommand {
  /** Ours; stands in the response_url that we give out, and names the request to our own stations. */
  id: string;
  kind: Command;
  asker: PartyId;
  asked: PartyId;
  replyTo: ReplyAddress;
  correlation: string;
  askedAt: Date;
  expiresAt: Date;
  result?: CommandResult;
  /** Of a start: what its session will carry. */
  authorizationReference?: string;
  /** Of a stop: what was to be stopped; of a start: what came of it, once known. */
  sessionId?: string;
  /** Of a reservation: what the asker calls it. */
  reservationId?: string;
  reservedUntil?: Date;
  /** Of a question what holds for a session: the answer. */
  active?: ActiveProfile;
}

export function commands(sql: Sql) {
  const columns =
    'id, kind, asker, asked, reply_to, correlation, asked_at, expires_at, result, authorization_reference, session_id, reservation_id, reserved_until, active';
  return {
    async insertCommand(operatorId: OperatorId, command: RoamingCommand): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_command (operator_id, ${columns}) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb)`,
        [
          operatorId,
          command.id,
          command.kind,
          command.asker,
          command.asked,
          toJson(command.replyTo),
          command.correlation,
          command.askedAt,
          command.expiresAt,
          command.result ?? null,
          command.authorizationReference ?? null,
          command.sessionId ?? null,
          command.reservationId ?? null,
          command.reservedUntil ?? null,
          command.active ? toJson(command.active) : null,
        ],
      );
    },

    async command(operatorId: OperatorId, id: string): Promise<RoamingCommand | undefined> {
      const rows = await sql<CommandRow>(undefined, `SELECT ${columns} FROM roaming_command WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && toCommand(rows[0]);
    },

    /**
     * The result of a command is taken once: undefined if there is one, nobody asked, or somebody else was asked. One that comes late, but
     * within its patience, replaces "no result in time", since that was never known; `first` is false then. A reservation that was
     * accepted may be given up later, and that is news again. OCPI 2.2.1, 13.4.3
     */
    async settleCommand(
      tx: Tx,
      operatorId: OperatorId,
      id: string,
      result: CommandResult,
      from: PartyId | undefined,
      lateUntil: Date,
      active?: ActiveProfile,
    ): Promise<{ command: RoamingCommand; first: boolean } | undefined> {
      const rows = await sql<CommandRow & { first: boolean }>(
        tx,
        `WITH before AS (SELECT result IS DISTINCT FROM 'timeout' AS first FROM roaming_command WHERE operator_id = $1 AND id = $2
                            AND ($4::text IS NULL OR asked = $4)
                            AND (result IS NULL OR (kind = 'reserve' AND result = 'accepted' AND $3 = 'cancelledReservation') OR (result = 'timeout' AND $4 IS NOT NULL AND expires_at > $5::timestamptz)) FOR UPDATE)
         UPDATE roaming_command SET active = coalesce($6::jsonb, active), result = CASE WHEN $3 = 'timeout' AND kind = 'start' AND session_id IS NOT NULL THEN 'accepted' ELSE $3 END
           FROM before WHERE operator_id = $1 AND id = $2 RETURNING ${columns}, before.first`,
        [operatorId, id, result, from ?? null, lateUntil, active ? toJson(active) : null],
      );
      return rows[0] && { command: toCommand(rows[0]), first: rows[0].first };
    },

    /**
     * What a session of a party proves about commands: a start whose reference it carries has worked, and so has the stop of a session
     * that has ended. Only what was in doubt changes; a refusal stays one.
     */
    async linkCommands(operatorId: OperatorId, { owner, id, authorizationReference, endedAt }: Session): Promise<string[]> {
      const rows = await sql<{ id: string }>(
        undefined,
        `UPDATE roaming_command SET session_id = $3, result = CASE WHEN result = 'timeout' THEN 'accepted' ELSE result END
          WHERE operator_id = $1 AND asked = $2
            AND ((kind = 'start' AND authorization_reference = $4::text AND (session_id IS NULL OR result = 'timeout'))
              OR (kind = 'stop' AND session_id = $3 AND $5 AND result = 'timeout')) RETURNING id`,
        [operatorId, owner, id, authorizationReference ?? null, endedAt !== undefined],
      );
      return rows.map((row) => row.id);
    },

    /** Where a party has a reservation of that name: what was refused is none. */
    async reservedAt(operatorId: OperatorId, asker: PartyId, reservationId: string): Promise<PartyId | undefined> {
      const rows = await sql<{ asked: PartyId }>(
        undefined,
        `SELECT asked FROM roaming_command WHERE operator_id = $1 AND upper(reservation_id) = upper($3) AND kind = 'reserve' AND asker = $2
            AND (result IS NULL OR result IN ('accepted', 'timeout')) ORDER BY asked_at DESC LIMIT 1`,
        [operatorId, asker, reservationId],
      );
      return rows[0]?.asked;
    },

    /** Whether somebody else has a reservation of that name there. */
    async isReservedByAnother(operatorId: OperatorId, asked: PartyId, reservationId: string, asker: PartyId, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `SELECT 1 FROM roaming_command WHERE operator_id = $1 AND upper(reservation_id) = upper($3) AND kind = 'reserve' AND asked = $2
            AND asker <> $4 AND (result IS NULL OR result IN ('accepted', 'timeout')) AND reserved_until > $5 LIMIT 1`,
        [operatorId, asked, reservationId, asker, now],
      );
      return rows.length === 1;
    },

    /** What holds for a partner's session, as its CPO told it last. */
    async saveActiveProfile(operatorId: OperatorId, owner: PartyId, sessionId: string, active: ActiveProfile, now: Date): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_active_profile (operator_id, owner, session_id, active, heard_at) VALUES ($1, $2, $3, $4::jsonb, $5)
         ON CONFLICT (operator_id, owner, session_id) DO UPDATE SET active = EXCLUDED.active, heard_at = EXCLUDED.heard_at`,
        [operatorId, owner, sessionId, toJson(active), now],
      );
    },

    async activeProfile(
      operatorId: OperatorId,
      owner: PartyId,
      sessionId: string,
    ): Promise<{ active: ActiveProfile; heardAt: Date } | undefined> {
      const rows = await sql<{ active: unknown; heard_at: Date }>(
        undefined,
        'SELECT active, heard_at FROM roaming_active_profile WHERE operator_id = $1 AND owner = $2 AND session_id = $3',
        [operatorId, owner, sessionId],
      );
      return rows[0] && { active: fromJson<ActiveProfile>(rows[0].active), heardAt: rows[0].heard_at };
    },

    /** Commands whose time is over without a result. */
    async overdueCommands(now: Date): Promise<{ operatorId: OperatorId; id: string }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id FROM roaming_command WHERE result IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT 200`,
        [now],
      );
    },
  };
}

interface CommandRow {
  id: string;
  kind: RoamingCommand['kind'];
  asker: PartyId;
  asked: PartyId;
  reply_to: unknown;
  correlation: string;
  asked_at: Date;
  expires_at: Date;
  result: CommandResult | null;
  authorization_reference: string | null;
  session_id: string | null;
  reservation_id: string | null;
  reserved_until: Date | null;
  active: unknown;
}

function toCommand(row: CommandRow): RoamingCommand {
  return {
    id: row.id,
    kind: row.kind,
    asker: row.asker,
    asked: row.asked,
    replyTo: fromJson<ReplyAddress>(row.reply_to),
    correlation: row.correlation,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.authorization_reference === null ? {} : { authorizationReference: row.authorization_reference }),
    ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    ...(row.reservation_id === null ? {} : { reservationId: row.reservation_id }),
    ...(row.reserved_until === null ? {} : { reservedUntil: row.reserved_until }),
    ...(row.active === null ? {} : { active: fromJson<ActiveProfile>(row.active) }),
  };
}

import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import type { Session } from '../../model/session.js';
import type { CommandResult, ReplyAddress } from '../message.js';

/** A command between two parties, from the question to its result. */
export interface RoamingCommand {
  /** Ours; stands in the response_url that we give out, and names the request to our own stations. */
  id: string;
  kind: 'start' | 'stop';
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
}

export function commands(sql: Sql) {
  const columns = 'id, kind, asker, asked, reply_to, correlation, asked_at, expires_at, result, authorization_reference, session_id';
  return {
    async insertCommand(operatorId: OperatorId, command: RoamingCommand): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_command (operator_id, ${columns}) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12)`,
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
     * within its patience, replaces "no result in time", since that was never known; `first` is false then.
     */
    async settleCommand(
      tx: Tx,
      operatorId: OperatorId,
      id: string,
      result: CommandResult,
      from: PartyId | undefined,
      lateUntil: Date,
    ): Promise<{ command: RoamingCommand; first: boolean } | undefined> {
      const rows = await sql<CommandRow & { first: boolean }>(
        tx,
        `WITH before AS (SELECT result IS NULL AS first FROM roaming_command WHERE operator_id = $1 AND id = $2
                            AND ($4::text IS NULL OR asked = $4)
                            AND (result IS NULL OR (result = 'timeout' AND $4 IS NOT NULL AND expires_at > $5::timestamptz)) FOR UPDATE)
         UPDATE roaming_command SET result = CASE WHEN $3 = 'timeout' AND kind = 'start' AND session_id IS NOT NULL THEN 'accepted' ELSE $3 END
           FROM before WHERE operator_id = $1 AND id = $2 RETURNING ${columns}, before.first`,
        [operatorId, id, result, from ?? null, lateUntil],
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
  };
}

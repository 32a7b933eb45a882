import type { Sql } from '../edges/sql.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import type { Tx } from '../kernel/transact.js';
import type { CommandAnswer, StationCommand } from '../model/station-command.js';
import type { Command, CommandState, KeptCommand } from './command.js';

interface CommandRow {
  id: string;
  station_id: StationId;
  state: CommandState;
  body: StationCommand;
  deadline: Date;
  asked_at: Date;
  sent_at: Date | null;
  answered_at: Date | null;
  answer: CommandAnswer | null;
}

export interface SecurityEvent {
  stationId: string;
  type: string;
  at: Date;
  heardAt: Date;
  details?: string;
}

export interface IssuedCertificate {
  stationId: string;
  serialNumber: string;
  use: string;
  issuedAt: Date;
  expiresAt: Date;
  revokedAt?: Date;
}

export type GatewayStore = ReturnType<typeof createStore>;

const COMMAND = 'id, station_id, state, body, deadline, asked_at, sent_at, answered_at, answer';

export function createStore(sql: Sql) {
  return {
    /** Writes the command down, or gives what is known of it. */
    async keepCommand(
      tx: Tx | undefined,
      operatorId: OperatorId,
      { requestId, stationId, deadline, command }: Command,
      now: Date,
    ): Promise<KeptCommand> {
      const rows = await sql<CommandRow>(
        tx,
        `INSERT INTO gateway_command (operator_id, id, station_id, kind, state, body, deadline, asked_at)
         VALUES ($1, $2, $3, $4, 'asked', $5::jsonb, $6, $7)
         ON CONFLICT (operator_id, id) DO UPDATE SET id = EXCLUDED.id RETURNING ${COMMAND}`,
        [operatorId, requestId, stationId, command.kind, JSON.stringify(command), deadline, now],
      );
      return read(rows[0]!);
    },

    async saveRevocation(operatorId: OperatorId, uid: string, at: Date): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_revocation (operator_id, uid, at) VALUES ($1, upper($2), $3)
         ON CONFLICT (operator_id, uid) DO UPDATE SET at = EXCLUDED.at`,
        [operatorId, uid, at],
      );
    },

    /** Cards that were revoked since the station last answered that it has forgotten all. One that has no cache has nothing to forget. */
    async untoldRevocations(operatorId: OperatorId, stationId: StationId): Promise<string[]> {
      const rows = await sql<{ uid: string }>(
        undefined,
        `SELECT uid FROM gateway_revocation r WHERE operator_id = $1 AND NOT EXISTS (
           SELECT FROM gateway_command c WHERE c.operator_id = $1 AND c.station_id = $2 AND c.asked_at >= r.at AND c.kind = 'clearCache'
              AND c.answer->>'outcome' IN ('accepted', 'rejected', 'notSupported')) ORDER BY uid`,
        [operatorId, stationId],
      );
      return rows.map(({ uid }) => uid);
    },

    /** The local list as the station took it: its version, and every card of the lists since the last full one. */
    async localList(
      operatorId: OperatorId,
      stationId: StationId,
    ): Promise<{ version: number; tokens: (StationCommand & { kind: 'sendLocalList' })['tokens'] } | undefined> {
      const rows = await sql<{ body: StationCommand & { kind: 'sendLocalList' } }>(
        undefined,
        `SELECT body FROM gateway_command WHERE operator_id = $1 AND station_id = $2 AND kind = 'sendLocalList'
            AND answer->>'outcome' = 'accepted' ORDER BY asked_at`,
        [operatorId, stationId],
      );
      const last = rows.at(-1);
      if (!last) return undefined;
      const since = rows.slice(rows.findLastIndex(({ body }) => body.full));
      const tokens = new Map(since.flatMap(({ body }) => body.tokens).map((token) => [token.uid.toUpperCase(), token]));
      return { version: last.body.version, tokens: [...tokens.values()] };
    },

    /** True for the one who is to send it. */
    async markSent(operatorId: OperatorId, id: string, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `UPDATE gateway_command SET state = 'sent', sent_at = $3 WHERE operator_id = $1 AND id = $2 AND state = 'asked' RETURNING id`,
        [operatorId, id, now],
      );
      return rows.length === 1;
    },

    /** False if it has its answer already. A late answer still says more than none. */
    async settle(operatorId: OperatorId, id: string, answer: CommandAnswer, now: Date): Promise<boolean> {
      const inDoubt = answer.outcome === 'unknown';
      const rows = await sql(
        undefined,
        `UPDATE gateway_command SET state = $3, answer = $4::jsonb, answered_at = $5
          WHERE operator_id = $1 AND id = $2 AND (state IN ('asked', 'sent') OR (state = 'inDoubt' AND NOT $6)) RETURNING id`,
        [operatorId, id, inDoubt ? 'inDoubt' : 'answered', JSON.stringify(answer), now, inDoubt],
      );
      return rows.length === 1;
    },

    async command(operatorId: OperatorId, id: string): Promise<KeptCommand | undefined> {
      const rows = await sql<CommandRow>(undefined, `SELECT ${COMMAND} FROM gateway_command WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && read(rows[0]);
    },

    async commands(operatorId: OperatorId, stationId: StationId, limit: number): Promise<KeptCommand[]> {
      const rows = await sql<CommandRow>(
        undefined,
        `SELECT ${COMMAND} FROM gateway_command WHERE operator_id = $1 AND station_id = $2 ORDER BY asked_at DESC, id DESC LIMIT $3`,
        [operatorId, stationId, limit],
      );
      return rows.map(read);
    },

    async overdue(now: Date): Promise<{ operatorId: OperatorId; command: KeptCommand }[]> {
      const rows = await sql<CommandRow & { operator_id: OperatorId }>(
        undefined,
        `SELECT operator_id, ${COMMAND} FROM gateway_command WHERE state IN ('asked', 'sent') AND deadline < $1 ORDER BY deadline LIMIT 500`,
        [now],
      );
      return rows.map((row) => ({ operatorId: row.operator_id, command: read(row) }));
    },

    async addSecurityEvent(operatorId: OperatorId, { stationId, type, at, heardAt, details }: SecurityEvent): Promise<void> {
      await sql(
        undefined,
        'INSERT INTO gateway_security_event (operator_id, station_id, type, at, heard_at, details) VALUES ($1, $2, $3, $4, $5, $6)',
        [operatorId, stationId, type, at, heardAt, details ?? null],
      );
    },

    async securityEvents(operatorId: OperatorId, stationId: string | undefined, limit: number): Promise<SecurityEvent[]> {
      const rows = await sql<{ station_id: string; type: string; at: Date; heard_at: Date; details: string | null }>(
        undefined,
        `SELECT station_id, type, at, heard_at, details FROM gateway_security_event
          WHERE operator_id = $1 AND ($2::text IS NULL OR station_id = $2) ORDER BY id DESC LIMIT $3`,
        [operatorId, stationId ?? null, limit],
      );
      return rows.map((row) => ({
        stationId: row.station_id,
        type: row.type,
        at: row.at,
        heardAt: row.heard_at,
        ...(row.details === null ? {} : { details: row.details }),
      }));
    },

    async saveInventory(operatorId: OperatorId, stationId: StationId, at: Date, items: readonly unknown[]): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_inventory (operator_id, station_id, heard_at, body) VALUES ($1, $2, $3, $4::jsonb)
         ON CONFLICT (operator_id, station_id) DO UPDATE SET heard_at = EXCLUDED.heard_at, body = EXCLUDED.body`,
        [operatorId, stationId, at, JSON.stringify(items)],
      );
    },

    async inventory(operatorId: OperatorId, stationId: StationId): Promise<{ heardAt: Date; items: readonly unknown[] } | undefined> {
      const rows = await sql<{ heard_at: Date; body: readonly unknown[] }>(
        undefined,
        'SELECT heard_at, body FROM gateway_inventory WHERE operator_id = $1 AND station_id = $2',
        [operatorId, stationId],
      );
      return rows[0] && { heardAt: rows[0].heard_at, items: rows[0].body };
    },

    /** How an update or upload goes on; number 0 where the station names none. */
    async saveProgress(
      operatorId: OperatorId,
      stationId: StationId,
      kind: 'firmware' | 'log',
      requestId: number,
      status: string,
      at: Date,
    ): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_progress (operator_id, station_id, kind, request_id, status, heard_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (operator_id, station_id, kind, request_id) DO UPDATE SET status = EXCLUDED.status, heard_at = EXCLUDED.heard_at`,
        [operatorId, stationId, kind, requestId, status, at],
      );
    },

    async progress(operatorId: OperatorId, stationId: StationId) {
      return sql<{ kind: string; requestId: number; status: string; heardAt: Date }>(
        undefined,
        `SELECT kind, request_id AS "requestId", status, heard_at AS "heardAt" FROM gateway_progress
          WHERE operator_id = $1 AND station_id = $2 ORDER BY heard_at DESC`,
        [operatorId, stationId],
      );
    },

    async addCertificate(operatorId: OperatorId, { stationId, serialNumber, use, issuedAt, expiresAt }: IssuedCertificate): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_certificate (operator_id, station_id, serial_number, use, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING`,
        [operatorId, stationId, serialNumber, use, issuedAt, expiresAt],
      );
    },

    async certificates(operatorId: OperatorId, stationId: StationId): Promise<IssuedCertificate[]> {
      const rows = await sql<{ serial_number: string; use: string; issued_at: Date; expires_at: Date; revoked_at: Date | null }>(
        undefined,
        `SELECT serial_number, use, issued_at, expires_at, revoked_at FROM gateway_certificate
          WHERE operator_id = $1 AND station_id = $2 ORDER BY issued_at`,
        [operatorId, stationId],
      );
      return rows.map((row) => ({
        stationId,
        serialNumber: row.serial_number,
        use: row.use,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
      }));
    },

    async revokeCertificate(operatorId: OperatorId, stationId: StationId, serialNumber: string, at: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `UPDATE gateway_certificate SET revoked_at = $4 WHERE operator_id = $1 AND station_id = $2 AND upper(serial_number) = upper($3)
          AND revoked_at IS NULL RETURNING 1`,
        [operatorId, stationId, serialNumber, at],
      );
      return rows.length === 1;
    },

    async isRevoked(stationId: string, serialNumber: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        'SELECT 1 FROM gateway_certificate WHERE station_id = $1 AND upper(serial_number) = upper($2) AND revoked_at IS NOT NULL',
        [stationId, serialNumber],
      );
      return rows.length > 0;
    },

    /** Each certificate once for each mark that it has passed: so many days are left, and it was not warned of at this mark. */
    async expiring(now: Date, days: number): Promise<(IssuedCertificate & { operatorId: OperatorId })[]> {
      const until = new Date(now.getTime() + days * 86_400_000);
      const rows = await sql<{
        operator_id: OperatorId;
        station_id: string;
        serial_number: string;
        use: string;
        issued_at: Date;
        expires_at: Date;
      }>(
        undefined,
        `UPDATE gateway_certificate c SET warned_days = $2 WHERE revoked_at IS NULL AND expires_at <= $1 AND (warned_days IS NULL OR warned_days > $2)
          AND NOT EXISTS (SELECT FROM gateway_certificate n WHERE n.operator_id = c.operator_id AND n.station_id = c.station_id AND n.use = c.use
            AND n.expires_at > c.expires_at AND n.revoked_at IS NULL)
         RETURNING operator_id, station_id, serial_number, use, issued_at, expires_at`,
        [until, days],
      );
      return rows.map((row) => ({
        operatorId: row.operator_id,
        stationId: row.station_id,
        serialNumber: row.serial_number,
        use: row.use,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
      }));
    },
  };
}

function read(row: CommandRow): KeptCommand {
  return {
    requestId: row.id,
    stationId: row.station_id,
    deadline: row.deadline,
    command: row.body,
    state: row.state,
    askedAt: row.asked_at,
    ...(row.sent_at === null ? {} : { sentAt: row.sent_at }),
    ...(row.answered_at === null ? {} : { answeredAt: row.answered_at }),
    ...(row.answer === null ? {} : { answer: row.answer }),
  };
}

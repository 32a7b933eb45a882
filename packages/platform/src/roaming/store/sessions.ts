import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { EvseRef } from '../../model/location.js';
import type { PartyId } from '../../model/party.js';
import type { Session } from '../../model/session.js';

/** What a CDR tells of its session. */
export interface SessionClues {
  sessionId?: string;
  authorizationReference?: string;
  token?: { uid: string };
  place?: { evseUid: string };
  startedAt?: Date;
  endedAt?: Date;
}

export function sessions(sql: Sql) {
  /**
   * A partner's session: by its id, else by the authorisation that allowed it, else, where a CDR names neither, by token, EVSE and
   * overlapping time if that is one session only.
   */
  async function partnerSession(
    operatorId: OperatorId,
    owner: PartyId,
    by: SessionClues,
  ): Promise<{ session: Session; raw: Buffer } | undefined> {
    const { sessionId, authorizationReference, token, place, startedAt, endedAt } = by;
    const [condition, values]: [string, unknown[]] =
      sessionId !== undefined
        ? ['id = $3', [sessionId]]
        : authorizationReference !== undefined
          ? ['authorization_reference = $3', [authorizationReference]]
          : [
              `upper(body->'token'->>'uid') = upper($3) AND body->'place'->>'evseUid' = $4
                 AND (body->'startedAt'->>'$time')::timestamptz < $6
                 AND coalesce((body->'endedAt'->>'$time')::timestamptz, 'infinity') > $5`.replaceAll('$time', '$$time'),
              [token?.uid ?? '', place?.evseUid ?? '', startedAt ?? null, endedAt ?? null],
            ];
    const rows = await sql<{ body: unknown; raw: Buffer }>(
      undefined,
      `SELECT body, raw FROM roaming_session WHERE operator_id = $1 AND owner = $2 AND ${condition} LIMIT 2`,
      [operatorId, owner, ...values],
    );
    return rows.length === 1 && rows[0] ? { session: fromJson<Session>(rows[0].body), raw: rows[0].raw } : undefined;
  }

  return {
    /** A partner's session; older news than we have is passed over, and false. */
    async saveSession(operatorId: OperatorId, session: Session, raw: Buffer): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO roaming_session (operator_id, owner, id, authorization_reference, updated_at, body, raw) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)
         ON CONFLICT (operator_id, owner, id) DO UPDATE SET authorization_reference = EXCLUDED.authorization_reference,
           updated_at = EXCLUDED.updated_at, body = EXCLUDED.body, raw = EXCLUDED.raw WHERE roaming_session.updated_at <= EXCLUDED.updated_at
         RETURNING id`,
        [operatorId, session.owner, session.id, session.authorizationReference ?? null, session.updatedAt, toJson(session), raw],
      );
      return rows.length === 1;
    },

    partnerSession,

    /** Partners' sessions as CDRs tell of them, at the indexes of those; see `partnerSession`. */
    async partnerSessionsOf(
      operatorId: OperatorId,
      wanted: readonly (SessionClues & { owner: PartyId })[],
    ): Promise<(Session | undefined)[]> {
      const byId = wanted.filter(({ sessionId }) => sessionId !== undefined);
      const rows =
        byId.length === 0
          ? []
          : await sql<{ body: unknown }>(
              undefined,
              `SELECT body FROM roaming_session
                WHERE operator_id = $1 AND (owner, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
              [operatorId, byId.map(({ owner }) => owner), byId.map(({ sessionId }) => sessionId)],
            );
      const known = new Map(rows.map(({ body }) => fromJson<Session>(body)).map((session) => [`${session.owner}/${session.id}`, session]));
      return Promise.all(
        wanted.map(async (clues) =>
          clues.sessionId === undefined
            ? (await partnerSession(operatorId, clues.owner, clues))?.session
            : known.get(`${clues.owner}/${clues.sessionId}`),
        ),
      );
    },

    /** The newest session at a connector of a partner's. */
    async lastSessionAt(operatorId: OperatorId, { owner, locationId, evseUid, connectorId }: EvseRef): Promise<Session | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM roaming_session WHERE operator_id = $1 AND owner = $2 AND upper(body->'place'->>'evseUid') = upper($4)
            AND upper(body->'place'->>'locationId') = upper($3) AND upper(body->'place'->>'connectorId') = upper($5)
          ORDER BY body->'startedAt'->>'$$time' DESC LIMIT 1`,
        [operatorId, owner, locationId, evseUid, connectorId],
      );
      return rows[0] && fromJson<Session>(rows[0].body);
    },

    /** The CPO of a partner's session; undefined if two have given one id. */
    async sessionOwner(operatorId: OperatorId, id: string): Promise<PartyId | undefined> {
      const rows = await sql<{ owner: PartyId }>(
        undefined,
        'SELECT owner FROM roaming_session WHERE operator_id = $1 AND id = $2 LIMIT 2',
        [operatorId, id],
      );
      return rows.length === 1 ? rows[0]?.owner : undefined;
    },

    /** Sessions of partners' stations for one eMSP, as they came, since a moment. */
    async sessionsFor(
      operatorId: OperatorId,
      issuer: PartyId,
      query: { since: Date; after?: string; limit: number },
    ): Promise<Page<{ session: Session; raw: Buffer }>> {
      const rows = await sql<{ key: string; body: unknown; raw: Buffer }>(
        undefined,
        `SELECT owner || '/' || id AS key, body, raw FROM roaming_session WHERE operator_id = $1 AND body->'token'->>'issuer' = $2
            AND updated_at >= $3 AND ($4::text IS NULL OR owner || '/' || id > $4) ORDER BY 1 LIMIT $5`,
        [operatorId, issuer, query.since, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body, raw }) => ({ session: fromJson<Session>(body), raw }),
        ({ key }) => key,
      );
    },

    async partnerSessions(operatorId: OperatorId, query: PageRequest): Promise<Page<Session>> {
      const rows = await sql<{ key: string; body: unknown }>(
        undefined,
        `SELECT owner || '/' || id AS key, body FROM roaming_session
          WHERE operator_id = $1 AND ($2::text IS NULL OR owner || '/' || id > $2) ORDER BY 1 LIMIT $3`,
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Session>(body),
        ({ key }) => key,
      );
    },
  };
}

import type { Correlation, Correlations } from '@evroam/ocpi';
import type { Sql } from '../edges/sql.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { Cdr } from '../model/cdr.js';
import type { PartyId, Role } from '../model/party.js';
import type { Session } from '../model/session.js';
import type { CommandResult, ReplyAddress } from './message.js';
import type { Connection, Partner, PartnerStatus, Quirks } from './partner.js';
import type { Rule } from './rules.js';
import { agreements } from './store/agreements.js';
import { createDirectory } from './store/directory.js';
import { imports } from './store/imports.js';

export interface HostedParty {
  operatorId: OperatorId;
  party: PartyId;
  role: Role;
  name: string;
}

/** A party that one reaches through this hub; without a partner it is hosted here. */
export interface ReachableParty extends HostedParty {
  partnerId: PartnerId | null;
  status: PartnerStatus | null;
  offlineSince: Date | null;
  updatedAt: Date | null;
}

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

/** A CDR as it stands between us and a partner's party: the one that sent it (`in`), or the one that is to get it (`out`). */
export interface CdrExchange {
  owner: PartyId;
  id: string;
  party: PartyId;
  direction: 'in' | 'out';
  version: string;
  bytes: Buffer;
  digest: string;
  state: 'owed' | 'delivered' | 'received';
  location?: string;
  updatedAt: Date;
}

/** What a CDR tells of its session. */
export interface SessionClues {
  sessionId?: string;
  authorizationReference?: string;
  token?: { uid: string };
  place?: { evseUid: string };
  startedAt?: Date;
  endedAt?: Date;
}

interface PartnerRow {
  operator_id: string;
  id: string;
  name: string;
  status: string;
  connection: unknown;
  quirks: Quirks | null;
  updated_at: Date;
  parties: { party: string; role: string }[];
}

interface ExchangeRow {
  owner: string;
  id: string;
  party: string;
  direction: 'in' | 'out';
  version: string;
  bytes: Buffer;
  digest: string;
  state: CdrExchange['state'];
  location: string | null;
  updated_at: Date;
}

/** `expected`: offered in a renewal that has not been answered yet; it opens everything, and ends no other. */
export type TokenKind = 'invitation' | 'access' | 'expected';

export type RoamingStore = ReturnType<typeof createStore>;

const partnerColumns = `p.*, (SELECT coalesce(json_agg(json_build_object('party', party, 'role', role) ORDER BY party, role), '[]')
  FROM roaming_party y WHERE y.operator_id = p.operator_id AND y.partner_id = p.id) AS parties`;

export function createStore(sql: Sql) {
  const plain = {
    ...partners(sql),
    ...agreements(sql),
    ...commands(sql),
    ...sessions(sql),
    ...cdrs(sql),
    correlations: correlations(sql),
    ...reach(sql),
    ...imports(sql),
  };
  const directory = createDirectory();
  return {
    ...plain,
    /** As it is at this moment, for those who look at it or change it. */
    partnerNow: plain.partner,
    /** Call it when a change of partners, parties or rules is committed. */
    forget: directory.forget,
    partner: (operatorId: OperatorId, id: PartnerId) => directory.get(`partner ${operatorId} ${id}`, () => plain.partner(operatorId, id)),
    homeOf: (operatorId: OperatorId, party: PartyId) => directory.get(`home ${operatorId} ${party}`, () => plain.homeOf(operatorId, party)),
    hostedParties: async (operatorId: OperatorId): Promise<readonly HostedParty[]> =>
      (await directory.get(`hosted ${operatorId}`, () => plain.hostedParties(operatorId))) ?? [],
    rules: async (operatorId: OperatorId, parties: readonly PartyId[]): Promise<readonly Rule[]> =>
      (await directory.get(`rules ${operatorId} ${parties.join(' ')}`, () => plain.rules(operatorId, parties))) ?? [],
    agreedWith: async (operatorId: OperatorId, mine: readonly PartyId[], side: 'seller' | 'buyer', at: Date): Promise<readonly PartyId[]> =>
      (await directory.get(`${side} ${operatorId} ${mine.join(' ')}`, () => plain.agreedWith(operatorId, mine, side, at))) ?? [],
    insertAgreement: changing(plain.insertAgreement),
    insertParty: changing(plain.insertParty),
    saveQuirks: changing(plain.saveQuirks),
    putRule: changing(plain.putRule),
  };

  function changing<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      try {
        return await write(...args);
      } finally {
        directory.forget();
      }
    };
  }
}

function partners(sql: Sql) {
  return {
    async insertPartner(tx: Tx, partner: Partner): Promise<boolean> {
      const rows = await sql(
        tx,
        'INSERT INTO roaming_partner (operator_id, id, name, status, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id',
        [partner.operatorId, partner.id, partner.name, partner.status, partner.updatedAt],
      );
      return rows.length === 1;
    },

    /** False if somebody, hosted or partner, has that party in that role already. */
    async insertParty(
      tx: Tx | undefined,
      party: { operatorId: OperatorId; party: PartyId; role: Role; name: string; partnerId?: PartnerId },
    ): Promise<boolean> {
      const rows = await sql(
        tx,
        'INSERT INTO roaming_party (operator_id, party, role, partner_id, name) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING party',
        [party.operatorId, party.party, party.role, party.partnerId ?? null, party.name],
      );
      return rows.length === 1;
    },

    async savePartner(tx: Tx, partner: Partner): Promise<void> {
      await sql(tx, 'UPDATE roaming_partner SET status = $3, connection = $4::jsonb, updated_at = $5 WHERE operator_id = $1 AND id = $2', [
        partner.operatorId,
        partner.id,
        partner.status,
        partner.connection ? toJson(partner.connection) : null,
        partner.updatedAt,
      ]);
    },

    async saveQuirks(operatorId: OperatorId, id: PartnerId, quirks: Quirks, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        'UPDATE roaming_partner SET quirks = $3::jsonb, updated_at = $4 WHERE operator_id = $1 AND id = $2 RETURNING id',
        [operatorId, id, JSON.stringify(quirks), now],
      );
      return rows.length === 1;
    },

    async lockPartner(tx: Tx, operatorId: OperatorId, id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(
        tx,
        `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND id = $2 FOR UPDATE OF p`,
        [operatorId, id],
      );
      return rows[0] && toPartner(rows[0]);
    },

    async partner(operatorId: OperatorId, id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(undefined, `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && toPartner(rows[0]);
    },

    /** For what comes back on a rewritten URL: ids of partners are unique in the installation. */
    async partnerById(id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(undefined, `SELECT ${partnerColumns} FROM roaming_partner p WHERE id = $1`, [id]);
      return rows[0] && toPartner(rows[0]);
    },

    async partners(operatorId: OperatorId, query: PageRequest): Promise<Page<Partner>> {
      const rows = await sql<PartnerRow>(
        undefined,
        `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, toPartner, ({ id }) => id);
    },

    /** Who hosts or reaches a party: a partner's id, or `hosted`. */
    async homeOf(operatorId: OperatorId, party: PartyId): Promise<PartnerId | 'hosted' | undefined> {
      const rows = await sql<{ partner_id: PartnerId | null }>(
        undefined,
        'SELECT partner_id FROM roaming_party WHERE operator_id = $1 AND party = $2 LIMIT 1',
        [operatorId, party],
      );
      return rows[0] && (rows[0].partner_id ?? 'hosted');
    },

    async hostedParties(operatorId: OperatorId): Promise<HostedParty[]> {
      const rows = await sql<{ party: PartyId; role: Role; name: string }>(
        undefined,
        'SELECT party, role, name FROM roaming_party WHERE operator_id = $1 AND partner_id IS NULL ORDER BY party, role',
        [operatorId],
      );
      return rows.map((row) => ({ operatorId, ...row }));
    },

    /** Every party that one reaches through this hub, hosted or a partner's. */
    async parties(operatorId: OperatorId): Promise<ReachableParty[]> {
      return sql(
        undefined,
        `SELECT y.operator_id AS "operatorId", party, role, y.name, partner_id AS "partnerId", p.status, p.offline_since AS "offlineSince",
                p.updated_at AS "updatedAt" FROM roaming_party y
           LEFT JOIN roaming_partner p ON p.operator_id = y.operator_id AND p.id = y.partner_id
          WHERE y.operator_id = $1 ORDER BY party, role`,
        [operatorId],
      );
    },

    async insertToken(tx: Tx, operatorId: OperatorId, partnerId: PartnerId, hash: string, kind: TokenKind, now: Date): Promise<void> {
      await sql(
        tx,
        'INSERT INTO roaming_partner_token (operator_id, partner_id, token_hash, kind, created_at) VALUES ($1, $2, $3, $4, $5)',
        [operatorId, partnerId, hash, kind, now],
      );
    },

    /** Token A dies with the registration; an earlier access token lives on until the newest one has been used. */
    async retireInvitations(tx: Tx, operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
      await sql(tx, `DELETE FROM roaming_partner_token WHERE operator_id = $1 AND partner_id = $2 AND kind <> 'access'`, [
        operatorId,
        partnerId,
      ]);
    },

    async removeTokens(tx: Tx, operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
      await sql(tx, 'DELETE FROM roaming_partner_token WHERE operator_id = $1 AND partner_id = $2', [operatorId, partnerId]);
    },

    /** The partner of a token. The first use of an access token ends those before it. */
    async partnerByToken(hash: string, now: Date): Promise<{ partner: Partner; kind: TokenKind } | undefined> {
      const rows = await sql<PartnerRow & { kind: TokenKind; used_at: Date | null; created_at: Date }>(
        undefined,
        `SELECT ${partnerColumns}, t.kind, t.used_at, t.created_at FROM roaming_partner_token t
           JOIN roaming_partner p ON p.operator_id = t.operator_id AND p.id = t.partner_id WHERE t.token_hash = $1`,
        [hash],
      );
      const row = rows[0];
      if (!row) return undefined;
      if (row.used_at === null) {
        await sql(
          undefined,
          `WITH used AS (UPDATE roaming_partner_token SET used_at = $2 WHERE token_hash = $1)
           DELETE FROM roaming_partner_token WHERE operator_id = $3 AND partner_id = $4 AND kind = 'access' AND created_at < $5 AND $6 = 'access'`,
          [hash, now, row.operator_id, row.id, row.created_at, row.kind],
        );
      }
      return { partner: toPartner(row), kind: row.kind };
    },
  };
}

function commands(sql: Sql) {
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

function sessions(sql: Sql) {
  return {
    /** A partner's session; older news than we have is passed over. */
    async saveSession(operatorId: OperatorId, session: Session, raw: Buffer): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_session (operator_id, owner, id, authorization_reference, updated_at, body, raw) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)
         ON CONFLICT (operator_id, owner, id) DO UPDATE SET authorization_reference = EXCLUDED.authorization_reference,
           updated_at = EXCLUDED.updated_at, body = EXCLUDED.body, raw = EXCLUDED.raw WHERE roaming_session.updated_at <= EXCLUDED.updated_at`,
        [operatorId, session.owner, session.id, session.authorizationReference ?? null, session.updatedAt, toJson(session), raw],
      );
    },

    /**
     * A partner's session: by its id, else by the authorisation that allowed it, else, where a CDR names neither, by token, EVSE and
     * overlapping time if that is one session only.
     */
    async partnerSession(operatorId: OperatorId, owner: PartyId, by: SessionClues): Promise<{ session: Session; raw: Buffer } | undefined> {
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

function cdrs(sql: Sql) {
  const columns = 'owner, id, party, direction, version, bytes, digest, state, location, updated_at';
  return {
    /** `new`, `same` when these very bytes are known, `other` when the id is known with other content. Ids compare case-blind. */
    async insertExchange(tx: Tx, operatorId: OperatorId, exchange: CdrExchange, cdr: Cdr): Promise<'new' | 'same' | 'other'> {
      const id = exchange.id.toUpperCase();
      const rows = await sql(
        tx,
        `INSERT INTO roaming_cdr (operator_id, ${columns}, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb)
         ON CONFLICT DO NOTHING RETURNING id`,
        [
          operatorId,
          exchange.owner,
          id,
          exchange.party,
          exchange.direction,
          exchange.version,
          exchange.bytes,
          exchange.digest,
          exchange.state,
          exchange.location ?? null,
          exchange.updatedAt,
          toJson(cdr),
        ],
      );
      if (rows.length === 1) return 'new';
      const known = await sql<{ digest: string }>(
        tx,
        'SELECT digest FROM roaming_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4',
        [operatorId, exchange.owner, id, exchange.party],
      );
      return known[0]?.digest === exchange.digest ? 'same' : 'other';
    },

    async keepConflict(tx: Tx, operatorId: OperatorId, exchange: CdrExchange): Promise<void> {
      await sql(
        tx,
        `INSERT INTO roaming_cdr_conflict (operator_id, owner, id, party, digest, bytes, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING`,
        [operatorId, exchange.owner, exchange.id.toUpperCase(), exchange.party, exchange.digest, exchange.bytes, exchange.updatedAt],
      );
    },

    async exchange(operatorId: OperatorId, owner: PartyId, id: string, party: PartyId): Promise<CdrExchange | undefined> {
      const rows = await sql<ExchangeRow>(
        undefined,
        `SELECT ${columns} FROM roaming_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4`,
        [operatorId, owner, id.toUpperCase(), party],
      );
      return rows[0] && toExchange(rows[0]);
    },

    /** A CDR that a partner sent us, in the model's words. */
    async receivedCdr(operatorId: OperatorId, owner: PartyId, id: string): Promise<{ cdr: Cdr; exchange: CdrExchange } | undefined> {
      const rows = await sql<ExchangeRow & { body: unknown }>(
        undefined,
        `SELECT ${columns}, body FROM roaming_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3 AND direction = 'in'`,
        [operatorId, owner, id.toUpperCase()],
      );
      return rows[0] && { cdr: fromJson<Cdr>(rows[0].body), exchange: toExchange(rows[0]) };
    },

    async owedCdr(
      operatorId: OperatorId,
      owner: PartyId,
      id: string,
      party: PartyId,
    ): Promise<{ cdr: Cdr; exchange: CdrExchange; inDoubt: boolean } | undefined> {
      const rows = await sql<ExchangeRow & { body: unknown; doubt_at: Date | null }>(
        undefined,
        `SELECT ${columns}, body, doubt_at FROM roaming_cdr
          WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4 AND state = 'owed'`,
        [operatorId, owner, id.toUpperCase(), party],
      );
      return rows[0] && { cdr: fromJson<Cdr>(rows[0].body), exchange: toExchange(rows[0]), inDoubt: rows[0].doubt_at !== null };
    },

    async markDelivered(
      operatorId: OperatorId,
      owner: PartyId,
      id: string,
      party: PartyId,
      location: string | undefined,
      now: Date,
    ): Promise<void> {
      await sql(
        undefined,
        `UPDATE roaming_cdr SET state = 'delivered', location = $5, updated_at = $6
          WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4 AND state = 'owed'`,
        [operatorId, owner, id.toUpperCase(), party, location ?? null, now],
      );
    },

    /** An offer that was not answered: true from now on, until it is known. */
    async doubtCdr(operatorId: OperatorId, owner: PartyId, id: string, party: PartyId, now: Date): Promise<void> {
      await sql(
        undefined,
        `UPDATE roaming_cdr SET doubt_at = $5 WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4 AND state = 'owed'`,
        [operatorId, owner, id.toUpperCase(), party, now],
      );
    },

    async owedCdrs(operatorId: OperatorId): Promise<{ owner: PartyId; id: string; party: PartyId; since: Date }[]> {
      return sql(
        undefined,
        `SELECT owner, id, party, updated_at AS since FROM roaming_cdr WHERE operator_id = $1 AND state = 'owed' ORDER BY updated_at LIMIT 500`,
        [operatorId],
      );
    },
  };
}

function reach(sql: Sql) {
  return {
    /** Marks a partner as heard; true if it had been offline. At most one write in half a minute. */
    async heardPartner(operatorId: OperatorId, id: PartnerId, now: Date): Promise<boolean> {
      const rows = await sql<{ was: Date | null }>(
        undefined,
        `WITH before AS (SELECT offline_since FROM roaming_partner WHERE operator_id = $1 AND id = $2
                            AND (offline_since IS NOT NULL OR heard_at IS NULL OR heard_at < $3::timestamptz - interval '30 seconds') FOR UPDATE)
         UPDATE roaming_partner p SET heard_at = $3, offline_since = NULL FROM before
          WHERE operator_id = $1 AND id = $2 RETURNING before.offline_since AS was`,
        [operatorId, id, now],
      );
      return rows[0] !== undefined && rows[0].was !== null;
    },

    /** True if it was thought to be there until now. */
    async lostPartner(operatorId: OperatorId, id: PartnerId, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        'UPDATE roaming_partner SET offline_since = $3 WHERE operator_id = $1 AND id = $2 AND offline_since IS NULL RETURNING id',
        [operatorId, id, now],
      );
      return rows.length === 1;
    },

    /** What a partner has missed from some moment on; an earlier mark stays. */
    async markMissed(operatorId: OperatorId, id: PartnerId, module: string, since: Date): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_missed (operator_id, partner_id, module, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (operator_id, partner_id, module) DO UPDATE SET since = least(roaming_missed.since, EXCLUDED.since)`,
        [operatorId, id, module, since],
      );
    },

    async missed(operatorId: OperatorId, id: PartnerId): Promise<{ module: string; since: Date }[]> {
      return sql(undefined, 'SELECT module, since FROM roaming_missed WHERE operator_id = $1 AND partner_id = $2', [operatorId, id]);
    },

    /** Unless something earlier was missed meanwhile. */
    async clearMissed(operatorId: OperatorId, id: PartnerId, module: string, since: Date): Promise<void> {
      await sql(undefined, 'DELETE FROM roaming_missed WHERE operator_id = $1 AND partner_id = $2 AND module = $3 AND since >= $4', [
        operatorId,
        id,
        module,
        since,
      ]);
    },

    /** Registered partners from which nothing was heard since a moment. */
    async silentPartners(since: Date): Promise<{ operatorId: OperatorId; id: PartnerId }[]> {
      return sql(
        undefined,
        `SELECT operator_id AS "operatorId", id FROM roaming_partner
          WHERE status = 'registered' AND (heard_at IS NULL OR heard_at < $1) ORDER BY heard_at NULLS FIRST LIMIT 100`,
        [since],
      );
    },

    async putRule(operatorId: OperatorId, rule: Rule): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_rule (operator_id, party, module, other, allow) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (operator_id, party, module, other) DO UPDATE SET allow = EXCLUDED.allow`,
        [operatorId, rule.party, rule.module, rule.other, rule.allow],
      );
    },

    async rules(operatorId: OperatorId, parties: readonly PartyId[]): Promise<Rule[]> {
      return sql(
        undefined,
        'SELECT party, module, other, allow FROM roaming_rule WHERE operator_id = $1 AND (party = ANY($2::text[]) OR other = ANY($2::text[]))',
        [operatorId, parties],
      );
    },
  };
}

/** Where rewritten URLs lead, for every node of the hub. The taker of one that is used once is whoever deletes the row. */
function correlations(sql: Sql): Correlations {
  return {
    async put({ id, kind, url, opener, target, once, expires, correlationId }) {
      await sql(
        undefined,
        `INSERT INTO roaming_correlation (id, kind, url, opener, target, once, expires_at, correlation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, kind, url, opener, target, once, expires, correlationId],
      );
    },
    async take(id, opener, now) {
      const columns = 'id, kind, url, opener, target, once, expires_at AS expires, correlation_id AS "correlationId"';
      const rows = await sql<Correlation>(
        undefined,
        `WITH used AS (DELETE FROM roaming_correlation WHERE id = $1 AND opener = $2 AND once RETURNING *)
         SELECT ${columns} FROM used UNION ALL SELECT ${columns} FROM roaming_correlation WHERE id = $1 AND opener = $2 AND NOT once`,
        [id, opener],
      );
      return rows[0] && rows[0].expires > now ? rows[0] : undefined;
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

function toPartner(row: PartnerRow): Partner {
  return {
    operatorId: row.operator_id as OperatorId,
    id: row.id as PartnerId,
    name: row.name,
    status: row.status as PartnerStatus,
    parties: row.parties.map(({ party, role }) => ({ party: party as PartyId, role: role as Role })),
    ...(row.connection === null ? {} : { connection: asItIs(fromJson<Connection>(row.connection), row.quirks) }),
    ...(row.quirks === null ? {} : { quirks: row.quirks }),
    updatedAt: row.updated_at,
  };
}

const asItIs = (connection: Connection, quirks: Quirks | null): Connection =>
  quirks?.coding === undefined ? connection : { ...connection, coding: quirks.coding };

function toExchange(row: ExchangeRow): CdrExchange {
  const { updated_at: updatedAt, owner, party, location, ...rest } = row;
  return { ...rest, owner: owner as PartyId, party: party as PartyId, ...(location === null ? {} : { location }), updatedAt };
}

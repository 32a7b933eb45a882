import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import type { Gun, OrderCheck, OrderSide, TcecOrder, TcecPeer } from '../tcec.js';

interface PeerRow {
  operator_id: OperatorId;
  partner_id: PartnerId;
  their_id: string;
  our_id: string;
  dialect: string;
  url: string | null;
  sealed_given: string | null;
  sealed_issued: string;
  updated_at: Date;
}

/** The scope of the guns that we show to partners; a partner's own guns stand under its id. */
export const SHOWN = '';

/** A second of the envelope's TimeStamp holds so many calls. T/CEC 102.4-2016 */
const MOST_A_SECOND = 9999;

/** What is kept of partners that speak T/CEC 102. */
export function tcec(sql: Sql) {
  const order = (rows: readonly { body: unknown }[]): TcecOrder | undefined => rows[0] && fromJson<TcecOrder>(rows[0].body);
  return {
    async insertPeer(tx: Tx, peer: TcecPeer): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO roaming_tcec_peer (operator_id, partner_id, their_id, our_id, dialect, url, sealed_given, sealed_issued, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING partner_id`,
        peerValues(peer),
      );
      return rows.length === 1;
    },

    async savePeer(tx: Tx, peer: TcecPeer): Promise<void> {
      await sql(
        tx,
        `UPDATE roaming_tcec_peer SET their_id = $3, our_id = $4, dialect = $5, url = $6, sealed_given = $7, sealed_issued = $8, updated_at = $9
          WHERE operator_id = $1 AND partner_id = $2`,
        peerValues(peer),
      );
    },

    async peer(operatorId: OperatorId, partnerId: PartnerId): Promise<TcecPeer | undefined> {
      const rows = await sql<PeerRow>(undefined, 'SELECT * FROM roaming_tcec_peer WHERE operator_id = $1 AND partner_id = $2', [
        operatorId,
        partnerId,
      ]);
      return rows[0] && toPeer(rows[0]);
    },

    async peerByTheirId(theirId: string): Promise<TcecPeer | undefined> {
      const rows = await sql<PeerRow>(undefined, 'SELECT * FROM roaming_tcec_peer WHERE their_id = $1', [theirId]);
      return rows[0] && toPeer(rows[0]);
    },

    /** All that can be called. */
    async peers(): Promise<TcecPeer[]> {
      const rows = await sql<PeerRow>(
        undefined,
        `SELECT y.* FROM roaming_tcec_peer y JOIN roaming_partner p ON p.operator_id = y.operator_id AND p.id = y.partner_id
          WHERE p.status = 'registered' ORDER BY y.operator_id, y.partner_id`,
      );
      return rows.map(toPeer);
    },

    /** The next time stamp and sequence toward a partner, for every node: a second that is full is followed by the next. */
    async nextSequence(operatorId: OperatorId, partnerId: PartnerId, second: number): Promise<{ second: number; count: number }> {
      const [row] = await sql<{ second: string; count: number }>(
        undefined,
        `UPDATE roaming_tcec_peer SET
           sent_second = CASE WHEN $3 > sent_second THEN $3 WHEN sent_count >= ${MOST_A_SECOND} THEN sent_second + 1 ELSE sent_second END,
           sent_count = CASE WHEN $3 > sent_second OR sent_count >= ${MOST_A_SECOND} THEN 1 ELSE sent_count + 1 END
          WHERE operator_id = $1 AND partner_id = $2 RETURNING sent_second AS second, sent_count AS count`,
        [operatorId, partnerId, second],
      );
      if (!row) throw new Error(`there is no T/CEC partner ${partnerId}`);
      return { second: Number(row.second), count: row.count };
    },

    async insertToken(hash: string, theirId: string, until: Date, now: Date): Promise<void> {
      await sql(undefined, 'DELETE FROM roaming_tcec_token WHERE until < $1', [now]);
      await sql(undefined, 'INSERT INTO roaming_tcec_token (hash, their_id, until) VALUES ($1, $2, $3)', [hash, theirId, until]);
    },

    async isToken(hash: string, theirId: string, now: Date): Promise<boolean> {
      const rows = await sql(undefined, 'SELECT 1 FROM roaming_tcec_token WHERE hash = $1 AND their_id = $2 AND until > $3', [
        hash,
        theirId,
        now,
      ]);
      return rows.length === 1;
    },

    /** New keys: no token that was given for the old ones is good any more. */
    async removeTokens(tx: Tx, theirId: string): Promise<void> {
      await sql(tx, 'DELETE FROM roaming_tcec_token WHERE their_id = $1', [theirId]);
    },

    /** True the first time; whoever inserts the row was first, on whatever node. */
    async isFirstHeard(theirId: string, stamp: string, seq: string, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        'INSERT INTO roaming_tcec_heard (their_id, stamp, seq, heard_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING seq',
        [theirId, stamp, seq, now],
      );
      return rows.length === 1;
    },

    async forgetHeard(before: Date): Promise<void> {
      await sql(undefined, 'DELETE FROM roaming_tcec_heard WHERE heard_at < $1', [before]);
    },

    /** What these guns are, from now on. */
    async saveGuns(operatorId: OperatorId, scope: string, guns: readonly Gun[]): Promise<void> {
      if (guns.length === 0) return;
      const column = (name: keyof Gun) => guns.map((gun) => gun[name]);
      await sql(
        undefined,
        `INSERT INTO roaming_tcec_gun (operator_id, scope, connector_id, station_id, owner, location_id, evse_uid)
         SELECT $1, $2, c, s, o, l, e FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS g (c, s, o, l, e)
         ON CONFLICT (operator_id, scope, connector_id) DO UPDATE SET station_id = EXCLUDED.station_id, owner = EXCLUDED.owner,
           location_id = EXCLUDED.location_id, evse_uid = EXCLUDED.evse_uid`,
        [operatorId, scope, column('connectorId'), column('stationId'), column('owner'), column('locationId'), column('evseUid')],
      );
    },

    async guns(operatorId: OperatorId, scope: string, by: { connectorId: string } | { stationId: string }): Promise<Gun[]> {
      const [name, value] = 'connectorId' in by ? (['connector_id', by.connectorId] as const) : (['station_id', by.stationId] as const);
      return sql<Gun>(
        undefined,
        `SELECT connector_id AS "connectorId", station_id AS "stationId", owner, location_id AS "locationId", evse_uid AS "evseUid"
           FROM roaming_tcec_gun WHERE operator_id = $1 AND scope = $2 AND ${name} = $3 ORDER BY connector_id`,
        [operatorId, scope, value],
      );
    },

    /** False if the sequence is known: then it is the same order again. */
    async insertOrder(order: TcecOrder, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        `INSERT INTO roaming_tcec_order (operator_id, partner_id, seq, side, token_uid, state, body, looked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) ON CONFLICT DO NOTHING RETURNING seq`,
        [order.operatorId, order.partnerId, order.seq, order.side, order.token.uid, order.state, toJson(order), now],
      );
      return rows.length === 1;
    },

    /** Only what is given changes; what is undefined stays. `closed` ends the looks at it. */
    async updateOrder(
      { operatorId, partnerId, seq }: Pick<TcecOrder, 'operatorId' | 'partnerId' | 'seq'>,
      change: Partial<Pick<TcecOrder, 'state' | 'startCommand' | 'stopCommand' | 'sessionId' | 'beginningTold'>>,
      now: Date,
      { closed = false }: { closed?: boolean } = {},
    ): Promise<void> {
      await sql(
        undefined,
        `UPDATE roaming_tcec_order SET body = body || $4::jsonb, state = coalesce($5, state), looked_at = $6,
            closed_at = CASE WHEN $7 THEN coalesce(closed_at, $6) ELSE closed_at END
          WHERE operator_id = $1 AND partner_id = $2 AND seq = $3`,
        [operatorId, partnerId, seq, toJson(change), change.state ?? null, now, closed],
      );
    },

    async order(operatorId: OperatorId, partnerId: PartnerId, seq: string): Promise<TcecOrder | undefined> {
      return order(
        await sql<{ body: unknown }>(
          undefined,
          'SELECT body FROM roaming_tcec_order WHERE operator_id = $1 AND partner_id = $2 AND seq = $3',
          [operatorId, partnerId, seq],
        ),
      );
    },

    /** By the token that was made for it alone: a CPO need not repeat our reference. */
    async orderOfToken(operatorId: OperatorId, partnerId: PartnerId, uid: string): Promise<TcecOrder | undefined> {
      return order(
        await sql<{ body: unknown }>(
          undefined,
          `SELECT body FROM roaming_tcec_order WHERE operator_id = $1 AND partner_id = $2 AND side = 'taken' AND upper(token_uid) = upper($3)
            ORDER BY looked_at DESC LIMIT 1`,
          [operatorId, partnerId, uid],
        ),
      );
    },

    /** Orders at partners' piles of which nothing was heard since a moment; one whose bill has not come in a week is a matter for people. */
    async silentOrders(before: Date, of?: { operatorId: OperatorId; partnerId: PartnerId }): Promise<TcecOrder[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM roaming_tcec_order WHERE closed_at IS NULL AND side = 'asked' AND looked_at <= $1
            AND (body->'startedAt'->>'$time')::timestamptz > $1::timestamptz - interval '7 days'
            AND ($2::text IS NULL OR (operator_id = $2 AND partner_id = $3)) ORDER BY looked_at LIMIT 200`,
        [before, of?.operatorId ?? null, of?.partnerId ?? null],
      );
      return rows.map(({ body }) => fromJson<TcecOrder>(body));
    },

    /** The bills exchanged with a partner's party in a span of days, as they stood on the wire. */
    async billsOf(operatorId: OperatorId, party: PartyId, side: OrderSide, from: Date, until: Date): Promise<Buffer[]> {
      const rows = await sql<{ bytes: Buffer }>(
        undefined,
        `SELECT bytes FROM roaming_cdr WHERE operator_id = $1 AND party = $2 AND direction = $3 AND version = 'tcec102'
            AND (body->'endedAt'->>'$time')::timestamptz >= $4 AND (body->'endedAt'->>'$time')::timestamptz < $5 ORDER BY id`,
        [operatorId, party, side === 'asked' ? 'in' : 'out', from, until],
      );
      return rows.map(({ bytes }) => bytes);
    },

    async saveCheck(operatorId: OperatorId, check: OrderCheck): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_tcec_check (operator_id, partner_id, day, by_whom, body, checked_at) VALUES ($1, $2, $3, $4, $5::jsonb, $6)
         ON CONFLICT (operator_id, partner_id, day, by_whom) DO UPDATE SET body = EXCLUDED.body, checked_at = EXCLUDED.checked_at`,
        [operatorId, check.partnerId, check.day, check.byWhom, toJson(check), check.checkedAt],
      );
    },

    async checks(operatorId: OperatorId, partnerId: PartnerId): Promise<OrderCheck[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM roaming_tcec_check WHERE operator_id = $1 AND partner_id = $2 ORDER BY day DESC, by_whom LIMIT 100',
        [operatorId, partnerId],
      );
      return rows.map(({ body }) => fromJson<OrderCheck>(body));
    },
  };
}

const peerValues = (peer: TcecPeer): unknown[] => [
  peer.operatorId,
  peer.partnerId,
  peer.theirId,
  peer.ourId,
  peer.dialect,
  peer.url ?? null,
  peer.sealedGiven ?? null,
  peer.sealedIssued,
  peer.updatedAt,
];

function toPeer(row: PeerRow): TcecPeer {
  return {
    operatorId: row.operator_id,
    partnerId: row.partner_id,
    theirId: row.their_id,
    ourId: row.our_id,
    dialect: row.dialect,
    ...(row.url === null ? {} : { url: row.url }),
    ...(row.sealed_given === null ? {} : { sealedGiven: row.sealed_given }),
    sealedIssued: row.sealed_issued,
    updatedAt: row.updated_at,
  };
}

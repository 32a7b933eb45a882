import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';

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

export function cdrs(sql: Sql) {
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

function toExchange(row: ExchangeRow): CdrExchange {
  const { updated_at: updatedAt, owner, party, location, ...rest } = row;
  return { ...rest, owner: owner as PartyId, party: party as PartyId, ...(location === null ? {} : { location }), updatedAt };
}

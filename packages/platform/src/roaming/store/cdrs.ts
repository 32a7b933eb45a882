import { createGather } from '../../edges/gather.js';
import type { Statement } from '../../edges/group-commit.js';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import { HOME } from '../links/bridged/versions.js';
import { toCdr } from '../links/ocpi221/cdrs.js';

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

/** An exchange that is to be kept, with what its bytes say in the model's words. */
export interface NewExchange {
  operatorId: OperatorId;
  exchange: CdrExchange;
  cdr: Cdr;
}

/** A CDR that a party is to get; in the model's words only when asked. */
export interface OwedCdr {
  exchange: CdrExchange;
  /** It was offered, and nobody knows whether it was taken. */
  inDoubt: boolean;
  cdr(): Cdr;
}

const columns = 'owner, id, party, direction, version, bytes, digest, state, location, updated_at';
const withCdr = `${columns}, body, time_zone`;

/** One CDR that a party is to get, or has got. */
export interface CdrRef {
  operatorId: OperatorId;
  owner: PartyId;
  id: string;
  party: PartyId;
}

const keyOf = ({ operatorId, owner, id, party }: CdrRef): string => `${operatorId} ${owner} ${party} ${id.toUpperCase()}`;
const ONE_OF = '(operator_id, owner, id, party) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]))';
const columnsOf = (all: readonly CdrRef[]) => [
  all.map(({ operatorId }) => operatorId),
  all.map(({ owner }) => owner),
  all.map(({ id }) => id.toUpperCase()),
  all.map(({ party }) => party),
];

export function cdrs(sql: Sql) {
  // Many are delivered side by side: what is asked and written for each goes in one statement for all.
  const owedCdr = createGather<CdrRef, OwedCdr | undefined>({
    key: keyOf,
    run: async (asked) => {
      const rows = await sql<CdrRow & { operator: OperatorId; doubt_at: Date | null }>(
        undefined,
        `SELECT operator_id AS operator, ${withCdr}, doubt_at FROM roaming_cdr WHERE ${ONE_OF} AND state = 'owed'`,
        columnsOf(asked),
      );
      const found = new Map(
        rows.map((row) => {
          const exchange = toExchange(row);
          const owed: OwedCdr = { cdr: () => cdrOf(row), exchange, inDoubt: row.doubt_at !== null };
          return [keyOf({ ...exchange, operatorId: row.operator }), owed];
        }),
      );
      return asked.map((one) => found.get(keyOf(one)));
    },
  });

  const markDelivered = createGather<CdrRef & { location?: string | undefined; now: Date }, void>({
    key: keyOf,
    run: async (all) => {
      await sql(
        undefined,
        `UPDATE roaming_cdr c SET state = 'delivered', location = u.location, updated_at = u.now
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) u(operator, owner, id, party, location, now)
          WHERE c.operator_id = u.operator AND c.owner = u.owner AND c.id = u.id AND c.party = u.party AND c.state = 'owed'`,
        [...columnsOf(all), all.map(({ location }) => location ?? null), all.map(({ now }) => now)],
      );
      return all.map(() => undefined);
    },
  });

  return {
    /** Gives those that were not known yet. Ids compare case-blind. */
    async insertExchanges(tx: Tx, all: readonly NewExchange[]): Promise<{ owner: PartyId; id: string; party: PartyId }[]> {
      if (all.length === 0) return [];
      const { text, values } = insertStatement(all);
      return sql(tx, text, values);
    },

    async exchange(operatorId: OperatorId, owner: PartyId, id: string, party: PartyId): Promise<CdrExchange | undefined> {
      const rows = await sql<ExchangeRow>(
        undefined,
        `SELECT ${columns} FROM roaming_cdr WHERE operator_id = $1 AND owner = $2 AND id = $3 AND party = $4`,
        [operatorId, owner, id.toUpperCase(), party],
      );
      return rows[0] && toExchange(rows[0]);
    },

    /** CDRs that partners sent us, in the model's words, in no order; those that are not there are left out. */
    async receivedCdrs(
      operatorId: OperatorId,
      which: readonly { owner: PartyId; id: string }[],
    ): Promise<{ cdr: Cdr; exchange: CdrExchange }[]> {
      if (which.length === 0) return [];
      const rows = await sql<CdrRow>(
        undefined,
        `SELECT ${withCdr} FROM roaming_cdr
          WHERE operator_id = $1 AND (owner, id) IN (SELECT * FROM unnest($2::text[], $3::text[])) AND direction = 'in'`,
        [operatorId, which.map(({ owner }) => owner), which.map(({ id }) => id.toUpperCase())],
      );
      return rows.map((row) => ({ cdr: cdrOf(row), exchange: toExchange(row) }));
    },

    /** Undefined if it is owed no longer. */
    owedCdr,

    markDelivered,

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

/**
 * Keeps many exchanges; what is known already does not come back. The bytes of all go over as one value and are cut there, the rest as one
 * JSON text: arrays would be escaped here and unescaped there. In the version nearest to the model the bytes and the zone say all that the
 * model does; of any other the model's words are kept beside.
 */
export function insertStatement(all: readonly NewExchange[]): Statement {
  let from = 1;
  const rows = all.map(({ operatorId, exchange, cdr }) => {
    const { owner, id, party, direction, version, bytes, digest, state, updatedAt } = exchange;
    const at = from;
    from += bytes.length;
    return {
      ...{ operator: operatorId, owner, id: id.toUpperCase(), party, direction, version, at, size: bytes.length, digest, state },
      ...{ updated: updatedAt, zone: cdr.place.timeZone, body: version === HOME ? null : toJson(cdr) },
    };
  });
  return {
    name: 'roaming-cdr-insert',
    text: `INSERT INTO roaming_cdr (operator_id, owner, id, party, direction, version, bytes, digest, state, updated_at, time_zone, body)
      SELECT operator, owner, id, party, direction, version, substring($1::bytea FROM at FOR size), digest, state, updated, zone, body::jsonb
        FROM json_to_recordset($2::json) u(operator text, owner text, id text, party text, direction text, version text, at int, size int,
          digest text, state text, updated timestamptz, zone text, body text)
      ON CONFLICT DO NOTHING RETURNING operator_id AS operator, owner, id, party`,
    values: [Buffer.concat(all.map(({ exchange }) => exchange.bytes)), JSON.stringify(rows)],
  };
}

/** The digests of what is kept under the ids of these. */
export function digestsStatement(all: readonly NewExchange[]): Statement {
  const keys = all.map(({ operatorId, exchange: { owner, id, party } }) => ({ operator: operatorId, owner, id: id.toUpperCase(), party }));
  return {
    name: 'roaming-cdr-digests',
    // One look by the primary key for each, whatever the planner thinks of the table's size.
    text: `SELECT u.operator, u.owner, u.id, u.party, known.digest
      FROM json_to_recordset($1::json) u(operator text, owner text, id text, party text), LATERAL (
        SELECT digest FROM roaming_cdr c
         WHERE c.operator_id = u.operator AND c.owner = u.owner AND c.id = u.id AND c.party = u.party LIMIT 1) known`,
    values: [JSON.stringify(keys)],
  };
}

/** Other content under an id that is known, kept for a person to see. */
export function conflictStatement(all: readonly NewExchange[]): Statement {
  const rows = all.map(({ operatorId, exchange: { owner, id, party, digest, bytes, updatedAt } }) => ({
    ...{ operator: operatorId, owner, id: id.toUpperCase(), party, digest, hex: bytes.toString('hex'), updated: updatedAt },
  }));
  return {
    name: 'roaming-cdr-conflict',
    text: `INSERT INTO roaming_cdr_conflict (operator_id, owner, id, party, digest, bytes, received_at)
      SELECT operator, owner, id, party, digest, decode(hex, 'hex'), updated
        FROM json_to_recordset($1::json)
          u(operator text, owner text, id text, party text, digest text, hex text, updated timestamptz)
      ON CONFLICT DO NOTHING`,
    values: [JSON.stringify(rows)],
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

interface CdrRow extends ExchangeRow {
  body: unknown;
  time_zone: string | null;
}

function cdrOf({ body, bytes, time_zone: timeZone }: CdrRow): Cdr {
  if (body !== null || timeZone === null) return fromJson<Cdr>(body);
  // These bytes were checked when they came, or were written here.
  return toCdr(JSON.parse(bytes.toString('utf8')) as Parameters<typeof toCdr>[0], timeZone);
}

function toExchange(row: ExchangeRow): CdrExchange {
  const { owner, id, party, direction, version, bytes, digest, state, location, updated_at: updatedAt } = row;
  return {
    ...{ owner: owner as PartyId, id, party: party as PartyId, direction, version, bytes, digest, state },
    ...(location === null ? {} : { location }),
    updatedAt,
  };
}

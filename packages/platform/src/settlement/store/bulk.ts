import { randomBytes } from 'node:crypto';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { toJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import type { TokenRef } from '../../model/token.js';
import { type Entry, faultOf, signed } from '../ledger.js';
import type { PeriodName } from '../period.js';
import type { CdrRecord } from '../record.js';
import { textArray } from './ledger.js';

const SALT_BYTES = 16;

/** An entry with where and when it goes into the books. */
export interface Posting {
  entry: Entry;
  period: PeriodName;
  postedAt: Date;
  issuer: PartyId;
}

/** Many rows in one statement each: what one CDR costs is then its rating, and not its round trips. */
export function bulkStore(sql: Sql) {
  return {
    /** Of these keys: those that are there, or whose credit or session sibling is; each of them wants to be looked at alone. */
    async entangled(
      tx: Tx,
      operatorId: OperatorId,
      items: readonly { key: string; owner: string; sessions: readonly string[] }[],
    ): Promise<Set<string>> {
      const sessions = items.flatMap(({ key, owner, sessions }) => sessions.map((session) => ({ key, owner, session })));
      const rows = await sql<{ key: string }>(
        tx,
        `SELECT key FROM settlement_cdr WHERE operator_id = $1 AND key = ANY($2::text[])
         UNION SELECT credit_of FROM settlement_cdr WHERE operator_id = $1 AND credit_of = ANY($2::text[])
         UNION SELECT s.key FROM unnest($3::text[], $4::text[], $5::text[]) AS s(key, owner, session)
           WHERE EXISTS (SELECT FROM settlement_cdr c WHERE c.operator_id = $1 AND c.owner = s.owner AND c.session_ref = upper(s.session))
              OR EXISTS (SELECT FROM settlement_cdr c WHERE c.operator_id = $1 AND c.owner = s.owner AND c.session_id = s.session
                            AND c.state = 'accepted' AND c.credit = 'none' AND c.credit_of IS NULL)`,
        [
          operatorId,
          textArray(items.map(({ key }) => key)),
          textArray(sessions.map(({ key }) => key)),
          textArray(sessions.map(({ owner }) => owner)),
          textArray(sessions.map(({ session }) => session)),
        ],
      );
      return new Set(rows.map(({ key }) => key));
    },

    /** The account names of drivers, by "issuer/uid". */
    async driverNames(tx: Tx, operatorId: OperatorId, tokens: readonly TokenRef[], newId: () => string): Promise<Map<string, string>> {
      const names = new Map(tokens.map(({ issuer, uid }) => [`${issuer}/${uid.toUpperCase()}`, { issuer, uid: uid.toUpperCase() }]));
      if (names.size === 0) return new Map();
      const list = [...names.values()];
      const rows = await sql<{ who: string; id: string }>(
        tx,
        `WITH asked AS (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) AS a(issuer, uid, id)),
              made AS (INSERT INTO settlement_driver (operator_id, issuer, uid, id) SELECT $1, issuer, uid, id FROM asked ORDER BY issuer, uid
                       ON CONFLICT (operator_id, issuer, uid) DO UPDATE SET uid = EXCLUDED.uid RETURNING issuer, uid, id)
         SELECT issuer || '/' || uid AS who, id FROM made`,
        [operatorId, textArray(list.map(({ issuer }) => issuer)), textArray(list.map(({ uid }) => uid)), textArray(list.map(newId))],
      );
      return new Map(rows.map(({ who, id }) => [who, id]));
    },

    /** New CDRs with their decisions. */
    async insertDecided(tx: Tx, operatorId: OperatorId, records: readonly CdrRecord[]): Promise<void> {
      const rows = records.map(
        ({ key, cdr, source, digest, life, receivedAt, decidedAt, lateAfter, agreement, charge, sold, tariffs, period }) => ({
          key,
          owner: cdr.owner,
          buyer: cdr.token.issuer,
          source,
          digest,
          body: cdr,
          state: life.clearing.state,
          clearing: life.clearing,
          session_ref: cdr.sessionId?.toUpperCase(),
          session_id: life.clearing.state === 'accepted' ? life.clearing.sessionId : undefined,
          currency: cdr.currency,
          energy: cdr.energyMilliWh,
          net: charge && `${charge.net}`,
          tax: charge && `${charge.tax}`,
          gross: charge && `${charge.gross}`,
          agreement,
          outcome: charge && { charge, sold, tariffs },
          event_at: cdr.endedAt.toISOString(),
          received_at: receivedAt.toISOString(),
          decided_at: decidedAt.toISOString(),
          late_after: lateAfter?.toISOString(),
          period,
        }),
      );
      await sql(
        tx,
        `INSERT INTO settlement_cdr (operator_id, key, owner, buyer, source, digest, body, state, clearing, session_ref, session_id, currency,
                                     energy_milli_wh, net, tax, gross, agreement, outcome, event_at, received_at, decided_at, late_after, period)
         SELECT $1, key, owner, buyer, source, digest, body, state, clearing, session_ref, session_id, currency,
                energy, net, tax, gross, agreement, outcome, event_at, received_at, decided_at, late_after, period
           FROM jsonb_to_recordset($2::jsonb) AS r(key text, owner text, buyer text, source text, digest text, body jsonb, state text, clearing jsonb,
                session_ref text, session_id text, currency text, energy bigint, net bigint, tax bigint, gross bigint, agreement jsonb, outcome jsonb,
                event_at timestamptz, received_at timestamptz, decided_at timestamptz, late_after timestamptz, period text)`,
        [operatorId, toJson(rows)],
      );
    },

    /** Appends new entries of new CDRs. A key that is there already is a fault here, and nothing is written. */
    async postAll(tx: Tx, operatorId: OperatorId, postings: readonly Posting[]): Promise<void> {
      if (postings.length === 0) return;
      for (const { entry } of postings) {
        const fault = faultOf(entry);
        if (fault) throw new Error(`entry ${entry.key} is not postable: ${fault}`);
      }
      const column = (value: (posting: Posting) => string) => textArray(postings.map(value));
      // What is the same in every row goes over once: unnest fills a shorter column with nulls, and the statement takes its first instead.
      const shared = (value: (posting: Posting) => string) => {
        const values = postings.map(value);
        return textArray(values.every((each) => each === values[0]) ? values.slice(0, 1) : values);
      };
      const linked = postings.some(({ entry: { link, cdr } }) => link !== cdr);
      const salts = randomBytes(SALT_BYTES * postings.length).toString('hex');
      await sql(
        tx,
        `WITH entry AS (
           INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
           SELECT $1, key, coalesce(posting, ($3::text[])[1]), coalesce(currency, ($4::text[])[1]), accounts::text[], legs::bigint[],
                  coalesce(link, cdr), cdr, coalesce(seller, ($9::text[])[1]), coalesce(buyer, ($10::text[])[1]), event_at,
                  coalesce(posted_at, ($12::timestamptz[])[1]), coalesce(period, ($13::text[])[1]), coalesce(issuer, ($14::text[])[1]), salt
             FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[],
                         $12::timestamptz[], $13::text[], $14::text[], $15::text[])
               AS e(key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
           RETURNING operator_id, issuer, id
         ) INSERT INTO settlement_unsealed (operator_id, issuer, entry_id) SELECT operator_id, issuer, id FROM entry`,
        [
          operatorId,
          column(({ entry }) => entry.key),
          shared(({ entry }) => entry.posting),
          shared(({ entry }) => entry.currency),
          column(({ entry }) => textArray(entry.legs.map(({ account }) => account))),
          column(({ entry }) => `{${entry.legs.map((leg) => signed(leg)).join(',')}}`),
          linked ? column(({ entry }) => entry.link) : '{}',
          column(({ entry }) => entry.cdr),
          shared(({ entry }) => entry.seller),
          shared(({ entry }) => entry.buyer),
          column(({ entry }) => entry.eventAt.toISOString()),
          shared(({ postedAt }) => postedAt.toISOString()),
          shared(({ period }) => period),
          shared(({ issuer }) => issuer),
          textArray(postings.map((_, i) => salts.slice(i * 2 * SALT_BYTES, (i + 1) * 2 * SALT_BYTES))),
        ],
      );
    },
  };
}

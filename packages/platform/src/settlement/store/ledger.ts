import { randomBytes } from 'node:crypto';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import { type Account, type Balance, type Entry, faultOf, type Leg, type Posting, type Side, signed } from '../ledger.js';
import type { PeriodName } from '../period.js';
import type { PostedEntry } from '../seal.js';

export const ENTRY_COLUMNS = `id::text, key, posting, currency, accounts, legs::text[], link, cdr, seller, buyer, event_at, posted_at, period, reverses, issuer, salt`;

export interface EntryRow {
  id: string;
  key: string;
  posting: Posting;
  currency: string;
  accounts: Account[];
  legs: string[];
  link: string;
  cdr: string;
  seller: PartyId;
  buyer: PartyId;
  event_at: Date;
  posted_at: Date;
  period: string;
  reverses: string | null;
  issuer: PartyId;
  salt: string;
}

export function ledgerStore(sql: Sql) {
  return {
    /** Appends entries. One that is there already with the same legs is a repeat; with others it is a conflict, and nothing is posted. */
    async post(
      tx: Tx,
      operatorId: OperatorId,
      entries: readonly Entry[],
      at: { period: PeriodName; postedAt: Date; issuer: PartyId; salt?: string },
    ): Promise<number> {
      let added = 0;
      for (const entry of entries) {
        const fault = faultOf(entry);
        if (fault) throw new Error(`entry ${entry.key} is not postable: ${fault}`);
        const accounts = entry.legs.map(({ account }) => account);
        const legs = entry.legs.map((leg) => signed(leg).toString());
        const rows = await sql<{ id: string }>(
          tx,
          `WITH entry AS (
             INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, reverses, issuer, salt)
             VALUES ($1, $2, $3, $4, $5::text[], $6::bigint[], $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (operator_id, key) DO NOTHING RETURNING operator_id, issuer, id
           ) INSERT INTO settlement_unsealed (operator_id, issuer, entry_id) SELECT operator_id, issuer, id FROM entry RETURNING entry_id::text AS id`,
          [
            operatorId,
            entry.key,
            entry.posting,
            entry.currency,
            textArray(accounts),
            textArray(legs),
            entry.link,
            entry.cdr,
            entry.seller,
            entry.buyer,
            entry.eventAt,
            at.postedAt,
            at.period,
            entry.reverses ?? null,
            at.issuer,
            at.salt ?? randomBytes(16).toString('hex'),
          ],
        );
        added += rows.length;
        if (rows.length === 1) continue;
        const [there] = await sql<{ same: boolean }>(
          tx,
          'SELECT (accounts = $3::text[] AND legs = $4::bigint[] AND currency = $5) AS same FROM settlement_entry WHERE operator_id = $1 AND key = $2',
          [operatorId, entry.key, textArray(accounts), textArray(legs), entry.currency],
        );
        if (!there?.same) throw new Error(`entry ${entry.key} was posted before with other legs`);
      }
      return added;
    },

    async entriesOf(tx: Tx | undefined, operatorId: OperatorId, cdrs: readonly string[]): Promise<PostedEntry[]> {
      const rows = await sql<EntryRow>(
        tx,
        `SELECT ${ENTRY_COLUMNS} FROM settlement_entry WHERE operator_id = $1 AND cdr = ANY($2::text[]) ORDER BY id`,
        [operatorId, textArray(cdrs)],
      );
      return rows.map(readEntry);
    },

    /** Who stands behind the account names of drivers, where that was not erased. */
    async drivers(operatorId: OperatorId): Promise<Map<string, string>> {
      const rows = await sql<{ id: string; who: string }>(
        undefined,
        `SELECT id, issuer || '/' || uid AS who FROM settlement_driver WHERE operator_id = $1`,
        [operatorId],
      );
      return new Map(rows.map(({ id, who }) => [id, who]));
    },

    /** Balances from the log itself, up to a moment if given. */
    async balances(operatorId: OperatorId, until?: Date): Promise<Balance[]> {
      const rows = await sql<{ account: Account; currency: string; debits: string; credits: string }>(
        undefined,
        `SELECT account, currency, sum(greatest(leg, 0))::text AS debits, sum(greatest(-leg, 0))::text AS credits
           FROM settlement_entry e, unnest(e.accounts, e.legs) AS l(account, leg)
          WHERE e.operator_id = $1 AND ($2::timestamptz IS NULL OR e.posted_at <= $2)
          GROUP BY account, currency ORDER BY account COLLATE "C", currency`,
        [operatorId, until ?? null],
      );
      return rows.map(({ account, currency, debits, credits }) => ({
        account,
        currency,
        debits: BigInt(debits),
        credits: BigInt(credits),
      }));
    },
  };
}

export function readEntry(row: EntryRow): PostedEntry {
  const { id, key, posting, currency, link, cdr, seller, buyer, period, issuer, salt } = row;
  const legs = row.legs.map((text, i): Leg => {
    const minor = BigInt(text);
    const side: Side = minor > 0n ? 'debit' : 'credit';
    return { account: row.accounts[i]!, side, minor: minor > 0n ? minor : -minor };
  });
  return {
    id,
    key,
    posting,
    currency,
    legs,
    link,
    cdr,
    seller,
    buyer,
    period,
    issuer,
    salt,
    eventAt: row.event_at,
    postedAt: row.posted_at,
    ...(row.reverses === null ? {} : { reverses: row.reverses }),
  };
}

/** An array literal: account and party names hold neither quotes nor backslashes unless escaped here. */
export function textArray(values: readonly string[]): string {
  let text = '';
  for (const value of values) {
    const plain = !value.includes('"') && !value.includes('\\');
    text += `${text === '' ? '' : ','}"${plain ? value : value.replace(/["\\]/g, '\\$&')}"`;
  }
  return `{${text}}`;
}

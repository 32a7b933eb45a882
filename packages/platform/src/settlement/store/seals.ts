import type { SignedBlock } from '@evroam/ocpi/statement';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import type { Balance } from '../ledger.js';
import type { PostedEntry } from '../seal.js';
import { ENTRY_COLUMNS, type EntryRow, readEntry, textArray } from './ledger.js';

export interface StoredBlock extends SignedBlock {
  hash: string;
}

interface BlockRow {
  height: number;
  previous: string;
  root: string;
  count: number;
  sealed_at: Date;
  signature: string;
  hash: string;
}

export function sealStore(sql: Sql) {
  return {
    /** Who has entries that no block holds yet. */
    async unsealedIssuers(operatorId?: OperatorId): Promise<{ operatorId: OperatorId; issuer: PartyId }[]> {
      return sql(
        undefined,
        `SELECT DISTINCT operator_id AS "operatorId", issuer FROM settlement_unsealed WHERE ($1::text IS NULL OR operator_id = $1) LIMIT 1000`,
        [operatorId ?? null],
      );
    },

    /** The next entries to seal, in the order of the log; only the holder of the issuer's lock asks. */
    async unsealed(tx: Tx, operatorId: OperatorId, issuer: PartyId, limit: number): Promise<PostedEntry[]> {
      const rows = await sql<EntryRow>(
        tx,
        `SELECT ${ENTRY_COLUMNS} FROM settlement_entry WHERE operator_id = $1 AND id IN
           (SELECT entry_id FROM settlement_unsealed WHERE operator_id = $1 AND issuer = $2 ORDER BY entry_id LIMIT $3) ORDER BY settlement_entry.id`,
        [operatorId, issuer, limit],
      );
      return rows.map(readEntry);
    },

    async lastBlock(tx: Tx | undefined, operatorId: OperatorId, issuer: PartyId): Promise<StoredBlock | undefined> {
      const rows = await sql<BlockRow>(
        tx,
        'SELECT * FROM settlement_block WHERE operator_id = $1 AND issuer = $2 ORDER BY height DESC LIMIT 1',
        [operatorId, issuer],
      );
      return rows[0] && readBlock(rows[0]);
    },

    /** Writes a block, its leaves and the balances up to it; its entries wait no longer. */
    async saveBlock(
      tx: Tx,
      operatorId: OperatorId,
      issuer: PartyId,
      block: StoredBlock,
      leaves: readonly { entryId: string; hash: string }[],
      movements: readonly Balance[],
    ): Promise<void> {
      const { height, previous, root, count, sealedAt, signature, hash } = block;
      await sql(
        tx,
        `INSERT INTO settlement_block (operator_id, issuer, height, previous, root, count, sealed_at, signature, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [operatorId, issuer, height, previous, root, count, sealedAt, signature, hash],
      );
      const ids = textArray(leaves.map(({ entryId }) => entryId));
      await sql(
        tx,
        `INSERT INTO settlement_leaf (operator_id, issuer, block, position, entry_id, hash)
         SELECT $1, $2, $3, n - 1, id, hash FROM unnest($4::bigint[], $5::text[]) WITH ORDINALITY AS l(id, hash, n)`,
        [operatorId, issuer, height, ids, textArray(leaves.map((leaf) => leaf.hash))],
      );
      await sql(tx, 'DELETE FROM settlement_unsealed WHERE operator_id = $1 AND issuer = $2 AND entry_id = ANY($3::bigint[])', [
        operatorId,
        issuer,
        ids,
      ]);
      await sql(
        tx,
        `INSERT INTO settlement_balance (operator_id, account, currency, debits, credits)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::numeric[], $5::numeric[])
         ON CONFLICT (operator_id, account, currency)
         DO UPDATE SET debits = settlement_balance.debits + EXCLUDED.debits, credits = settlement_balance.credits + EXCLUDED.credits`,
        [
          operatorId,
          textArray(movements.map(({ account }) => account)),
          textArray(movements.map(({ currency }) => currency)),
          textArray(movements.map(({ debits }) => debits.toString())),
          textArray(movements.map(({ credits }) => credits.toString())),
        ],
      );
    },

    async blocks(operatorId: OperatorId, issuer: PartyId, heights: readonly number[]): Promise<StoredBlock[]> {
      const rows = await sql<BlockRow>(
        undefined,
        'SELECT * FROM settlement_block WHERE operator_id = $1 AND issuer = $2 AND height = ANY($3::int[]) ORDER BY height',
        [operatorId, issuer, textArray(heights.map(String))],
      );
      return rows.map(readBlock);
    },

    /** All leaves of some blocks, in order: what paths are made of. */
    async leaves(
      operatorId: OperatorId,
      issuer: PartyId,
      heights: readonly number[],
    ): Promise<{ block: number; entryId: string; hash: string }[]> {
      return sql(
        undefined,
        `SELECT block, entry_id::text AS "entryId", hash FROM settlement_leaf
          WHERE operator_id = $1 AND issuer = $2 AND block = ANY($3::int[]) ORDER BY block, position`,
        [operatorId, issuer, textArray(heights.map(String))],
      );
    },

    /** Blocks in order, from a height on. */
    async blocksFrom(operatorId: OperatorId, issuer: PartyId, height: number, limit: number): Promise<StoredBlock[]> {
      const rows = await sql<BlockRow>(
        undefined,
        'SELECT * FROM settlement_block WHERE operator_id = $1 AND issuer = $2 AND height >= $3 ORDER BY height LIMIT $4',
        [operatorId, issuer, height, limit],
      );
      return rows.map(readBlock);
    },

    /** Everyone of ours who sealed something. */
    async issuers(operatorId: OperatorId): Promise<PartyId[]> {
      const rows = await sql<{ issuer: PartyId }>(
        undefined,
        'SELECT DISTINCT issuer FROM settlement_block WHERE operator_id = $1 ORDER BY issuer',
        [operatorId],
      );
      return rows.map(({ issuer }) => issuer);
    },

    /** The entries of a block, in its order. */
    async entriesIn(operatorId: OperatorId, issuer: PartyId, height: number): Promise<PostedEntry[]> {
      const rows = await sql<EntryRow>(
        undefined,
        `SELECT ${ENTRY_COLUMNS.replaceAll(/\b(id|issuer)\b/g, 'e.$1')} FROM settlement_leaf l JOIN settlement_entry e ON e.operator_id = l.operator_id AND e.id = l.entry_id
          WHERE l.operator_id = $1 AND l.issuer = $2 AND l.block = $3 ORDER BY l.position`,
        [operatorId, issuer, height],
      );
      return rows.map(readEntry);
    },

    /** The totals as they were kept with the blocks. */
    async sealedBalances(operatorId: OperatorId): Promise<Balance[]> {
      const rows = await sql<{ account: Balance['account']; currency: string; debits: string; credits: string }>(
        undefined,
        `SELECT account, currency, debits::text AS debits, credits::text AS credits FROM settlement_balance
          WHERE operator_id = $1 ORDER BY account COLLATE "C", currency`,
        [operatorId],
      );
      return rows.map(({ account, currency, debits, credits }) => ({
        account,
        currency,
        debits: BigInt(debits),
        credits: BigInt(credits),
      }));
    },

    /** The block of each entry. */
    async blocksOf(operatorId: OperatorId, entryIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await sql<{ id: string; block: number }>(
        undefined,
        'SELECT entry_id::text AS id, block FROM settlement_leaf WHERE operator_id = $1 AND entry_id = ANY($2::bigint[])',
        [operatorId, textArray(entryIds)],
      );
      return new Map(rows.map(({ id, block }) => [id, block]));
    },
  };
}

function readBlock({ height, previous, root, count, sealed_at, signature, hash }: BlockRow): StoredBlock {
  return { height, previous, root, count, sealedAt: sealed_at.toISOString(), signature, hash };
}

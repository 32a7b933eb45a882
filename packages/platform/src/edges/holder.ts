import type { Tx } from '../kernel/transact.js';
import { createGather } from './gather.js';
import type { Migration } from './migrate.js';
import type { Sql } from './sql.js';

/** Who may act for something at the moment: the newest claim, and nobody else. */
export interface Hold {
  name: string;
  epoch: string;
}

/** A newer claim has taken its place: what was to be written is not. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

export interface Holders {
  /** Takes the place of whoever held it. Undefined when a newer claim was faster. */
  claim(name: string, node: string): Promise<Hold | undefined>;
  /** In the transaction of a write: throws `Overtaken` unless this hold is the newest, and keeps it so until the transaction ends. */
  check(tx: Tx, hold: Hold): Promise<void>;
}

/** A place has one holder; a claim has the next number of a sequence, so that all nodes agree on which one is the newest. */
export const holderMigrations: readonly Migration[] = [
  {
    name: 'holder-001',
    up: [
      'CREATE SEQUENCE holder_epoch',
      `CREATE TABLE holder (
        name text PRIMARY KEY,
        epoch bigint NOT NULL,
        node text NOT NULL,
        claimed_at timestamptz NOT NULL
      )`,
    ],
  },
];

/** SQL of one row while the hold of these two expressions is the newest, else of none; `OFFSET 0` has each looked up in the index, not all holders read. */
export const HELD = (name: string, epoch: string) => `SELECT FROM holder h WHERE h.name = ${name} AND h.epoch = ${epoch} OFFSET 0`;

export function createHolders(sql: Sql): Holders {
  const claim = createGather<{ name: string; node: string }, Hold | undefined>({
    key: ({ name }) => name,
    async run(claims) {
      const rows = await sql.prepared<Hold>(
        'holder-claim',
        `INSERT INTO holder (name, epoch, node, claimed_at) SELECT n, nextval('holder_epoch'), o, clock_timestamp() FROM unnest($1::text[], $2::text[]) u(n, o)
         ON CONFLICT (name) DO UPDATE SET epoch = EXCLUDED.epoch, node = EXCLUDED.node, claimed_at = EXCLUDED.claimed_at
           WHERE holder.epoch < EXCLUDED.epoch
         RETURNING name, epoch::text AS epoch`,
        [claims.map(({ name }) => name), claims.map(({ node }) => node)],
      );
      const holds = new Map(rows.map((hold) => [hold.name, hold]));
      return claims.map(({ name }) => holds.get(name));
    },
  });
  return {
    claim: (name, node) => claim({ name, node }),
    async check(tx, { name, epoch }) {
      const rows = await sql(tx, 'SELECT 1 FROM holder WHERE name = $1 AND epoch = $2::bigint FOR SHARE', [name, epoch]);
      if (rows.length === 0) throw new Overtaken(`a newer connection of ${name} has taken over`);
    },
  };
}

// The ledger as PostgreSQL holds it, read past the code under test: what must hold of it after every step.
import { expect } from 'chai';
import type { TestDatabase } from '../../edges/testing.js';

interface LoggedEntry {
  id: string;
  text: string;
  currency: string;
  accounts: readonly string[];
  legs: readonly string[];
  posted_at: Date;
}

type Sums = Map<string, { debits: bigint; credits: bigint }>;

/** Watches one history: called after each of its steps. */
export function watchLog({ sql }: Pick<TestDatabase, 'sql'>): () => Promise<void> {
  let seen = new Map<string, string>();
  let totals: Sums = new Map();
  return async () => {
    const entries = await sql<LoggedEntry>(
      undefined,
      `SELECT id::text, row_to_json(e)::text AS text, currency, accounts, legs::text[], posted_at FROM settlement_entry e ORDER BY e.id`,
    );
    const now = new Map(entries.map(({ id, text }) => [id, text]));
    for (const [id, text] of seen) expect(now.get(id), `entry ${id} as it was`).to.equal(text);
    for (const { id, legs } of entries) {
      expect(legs.length, `legs of entry ${id}`).to.be.at.least(2);
      expect(legs.includes('0'), `a leg of nothing in entry ${id}`).to.equal(false);
      expect(
        legs.reduce((sum, leg) => sum + BigInt(leg), 0n),
        `entry ${id}`,
      ).to.equal(0n);
    }
    const sums = sumsOf(entries);
    for (const [account, { debits, credits }] of totals) {
      const grown = sums.get(account)!;
      expect(grown.debits >= debits && grown.credits >= credits, `${account} never falls`).to.equal(true);
    }
    await checkKept(sql, entries);
    seen = now;
    totals = sums;
  };
}

function sumsOf(entries: readonly LoggedEntry[]): Sums {
  const sums: Sums = new Map();
  for (const { accounts, legs, currency } of entries) {
    for (const [i, account] of accounts.entries()) {
      const minor = BigInt(legs[i]!);
      const { debits, credits } = sums.get(`${account} ${currency}`) ?? { debits: 0n, credits: 0n };
      sums.set(`${account} ${currency}`, minor > 0n ? { debits: debits + minor, credits } : { debits, credits: credits - minor });
    }
  }
  return sums;
}

/** The balances kept with the blocks are the sums of what is in a block, and blocks hold the entries in the order of the log. */
async function checkKept(sql: TestDatabase['sql'], entries: readonly LoggedEntry[]): Promise<void> {
  const leaves = await sql<{ id: string; issuer: string }>(
    undefined,
    'SELECT entry_id::text AS id, issuer FROM settlement_leaf ORDER BY issuer, block, position',
  );
  for (const [i, { id, issuer }] of leaves.entries()) {
    const before = leaves[i - 1];
    if (before?.issuer === issuer) expect(Number(id), `the place of entry ${id} in the blocks`).to.be.above(Number(before.id));
  }
  const sealed = new Set(leaves.map(({ id }) => id));
  const kept = await sql<{ account: string; debits: string; credits: string }>(
    undefined,
    `SELECT account || ' ' || currency AS account, debits::text, credits::text FROM settlement_balance`,
  );
  const sums = sumsOf(entries.filter(({ id }) => sealed.has(id)));
  const shown = (list: Iterable<readonly [string, { debits: bigint; credits: bigint }]>) =>
    [...list].map(([account, { debits, credits }]) => `${account} ${debits} ${credits}`).sort();
  expect(
    shown(kept.map(({ account, debits, credits }) => [account, { debits: BigInt(debits), credits: BigInt(credits) }] as const)),
  ).to.deep.equal(shown(sums));
}

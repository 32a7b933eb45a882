// What somebody might write into the tables of settlement by hand. Each is undone, and tells the SQLSTATE by which it was refused.
import { sqlState } from '../../edges/sql-state.js';
import type { TestDatabase } from '../../edges/testing.js';
import { OPERATOR } from '../fixture.test.js';

type Write = (database: Pick<TestDatabase, 'sql' | 'transact'>) => Promise<string>;

class Undone extends Error {}

/** Writes by hand, each on one row of the history: the `which`-th, round and round. */
export function writesPast(which: number): Record<string, Write> {
  const entries = 'FROM settlement_entry e';
  const cdrs = 'FROM settlement_cdr e';
  /** A statement in which $1 is the operator and $2 the key of the row. */
  const on =
    (from: string, ...steps: readonly string[]): Write =>
    async ({ sql, transact }) => {
      const found = await sql<{ key: string }>(undefined, `SELECT e.key::text ${from} ORDER BY e.key`);
      const row = found[which % Math.max(1, found.length)];
      if (!row) return 'nothing to write on';
      try {
        await transact(async (tx) => {
          for (const step of steps) await sql(tx, step, step.includes('$') ? [OPERATOR, row.key] : []);
          throw new Undone('it was taken');
        });
      } catch (error) {
        return error instanceof Undone ? 'taken' : (sqlState(error) ?? String(error));
      }
      return 'taken';
    };
  const anew = (operator: string, key: string, period: string, accounts: string, legs: string) =>
    `INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
     SELECT ${operator}, ${key}, posting, currency, ${accounts}, ${legs}, link, cdr, seller, buyer, event_at, posted_at, ${period}, issuer, salt
       FROM settlement_entry WHERE operator_id = $1 AND key = $2`;
  const december = `INSERT INTO settlement_period (operator_id, name) SELECT $1, '2026-12' WHERE $2 <> '' ON CONFLICT DO NOTHING`;
  return {
    'an entry with a leg of more': on(
      entries,
      december,
      anew('$1', "$2 || '/x'", "'2026-12'", 'accounts', 'array_append(legs[2:], legs[1] + 1)'),
    ),
    'an entry of one leg': on(entries, december, anew('$1', "$2 || '/x'", "'2026-12'", 'accounts[1:1]', 'legs[1:1]')),
    'an entry with a leg of nothing': on(
      entries,
      december,
      anew('$1', "$2 || '/x'", "'2026-12'", "array_append(accounts, 'cost')", 'array_append(legs, 0::bigint)'),
    ),
    'an entry twice': on(entries, december, anew('$1', '$2', "'2026-12'", 'accounts', 'legs')),
    'an entry into the closed month': on(entries, anew('$1', "$2 || '/x'", "'2026-11'", 'accounts', 'legs')),
    "an entry of another operator for this one's CDR": on(
      entries,
      `INSERT INTO settlement_period (operator_id, name) VALUES ('op-2', '2026-12')`,
      anew("'op-2'", "$2 || '/x'", "'2026-12'", 'accounts', 'legs'),
    ),
    'another amount in an entry': on(
      entries,
      'UPDATE settlement_entry SET legs = (SELECT array_agg(2 * l) FROM unnest(legs) AS l) WHERE operator_id = $1 AND key = $2',
    ),
    'no entry any more': on(entries, 'DELETE FROM settlement_entry WHERE operator_id = $1 AND key = $2'),
    'no entries at all': on(entries, 'TRUNCATE settlement_entry CASCADE'),
    'another root of a block': on(entries, "UPDATE settlement_block SET root = 'x' WHERE operator_id = $1 AND $2 <> ''"),
    'a leaf less': on(entries, "DELETE FROM settlement_leaf WHERE operator_id = $1 AND $2 <> ''"),
    'an accepted CDR back into the queue': on(
      `${cdrs} WHERE state = 'accepted'`,
      `UPDATE settlement_cdr SET state = 'held', gross = NULL, period = NULL, billing = 'open' WHERE operator_id = $1 AND key = $2`,
    ),
    'a declined CDR back into the queue': on(
      `${cdrs} WHERE state = 'declined'`,
      `UPDATE settlement_cdr SET state = 'held' WHERE operator_id = $1 AND key = $2`,
    ),
    'a credit taken back': on(
      `${cdrs} WHERE credit = 'full'`,
      `UPDATE settlement_cdr SET credit = 'none' WHERE operator_id = $1 AND key = $2`,
    ),
    'another CDR under its key': on(cdrs, `UPDATE settlement_cdr SET body = '{}' WHERE operator_id = $1 AND key = $2`),
    'no CDR any more': on(cdrs, 'DELETE FROM settlement_cdr WHERE operator_id = $1 AND key = $2'),
    'a second CDR of a settled session': on(
      `${cdrs} WHERE state = 'accepted' AND credit = 'none' AND session_id IS NOT NULL AND credit_of IS NULL`,
      `INSERT INTO settlement_cdr (operator_id, key, owner, buyer, source, digest, body, state, clearing, session_id, currency, energy_milli_wh, gross, event_at, received_at, decided_at, period)
       SELECT operator_id, key || '/x', owner, buyer, source, digest, body, state, clearing, session_id, currency, energy_milli_wh, gross, event_at, received_at, decided_at, period
         FROM settlement_cdr WHERE operator_id = $1 AND key = $2`,
    ),
    'another text of an issued statement': on(
      "FROM (SELECT id AS key FROM settlement_statement WHERE state = 'issued') e",
      `UPDATE settlement_statement SET bundle = '{}' WHERE operator_id = $1 AND id = $2`,
    ),
    'an action that nobody did': on(
      'FROM (SELECT id AS key FROM settlement_action) e',
      "UPDATE settlement_action SET actor = 'nobody' WHERE operator_id = $1 AND $2 <> ''",
    ),
  };
}

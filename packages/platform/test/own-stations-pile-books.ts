import { expect } from 'chai';
import type { TestDatabase } from '#edges/testing.js';
import { fromJson } from '#kernel/json.js';
import { decimalText } from '#kernel/quantity.js';
import { eventually, type Json, must } from './own-stations-fixture.js';
import type { KillableHub } from './own-stations-killable.js';
import type { PileMember } from './own-stations-piles.js';

interface SessionRow {
  id: string;
  trade: string;
  phase: string;
  held: boolean;
  mwh: string;
}
interface BillRow {
  trade: string;
  heard: Date;
  ended: string;
  done: boolean;
  checked: { verdict: string; faults: string[]; ours: string; shown: string };
}

/** A pile rounds each of its four bands to 10^-4 CNY. */
const TOLERANCE_CNY = 0.0004;
/** A clock may be ahead by so much before a person looks at what was billed by it. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** Registers, sessions and CDRs of piles say the same of each trade number; each is billed once, at what its model comes to. Gives a line for the log. */
export async function expectPileBooks(
  database: TestDatabase,
  hub: Pick<KillableHub, 'api'>,
  piles: readonly PileMember[],
): Promise<string> {
  const charges = piles.flatMap(({ charged }) => [...charged.values()]);
  const energyOf = new Map(charges.map(({ tradeNo, startMilliWh, endMilliWh }) => [tradeNo, endMilliWh! - startMilliWh]));
  const refused = piles.flatMap(({ refused: each }) => each);
  expect(
    charges.filter(({ endMilliWh }) => endMilliWh === undefined),
    'orders that did not end',
  ).to.deep.equal([]);
  expect(refused, 'bills that the hub called illegal').to.deep.equal([]);
  const select = <T extends object>(query: string) => database.sql<T>(undefined, query);
  const ofPiles = `station_id LIKE 'P-%'`;

  const bills = await select<BillRow>(
    `SELECT trade_no AS trade, heard_at AS heard, body->>'endTime' AS ended, is_done AS done, checked FROM gateway_ykc_bill ORDER BY trade_no`,
  );
  expect(bills.map(({ trade }) => trade)).to.deep.equal([...energyOf.keys()].sort());
  expect(bills.filter(({ done }) => !done)).to.deep.equal([]);
  expect(await select('SELECT trade_no FROM gateway_ykc_bill_conflict')).to.deep.equal([]);

  const sessions = await select<SessionRow>(
    `SELECT id, transaction_key AS trade, phase, held,
        (SELECT sum((p->>'energyMilliWh')::bigint) FROM jsonb_array_elements(state->'periods') p)::text AS mwh
       FROM charging_session WHERE ${ofPiles} ORDER BY transaction_key`,
  );
  expect(
    sessions.filter(({ phase }) => phase !== 'ended'),
    'sessions left open',
  ).to.deep.equal([]);
  // A start that failed, or a vehicle that took nothing, is billed too; whether a session was heard of it is chance.
  const wanted = [...energyOf].filter(([, milliWh]) => milliWh > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const nothing = sessions.filter(({ trade }) => energyOf.get(trade) === 0);
  const some = sessions.filter(({ trade }) => energyOf.get(trade) !== 0);
  expect(some.map(({ trade, mwh }) => [trade, Number(mwh)])).to.deep.equal(wanted);
  expect(nothing.every(({ mwh }) => mwh === '0')).to.equal(true);
  expect(new Set(nothing.map(({ trade }) => trade)).size).to.equal(nothing.length);

  await eventually(
    async () => {
      const [row] = await select<{ n: number }>(
        `SELECT count(*)::int AS n FROM charging_session s WHERE ${ofPiles} AND NOT held
            AND NOT EXISTS (SELECT FROM charging_cdr c WHERE c.session_id = s.id)`,
      );
      return row!.n === 0;
    },
    'the CDRs of piles',
    60_000,
  );
  const held = await select<SessionRow>(`SELECT id, transaction_key AS trade FROM charging_session WHERE ${ofPiles} AND held ORDER BY 2`);
  const isAhead = ({ heard, ended }: BillRow) => Date.parse(`${ended}+08:00`) - heard.getTime() > CLOCK_SLACK_MS;
  const wrong = new Set([
    ...charges.filter(({ isWrong }) => isWrong).map(({ tradeNo }) => tradeNo),
    ...bills.filter(isAhead).map(({ trade }) => trade),
  ]);
  const known = new Set(sessions.map(({ trade }) => trade));
  expect(held.map(({ trade }) => trade)).to.deep.equal([...wrong].filter((trade) => known.has(trade)).sort());
  for (const { id } of held) await must(hub.api, 'POST', `/sessions/${id}/release`, {});
  const cdrs = await eventually(
    async () => {
      const rows = await select<{ trade: string; body: unknown }>(
        `SELECT s.transaction_key AS trade, c.body FROM charging_cdr c JOIN charging_session s ON s.id = c.session_id WHERE ${ofPiles} ORDER BY 1`,
      );
      return rows.length >= sessions.length && rows.map(({ trade, body }) => ({ trade, body: fromJson<Json>(body) }));
    },
    'the CDRs of released sessions',
    60_000,
  );
  expect(cdrs.map(({ trade, body }) => [trade, body.energyMilliWh])).to.deep.equal(sessions.map(({ trade, mwh }) => [trade, Number(mwh)]));

  // The engine prices a session to what the bill was checked against, and that is what the driver saw, rounded.
  const total = new Map(cdrs.map(({ trade, body }) => [trade, decimalText(body.total.afterTaxes, 9, 4)]));
  for (const { trade, checked } of bills) {
    expect(checked.verdict, `${trade}: ${checked.faults}`).to.equal(wrong.has(trade) ? 'held' : 'agreed');
    // One that was priced by a wrong clock is priced again by the right one.
    if (!total.has(trade) || checked.faults.includes('timeImpossible')) continue;
    expect(total.get(trade), trade).to.equal(checked.ours);
    if (checked.verdict === 'agreed') expect(Math.abs(Number(checked.shown) - Number(checked.ours))).to.be.at.most(TOLERANCE_CNY);
  }
  const milliWh = wanted.reduce((sum, [, each]) => sum + each, 0);
  return `${piles.length} piles: ${bills.length} bills, ${sessions.length} sessions (${nothing.length} of no energy), ${milliWh / 1_000_000} kWh, ${held.length} held and released`;
}

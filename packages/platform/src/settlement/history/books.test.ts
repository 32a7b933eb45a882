// What must hold of the books of a random history: told by the plots and by sums made here, not by the code under test.
import { recompute, type StatementBundle, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import type { OperatorId } from '../../kernel/ids.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import { OPERATOR, OURS, PUBLIC_KEY, type World } from '../fixture.test.js';
import { balanceOf, type Entry, fold, imbalance } from '../ledger.js';
import type { CdrSummary } from '../record.js';
import type { SettlementService } from '../service.js';
import { endOf, PAIRS, pairBetween, type Story } from './stories.test.js';

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  ours: ['P1c'],
  theirs: ['P1d', 'P9'],
  agent: ['P1a'],
  principal: ['P1b.purchase', 'P1b.sale'],
};

/**
 * Every CDR ended as its plot says, and what was credited left nothing behind. `swept: false` while settlement did not look again at
 * what waits: only a session that came after its CDR needs that.
 */
export async function checkEnds(settlement: SettlementService, told: readonly Story[], { swept = true } = {}): Promise<void> {
  for (const [n, story] of told.entries()) {
    if (!swept && story.plot === 'late session') continue;
    for (const [key, state] of endOf(story, n)) {
      const record = await settlement.cdr(OPERATOR, key);
      expect(record?.life.clearing.state, `${key} of ${story.plot}`).to.equal(state);
      if (record?.life.credit !== 'full') continue;
      const both = [...(await settlement.entriesOf(OPERATOR, key)), ...(await settlement.entriesOf(OPERATOR, `${key}-C`))];
      for (const balance of fold(both)) expect(balanceOf(balance), `${key} ${balance.account}`).to.equal(0n);
    }
  }
  expect(await settlement.counts('op-2' as OperatorId), 'of another operator').to.deep.equal({});
  for await (const { key } of everyCdr(settlement)) expect(await settlement.cdr('op-2' as OperatorId, key)).to.equal(undefined);
}

/** The invariants that hold after every step. `handed` counts the CDRs that were handed over, repeats included. */
export async function checkBooks(settlement: SettlementService, handed?: number): Promise<void> {
  const { imbalance: apart } = await settlement.trialBalance(OPERATOR);
  for (const [currency, minor] of Object.entries(apart)) expect(minor, `debits and credits in ${currency}`).to.equal(0n);
  const counts = await settlement.counts(OPERATOR);
  if (handed !== undefined)
    expect(
      Object.values(counts).reduce((sum, n) => sum + n, 0),
      'nothing vanishes',
    ).to.equal(handed);
  for await (const { key, state, creditOf: original } of everyCdr(settlement)) {
    const entries = await settlement.entriesOf(OPERATOR, key);
    const postings = entries.map(({ posting }) => posting).filter((posting) => !posting.startsWith('P2'));
    const record = (await settlement.cdr(OPERATOR, key))!;
    if (state !== 'accepted') expect(postings, `${key} is ${state}`).to.deep.equal([]);
    else if (original !== undefined)
      expect(
        entries.every(({ posting, reverses }) => posting === 'P3' && reverses !== undefined),
        key,
      ).to.equal(true);
    else if (record.charge?.gross !== 0n) expect(postings.sort(), key).to.deep.equal([...EXPECTED[roleOf(record.cdr)]!]);
    for (const entry of entries) expect(imbalance(sides(entry))[entry.currency], entry.key).to.equal(0n);
  }
}

function roleOf(c: Cdr): string {
  if (c.owner === OURS) return 'ours';
  if (c.token.issuer === OURS) return 'theirs';
  return pairBetween(c.owner, c.token.issuer).agreement.sellerModel;
}

function sides({ currency, legs }: Entry) {
  return legs.map(({ account, side, minor }) => ({
    account,
    currency,
    debits: side === 'debit' ? minor : 0n,
    credits: side === 'credit' ? minor : 0n,
  }));
}

/** Closes the month and checks that accepted CDRs and lines are one-to-one, and that every statement proves itself. */
export async function checkClosing(settlement: SettlementService, world: World): Promise<void> {
  const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'anna', reason: 'month end' });
  if (!closed.accepted) throw new Error(closed.reason);
  const stated = new Map<string, number>();
  const all = await allCdrs(settlement);
  for (const statement of closed.statements) {
    expect(statement.state, statement.id).to.equal('issued');
    const text = (await settlement.bundle(OPERATOR, statement.id))!;
    expect(verify(text, { publicKey: PUBLIC_KEY }), statement.id).to.deep.equal({ ok: true });
    const own = new Map([...world.exchangedOf].map(([key, bytes]) => [key.replace('-', '*').replace('/', '*'), bytes]));
    expect(
      recompute(text, { cdrs: own }).lines.flatMap(({ faults }) => faults),
      statement.id,
    ).to.deep.equal([]);
    const { lines, entries } = JSON.parse(text) as StatementBundle;
    for (const { cdr: one } of lines) {
      const key = `${one?.countryCode}-${one?.partyId}/${one?.id.toUpperCase()} ${statement.account}`;
      stated.set(key, (stated.get(key) ?? 0) + 1);
    }
    expect(
      lines.reduce((sum, { due }) => sum + BigInt(due), 0n),
      statement.id,
    ).to.equal(statement.due);
    // A credit repeats the energy of its original on the wire; in a sum it is taken away.
    const inside = all.filter((one) => one.owner === statement.seller && one.buyer === statement.buyer && one.period === statement.period);
    const energy = inside.reduce((sum, one) => sum + (one.creditOf === undefined ? one.energyMilliWh : -one.energyMilliWh), 0);
    expect(statement.energyMilliWh, statement.id).to.equal(energy);
    // Nobody sees what is another's: each leg shown is one of the counterparty's own account, and no other pair's CDR or party is named.
    const foreign = entries.flatMap(({ legs }) => legs).filter((leg) => 'account' in leg && leg.account !== statement.account);
    expect(foreign, statement.id).to.deep.equal([]);
    for (const one of all.filter(({ owner, buyer }) => owner !== statement.seller || buyer !== statement.buyer))
      expect(text.includes(`"${one.key.split('/')[1]}"`), `${one.key} in ${statement.id}`).to.equal(false);
    for (const party of strangersTo(statement)) expect(text.includes(party), `${party} in ${statement.id}`).to.equal(false);
  }
  for (const owner of new Set(all.map((one) => one.owner as PartyId))) {
    const told = await settlement.declines(OPERATOR, { owner, limit: 500 });
    expect(
      told.items.filter((one) => one.owner !== owner),
      `declines of ${owner}`,
    ).to.deep.equal([]);
  }
  const owed = new Map<string, number>();
  for (const { key, state, owner, buyer } of all) {
    if (state !== 'accepted') continue;
    if (buyer !== OURS) owed.set(`${key} receivable:${buyer}`, 1);
    if (owner !== OURS) owed.set(`${key} payable:${owner}`, 1);
  }
  expect([...stated].sort(), 'each accepted CDR is stated once').to.deep.equal([...owed].sort());
  const { balances } = await settlement.trialBalance(OPERATOR);
  for (const { account, currency, debits, credits } of balances) {
    if (!account.startsWith('receivable:') && !account.startsWith('payable:')) continue;
    const total = closed.statements.filter((s) => s.account === account && s.currency === currency).reduce((sum, s) => sum + s.due, 0n);
    expect(total, `${account} ${currency}`).to.equal(account.startsWith('receivable:') ? debits - credits : credits - debits);
  }
  expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  const run = await settlement.run(OPERATOR, '2026-11');
  expect(run.differing, 'priced again from the normalised columns').to.deep.equal([]);
  expect((await settlement.run(OPERATOR, '2026-11')).digest).to.equal(run.digest);
  for (const { seller, buyer, currency, agreement, cdrs, gross, energyMilliWh } of run.groups) {
    const of = closed.statements.filter(
      (s) => s.seller === seller && s.buyer === buyer && s.currency === currency && s.agreement === agreement,
    );
    for (const s of of) expect([s.lines, `${s.gross}`, s.energyMilliWh], s.id).to.deep.equal([cdrs, gross, energyMilliWh]);
  }
}

/** Every other party, as accounts and keys write it. */
function strangersTo({ seller, buyer, issuer }: { seller: PartyId; buyer: PartyId; issuer: PartyId }): Set<string> {
  const parties = PAIRS.flatMap(({ agreement: terms }) => [terms.seller, terms.buyer]);
  return new Set(parties.filter((party) => party !== seller && party !== buyer && party !== issuer));
}

export async function* everyCdr(settlement: SettlementService) {
  for (let after: string | undefined; ; ) {
    const page = await settlement.cdrs(OPERATOR, { limit: 500, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}

export async function allCdrs(settlement: SettlementService): Promise<CdrSummary[]> {
  const all: CdrSummary[] = [];
  for await (const one of everyCdr(settlement)) all.push(one);
  return all;
}

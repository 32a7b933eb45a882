import { recompute, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import { type Cdr, cdrKey } from '../model/cdr.js';
import { agreement, CPO, cdr, creditOf, EMSP, forget, NOON, OPERATOR, OURS, PUBLIC_KEY, World, wireOf } from './fixture.test.js';
import { createSettlement, migrations, type SettlementService } from './index.js';
import { balanceOf } from './ledger.js';
import { createRun } from './service/run.js';
import { createStore } from './store.js';

describe('settlement on PostgreSQL', () => {
  let database: TestDatabase;
  let world: World;
  let settlement: SettlementService;
  let now = NOON;

  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  beforeEach(async () => {
    now = new Date('2026-11-12T00:00:00Z');
    world = new World(agreement(OURS, EMSP), agreement(CPO, OURS, { retail: { markUpRate: 100_000, startFee: 250_000_000n } }));
    settlement = createSettlement({ ports: world, transact: database.transact, clock: { now: () => now, rate: 1 } }, { sql: database.sql });
    await forget(database);
  });

  const balances = async () =>
    Object.fromEntries(
      (await settlement.trialBalance(OPERATOR)).balances.map((b) => [b.account.replace(/[0-9a-f-]{36}/, '*'), Number(balanceOf(b))]),
    );
  const record = (c: Cdr, source: 'own' | 'partner' = 'own') => {
    world.know(c);
    return settlement.record(OPERATOR, c, source);
  };

  it('posts an own CDR as a claim against the partner, by fee type, with its tax', async () => {
    expect((await record(cdr())).state).to.equal('accepted');
    // 20 kWh by day: 5.00 electricity, 2.00 service, 0.50 start = 7.50; 21 % = 1.575.
    expect(await balances()).to.deep.equal({
      'receivable:NL-EVM': 908,
      'revenue:electricity': 500,
      'revenue:service': 200,
      'revenue:start': 50,
      'taxDue:NLD': 158,
    });
  });

  it("posts a partner's CDR as a purchase, and what our driver owes us for it", async () => {
    const theirs = cdr({ owner: CPO });
    expect((await record(theirs, 'partner')).state).to.equal('accepted');
    // Sold with 10 % and 0.25 to start on top: 7.50 + 0.75 + 0.25 = 8.50, with 21 % 10.285.
    expect(await balances()).to.deep.equal({
      cost: 750,
      'driverReceivable:*': 1029,
      'inputTax:NLD': 158,
      'payable:DE-ABC': 908,
      'revenue:electricity': 500,
      'revenue:service': 275,
      'revenue:start': 75,
      'taxDue:NLD': 179,
    });
    const entries = await settlement.entriesOf(OPERATOR, cdrKey(CPO, theirs.id));
    expect(entries.map(({ posting, link }) => `${posting} ${link}`)).to.deep.equal(['P1d DE-ABC/CDR-1', 'P9 DE-ABC/CDR-1']);
  });

  it('takes the same CDR twice as one, and other content under its id as a conflict', async () => {
    await record(cdr());
    expect(await settlement.record(OPERATOR, cdr({ changes: { id: 'cdr-1', updatedAt: NOON } }), 'own')).to.include({ state: 'conflict' });
    expect(await settlement.record(OPERATOR, cdr({ changes: { updatedAt: NOON } }), 'own')).to.include({ state: 'accepted' });
    expect(await settlement.record(OPERATOR, cdr({ energyMilliWh: 1 }), 'own')).to.include({ state: 'conflict' });
    expect((await balances())['receivable:NL-EVM']).to.equal(908);
  });

  it('closes a period into statements that each partner verifies and computes again from its own CDRs', async () => {
    const ours = [cdr({ id: 'A' }), cdr({ id: 'B', startedAt: new Date('2026-11-10T20:30:00Z'), minutes: 120, energyMilliWh: 33_333_333 })];
    const credit = creditOf(ours[0]!);
    const theirs = cdr({ owner: CPO, id: 'X' });
    for (const c of [...ours, credit]) expect((await record(c)).state, c.id).to.equal('accepted');
    expect((await record(theirs, 'partner')).state).to.equal('accepted');
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'anna', reason: 'month end' });
    if (!closed.accepted) throw new Error(closed.reason);
    // The credit repeats the energy of A on the wire; reported it is taken away.
    expect(closed.statements.map(({ id, state, lines, energyMilliWh }) => [id, state, lines, energyMilliWh])).to.deep.equal([
      ['2026-11.v1.DE-ABC.NL-EVR.payable.EUR.a1', 'issued', 1, 20_000_000],
      ['2026-11.v1.NL-EVR.NL-EVM.receivable.EUR.a1', 'issued', 3, 33_333_333],
    ]);
    const own = new Map([...ours, credit, theirs].map((c) => [c.id, wireOf(c)]));
    for (const { id } of closed.statements) {
      const text = (await settlement.bundle(OPERATOR, id))!;
      expect(verify(text, { publicKey: PUBLIC_KEY })).to.deep.equal({ ok: true });
      const again = recompute(text, { cdrs: own });
      expect(again.lines.flatMap(({ faults }) => faults)).to.deep.equal([]);
      expect(again.lines.every(({ ok, ownCdr }) => ok && ownCdr === 'equal')).to.equal(true);
      expect(JSON.parse(text).lines.every(({ basis }: { basis: string }) => basis === 'rated')).to.equal(true);
      const at = text.indexOf('"due":"') + 7;
      const tampered = verify(text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1), { publicKey: PUBLIC_KEY });
      expect(tampered.ok ? [] : tampered.faults.map(({ pointer }) => pointer)).to.include('/lines/0');
    }
    expect((await settlement.trialBalance(OPERATOR)).imbalance).to.deep.equal({ EUR: 0n });
  });

  it('never touches a rated CDR again, whatever becomes of its agreement and tariff', async () => {
    await record(cdr());
    const before = await settlement.canonicalStateDigest(OPERATOR);
    world.agree(agreement(OURS, EMSP, { version: 2, tax: { name: 'VAT', rate: 90_000 }, taxTreatment: 'exempt', rounding: 'perLine' }));
    world.tariffsOf.clear();
    await settlement.sweep();
    await settlement.seal();
    expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(before);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'anna', reason: 'month end' });
    expect(closed.accepted && closed.statements.map(({ agreement: terms, gross }) => [terms, gross])).to.deep.equal([
      ['AGR-NL-EVR-NL-EVM@1', 908n],
    ]);
  });

  it('a settlement run gives the same however much it reads at a time: prices, credits and free sessions', async () => {
    for (let n = 0; n < 5; n += 1) await record(cdr({ id: `R${n}`, energyMilliWh: 20_000_000 + n }));
    await record(creditOf(cdr({ id: 'R1', energyMilliWh: 20_000_001 })));
    await record(cdr({ id: 'FREE', tariffs: [] }));
    const whole = await settlement.run(OPERATOR, '2026-11');
    expect(whole.groups).to.have.length(1);
    expect(whole.groups[0]).to.include({ cdrs: 7, energyMilliWh: 100_000_009, gross: String(4 * 908) });
    for (const chunk of [1, 2, 7, 8]) {
      const { run } = createRun({ store: createStore(database.sql), transact: database.transact }, chunk);
      const seen: number[] = [];
      expect(await run(OPERATOR, '2026-11', (done) => seen.push(done)), `${chunk} at a time`).to.deep.equal(whole);
      expect(seen.at(-1)).to.equal(7);
    }
    // Another amount in the books than the price makes: named.
    await database.sql(undefined, "UPDATE settlement_priced SET gross = gross + 1 WHERE key LIKE '%/R3'");
    expect((await settlement.run(OPERATOR, '2026-11')).differing).to.deep.equal([cdrKey(OURS, 'R3')]);
  });

  it('keeps a statement in draft until it knows what was exchanged, and issues it then', async () => {
    const c = cdr();
    world.know(c, { exchanged: false });
    await settlement.record(OPERATOR, c, 'own');
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'anna', reason: 'month end' });
    expect(closed.accepted && closed.statements.map(({ state, missing }) => [state, missing])).to.deep.equal([['draft', ['NL-EVR/CDR-1']]]);
    world.know(c);
    expect(await settlement.issueDrafts(OPERATOR)).to.equal(1);
  });
});

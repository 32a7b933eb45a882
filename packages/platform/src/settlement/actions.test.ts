import { generateKeyPairSync } from 'node:crypto';
import { recompute, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import { type Cdr, cdrKey } from '../model/cdr.js';
import { declineRows } from './decline.js';
import { agreement, CPO, cdr, creditOf, EMSP, forget, OPERATOR, OURS, PUBLIC_KEY, tariff, World, wireOf } from './fixture.test.js';
import { createSettlement, migrations, type SettlementService } from './index.js';
import { balanceOf } from './ledger.js';

const ANNA = { actor: 'anna', reason: 'looked at it' };
const BO = { actor: 'bo', reason: 'agreed' };

describe('what a person may do in settlement', () => {
  let database: TestDatabase;
  let world: World;
  let settlement: SettlementService;
  let now: Date;

  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  beforeEach(async () => {
    now = new Date('2026-11-12T00:00:00Z');
    world = new World(agreement(OURS, EMSP), agreement(CPO, OURS));
    settlement = createSettlement({ ports: world, transact: database.transact, clock: { now: () => now, rate: 1 } }, { sql: database.sql });
    await forget(database);
  });

  /** A partner's CDR that says 25 kWh where the session that we know has 20. */
  const lying = () => {
    const honest = cdr({ owner: CPO, id: 'L' });
    world.know(honest);
    return cdr({ owner: CPO, id: 'L', energyMilliWh: 25_000_000 });
  };
  const take = async (c: Cdr) => (await settlement.record(OPERATOR, c, c.owner === OURS ? 'own' : 'partner')).state;
  const owed = async (account: string) => {
    const { balances } = await settlement.trialBalance(OPERATOR);
    return balances.filter((b) => b.account === account).reduce((sum, b) => sum + Number(balanceOf(b)), 0);
  };

  it('a lying CDR is held with both sides of the difference, declined, credited, and sent anew: three ids, one net amount', async () => {
    const lie = lying();
    expect(await take(lie)).to.equal('held');
    const [held] = (await settlement.holds(OPERATOR, { limit: 10 })).items;
    expect(held?.findings).to.deep.equal([{ code: 'energyDiffers', ours: '20 kWh', theirs: '25 kWh' }]);
    expect(await owed('payable:DE-ABC')).to.equal(0);
    const declined = await settlement.decline(OPERATOR, 'DE-ABC/L', 'energyDiffers', ANNA);
    expect(declined.accepted && declined.life.clearing).to.deep.equal({ state: 'declined', reason: 'energyDiffers' });
    // What the seller is told: which one, why, and both prices. 25 kWh: 8.75 + 0.50 = 9.25, with 21 % 11.19.
    const told = async (owner = CPO) => (await settlement.declines(OPERATOR, { owner, limit: 10 })).items;
    expect(declineRows(await told())).to.deep.equal([
      {
        ...{ cdr: 'DE-ABC/L', buyer: 'NL-EVR', code: 'energyDiffers', claimed: '11.1925 EUR', ours: '11.19 EUR', difference: '0.0025 EUR' },
        ...{ reason: 'the energy differs from the session', reason_zh: '电量与会话记录不符', ended_at: '2026-11-10T13:00:00.000Z' },
      },
    ]);
    expect(await told(OURS)).to.deep.equal([]);
    expect(await take(creditOf(lie))).to.equal('accepted');
    expect(await told(), 'taken back').to.deep.equal([]);
    const truth = cdr({ owner: CPO, id: 'L2', changes: { sessionId: 'S-L' } });
    world.know(truth);
    expect(await take(truth)).to.equal('accepted');
    expect(await owed('payable:DE-ABC')).to.equal(908);
    const explanation = (await settlement.explain(OPERATOR, 'DE-ABC/L2'))!;
    expect(explanation.family).to.deep.equal({ keys: ['DE-ABC/L', 'DE-ABC/L-C', 'DE-ABC/L2'], net: '9.08 EUR' });
    for (const key of ['DE-ABC/L', 'DE-ABC/L-C'])
      expect((await settlement.explain(OPERATOR, key))?.family, key).to.deep.equal(explanation.family);
    expect(explanation.steps.filter(({ kind }) => kind === 'related').map(({ text, amount }) => `${text.en} ${amount}`)).to.deep.equal([
      'DE-ABC/L: declined, credited in full 0.00 EUR',
      'DE-ABC/L-C (credit of L): accepted 0.00 EUR',
      'DE-ABC/L2: accepted 9.08 EUR',
    ]);
    const [listed] = (await settlement.cdrs(OPERATOR, { states: ['declined'], owner: CPO, limit: 10 })).items;
    expect(listed).to.include({ key: 'DE-ABC/L', code: 'energyDiffers' });
    expect(explanation.steps.filter(({ kind }) => kind === 'leg').map(({ text, amount }) => `${text.en} ${amount}`)).to.include(
      'P1d credit payable DE-ABC 9.08 EUR',
    );
  });

  it('a tariff in a CDR that is cheaper or dearer than what was sold holds it', async () => {
    const c = cdr({ owner: CPO });
    world.know(c);
    const dearer = cdr({
      owner: CPO,
      tariffs: [tariff(CPO, { elements: [{ components: [{ dimension: 'ENERGY', price: 900_000_000n, stepSize: 1, taxes: [] }] }] })],
    });
    expect(await take(dearer)).to.equal('held');
    const life = (await settlement.cdr(OPERATOR, cdrKey(CPO, dearer.id)))!.life.clearing;
    // 20 kWh at 0.90 = 18.00 without tax in theirs; 9.08 by the tariff that was sold.
    expect('findings' in life && life.findings).to.deep.equal([
      { code: 'tariffDiffers', theirs: 'DAY-NIGHT', ours: 'DAY-NIGHT version 1' },
      { code: 'costDiffers', theirs: '18.00', ours: '9.08' },
    ]);
    expect((await settlement.explain(OPERATOR, cdrKey(CPO, dearer.id)))?.steps.find(({ kind }) => kind === 'difference')?.amount).to.equal(
      '8.92 EUR',
    );
    expect((await settlement.approve(OPERATOR, cdrKey(CPO, dearer.id), ANNA)).accepted).to.equal(true);
    expect(await owed('payable:DE-ABC')).to.equal(908);
    world.know(dearer);
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
    const text = (await settlement.bundle(OPERATOR, closed.accepted ? closed.statements[0]!.id : ''))!;
    expect(recompute(text, { cdrs: new Map([[dearer.id, wireOf(dearer)]]) }).ok).to.equal(true);
    expect((await settlement.run(OPERATOR, '2026-11')).differing).to.deep.equal([]);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });

  it('a credit that is none of it does not help a second CDR of one session past the rules', async () => {
    const first = cdr({ id: 'A' });
    const second = cdr({ id: 'B', changes: { sessionId: 'S-A' } });
    world.know(first);
    await take(first);
    expect(await take({ ...creditOf(second), energyMilliWh: 1 })).to.equal('held');
    expect(await take(second)).to.equal('held');
    expect(await settlement.approve(OPERATOR, 'NL-EVR/B-C', ANNA)).to.include({ reason: 'illegal' });
    expect(await owed('receivable:NL-EVM')).to.equal(908);
  });

  it('what waits for its session is looked at again when a sweep finds it', async () => {
    const c = cdr();
    expect(await take(c)).to.equal('held');
    await settlement.sweep();
    expect((await settlement.cdr(OPERATOR, 'NL-EVR/CDR-1'))?.life.clearing.state).to.equal('held');
    world.know(c);
    await settlement.sweep();
    expect((await settlement.cdr(OPERATOR, 'NL-EVR/CDR-1'))?.life.clearing.state).to.equal('accepted');
  });

  it('what waits in vain is looked at less and less', async () => {
    await take(cdr());
    const looks: number[] = [];
    for (let second = 0; second <= 64; second += 1) {
      if ((await settlement.sweep()) > 0) looks.push(second);
      now = new Date(now.getTime() + 1000);
    }
    expect(looks).to.deep.equal([0, 1, 2, 4, 8, 16, 32, 64]);
    expect(await settlement.sweep({ all: true })).to.equal(1);
  });

  it('a credit that comes first waits for its original, and both end as in the other order', async () => {
    const c = cdr();
    world.know(c);
    expect(await take(creditOf(c))).to.equal('held');
    expect(await take(c)).to.equal('accepted');
    const before = await settlement.canonicalStateDigest(OPERATOR);
    expect(await owed('receivable:NL-EVM')).to.equal(0);
    await forget(database);
    await take(c);
    expect(await take(creditOf(c))).to.equal('accepted');
    expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(before);
  });

  it('a second CDR of one session is held until the first is credited', async () => {
    const first = cdr({ id: 'A' });
    const second = cdr({ id: 'B', changes: { sessionId: 'S-A' } });
    world.know(first);
    expect(await take(first)).to.equal('accepted');
    expect(await take(second)).to.equal('held');
    await take(creditOf(first));
    expect((await settlement.cdr(OPERATOR, 'NL-EVR/B'))?.life.clearing.state).to.equal('accepted');
  });

  it('a second credit, a credit of a credit, and one that is not its mirror are held', async () => {
    const c = cdr();
    world.know(c);
    await take(c);
    const credit = creditOf(c);
    await take(credit);
    expect(await take({ ...credit, id: 'AGAIN' })).to.equal('held');
    expect(await take(creditOf(credit, 'OF-CREDIT'))).to.equal('held');
    expect(await owed('receivable:NL-EVM')).to.equal(0);
  });

  it('a dry run says what would happen and leaves no trace; a request key makes a repeat harmless', async () => {
    await take(lying());
    const dry = await settlement.approve(OPERATOR, 'DE-ABC/L', { ...ANNA, dryRun: true });
    expect(dry.accepted && dry.life.clearing.state).to.equal('accepted');
    expect(await owed('payable:DE-ABC')).to.equal(0);
    expect(await settlement.actions(OPERATOR, 'cdr DE-ABC/L')).to.deep.equal([]);
    const first = await settlement.approve(OPERATOR, 'DE-ABC/L', { ...ANNA, request: 'r-1' });
    expect(await settlement.approve(OPERATOR, 'DE-ABC/L', { ...ANNA, request: 'r-1' })).to.deep.equal(first);
    expect(await settlement.approve(OPERATOR, 'DE-ABC/L', { ...BO, request: 'r-1' })).to.include({
      accepted: false,
      reason: 'otherRequest',
    });
    expect(await settlement.approve(OPERATOR, 'DE-ABC/L', BO)).to.include({ accepted: false, reason: 'illegal' });
    expect((await settlement.actions(OPERATOR, 'cdr DE-ABC/L')).map(({ actor, action, reason }) => [actor, action, reason])).to.deep.equal([
      ['anna', 'approve', 'looked at it'],
    ]);
  });

  it('what came after the late window needs two persons', async () => {
    now = new Date('2026-12-20T00:00:00Z');
    const c = cdr();
    world.know(c);
    expect(await take(c)).to.equal('expired');
    expect(await settlement.approve(OPERATOR, 'NL-EVR/CDR-1', ANNA)).to.include({ accepted: false, reason: 'secondPerson' });
    expect(await settlement.approve(OPERATOR, 'NL-EVR/CDR-1', ANNA)).to.include({ accepted: false, reason: 'secondPerson' });
    expect((await settlement.approve(OPERATOR, 'NL-EVR/CDR-1', BO)).accepted).to.equal(true);
  });

  it('a dispute moves the claim aside; a credit brings it back first', async () => {
    const c = cdr();
    world.know(c);
    await take(c);
    expect((await settlement.dispute(OPERATOR, 'NL-EVR/CDR-1', ANNA)).accepted).to.equal(true);
    expect([await owed('receivable:NL-EVM'), await owed('disputedReceivable:NL-EVM')]).to.deep.equal([0, 908]);
    await take(creditOf(c));
    expect([await owed('receivable:NL-EVM'), await owed('disputedReceivable:NL-EVM')]).to.deep.equal([0, 0]);
  });

  it('a closed period opens by two persons, and its next statement differs by exactly what is new', async () => {
    const first = cdr({ id: 'A' });
    world.know(first);
    await take(first);
    const v1 = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
    if (!v1.accepted) throw new Error(v1.reason);
    const late = cdr({ id: 'B' });
    world.know(late);
    await take(late);
    expect((await settlement.cdr(OPERATOR, 'NL-EVR/B'))?.period, 'a late item goes into the open period').to.equal('2026-12');
    expect(await settlement.reopen(OPERATOR, '2026-11', ANNA)).to.include({ accepted: false, reason: 'secondPerson' });
    expect((await settlement.reopen(OPERATOR, '2026-11', BO)).accepted).to.equal(true);
    const later = cdr({ id: 'C' });
    world.know(later);
    await take(later);
    const v2 = await settlement.closePeriod(OPERATOR, '2026-11', BO);
    if (!v2.accepted) throw new Error(v2.reason);
    expect([v1, v2].map(({ statements }) => statements.map(({ version, lines, gross }) => [version, lines, Number(gross)]))).to.deep.equal([
      [[1, 1, 908]],
      [[2, 2, 1816]],
    ]);
    for (const { id } of [...v1.statements, ...v2.statements]) {
      expect(verify((await settlement.bundle(OPERATOR, id))!, { publicKey: PUBLIC_KEY })).to.deep.equal({ ok: true });
    }
    expect((await settlement.acceptStatement(OPERATOR, v2.statements[0]!.id, ANNA)).accepted).to.equal(true);
    expect(await settlement.reopen(OPERATOR, '2026-11', ANNA)).to.include({ reason: 'statementAccepted' });
    expect(await settlement.audit(OPERATOR)).to.deep.equal({ blocks: 2, entries: 3, cdrs: 3, faults: [] });
  });

  it('a month closed while CDRs stream in: each lands in exactly one period, and is stated there', async () => {
    const stream = Array.from({ length: 30 }, (_, i) => cdr({ id: `N${i}` }));
    for (const c of stream) world.know(c);
    const taking = stream.map((c) => take(c));
    await Promise.race(taking);
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
    await Promise.all(taking);
    now = new Date('2026-12-20T00:00:00Z');
    const next = await settlement.closePeriod(OPERATOR, '2026-12', ANNA);
    if (!closed.accepted || !next.accepted) throw new Error('not closed');
    const lines = [...closed.statements, ...next.statements].reduce((sum, statement) => sum + statement.lines, 0);
    expect(lines).to.equal(30);
    const { items } = await settlement.cdrs(OPERATOR, { limit: 100 });
    expect(items.filter(({ period }) => period === '2026-11').length).to.equal(closed.statements[0]?.lines ?? 0);
    expect(items.every(({ billing }) => billing === 'statemented')).to.equal(true);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });

  it('an audit knows the keys that were agreed on before, and no other', async () => {
    const c = cdr();
    world.know(c);
    await take(c);
    await settlement.seal();
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
    const { privateKey } = generateKeyPairSync('ed25519');
    world.signer.keyOf = async () => privateKey;
    const later = cdr({ id: 'LATER' });
    world.know(later);
    await take(later);
    await settlement.seal();
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal(['block 0 of NL-EVR is not signed by a key of NL-EVR']);
    const pinned = PUBLIC_KEY.export({ format: 'der', type: 'spki' }).toString('base64');
    world.agree(agreement(OURS, EMSP, { signingKeys: { [OURS]: pinned } }));
    expect(await settlement.audit(OPERATOR)).to.deep.equal({ blocks: 2, entries: 2, cdrs: 2, faults: [] });
  });

  it('balances can be asked for as they were at any moment', async () => {
    const [first, second] = [cdr({ id: 'A' }), cdr({ id: 'B' })];
    for (const c of [first, second]) world.know(c);
    await take(first);
    const between = new Date(now.getTime() + 1000);
    now = new Date(now.getTime() + 2000);
    await take(second);
    const at = async (moment?: Date) => {
      const { balances, imbalance } = await settlement.trialBalance(OPERATOR, moment);
      expect(imbalance.EUR ?? 0n).to.equal(0n);
      return balances.filter(({ account }) => account === 'receivable:NL-EVM').map((b) => balanceOf(b));
    };
    expect([await at(new Date(0)), await at(between), await at()]).to.deep.equal([[], [908n], [1816n]]);
  });

  it('nothing of one operator is seen or moved by another', async () => {
    const c = cdr();
    world.know(c);
    await take(c);
    const other = 'op-2' as typeof OPERATOR;
    expect(await settlement.cdr(other, 'NL-EVR/CDR-1')).to.equal(undefined);
    expect((await settlement.cdrs(other, { limit: 10 })).items).to.deep.equal([]);
    expect((await settlement.trialBalance(other)).balances).to.deep.equal([]);
    expect(await settlement.dispute(other, 'NL-EVR/CDR-1', ANNA)).to.include({ reason: 'notFound' });
    expect(await settlement.record(other, c, 'own')).to.deep.equal({ key: 'NL-EVR/CDR-1', state: 'quarantined' });
  });

  describe('the database by itself', () => {
    const refused = async (text: string, ...values: unknown[]) => {
      const error = await database.sql(undefined, text, values).then(
        () => undefined,
        (caught: Error) => caught,
      );
      return error?.message ?? 'nothing was refused';
    };
    beforeEach(async () => {
      const c = cdr();
      world.know(c);
      await take(c);
    });

    it('refuses to change or delete an entry', async () => {
      expect(await refused('UPDATE settlement_entry SET legs = legs')).to.include('only added to');
      expect(await refused('DELETE FROM settlement_entry')).to.include('only added to');
      expect(await refused('TRUNCATE settlement_entry CASCADE')).to.include('only added to');
    });

    it('refuses an entry that does not balance, has one leg, or a leg of nothing', async () => {
      const insert = (legs: string) =>
        refused(
          `INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
           SELECT operator_id, $1, posting, currency, (array['bank','cost','suspense'])[1:cardinality($2::bigint[])], $2::bigint[], link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt
             FROM settlement_entry LIMIT 1`,
          `k${legs}`,
          legs,
        );
      expect(await insert('{5,-4}')).to.include('settlement_entry_balances');
      expect(await insert('{0}')).to.include('settlement_entry_balances');
      expect(await insert('{5,0,-5}')).to.include('settlement_entry_balances');
      expect(await insert('{5,-5}')).to.equal('nothing was refused');
    });

    it('refuses to post into a closed period, and a move that the table does not have', async () => {
      await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
      const again = `INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
        SELECT operator_id, 'again', posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt FROM settlement_entry LIMIT 1`;
      expect(await refused(again)).to.include('closed period');
      expect(await refused("UPDATE settlement_cdr SET state = 'held', gross = NULL, period = NULL, billing = 'open'")).to.include(
        'does not go from',
      );
      expect(await refused("UPDATE settlement_cdr SET body = '{}'")).to.include('never changed');
      expect(await refused("UPDATE settlement_statement SET bundle = '{}'")).to.include('never changed');
    });

    it("refuses an entry for another operator's CDR", async () => {
      const other = `INSERT INTO settlement_entry (operator_id, key, posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt)
        SELECT 'op-2', 'k', posting, currency, accounts, legs, link, cdr, seller, buyer, event_at, posted_at, period, issuer, salt FROM settlement_entry LIMIT 1`;
      expect(await refused(other)).to.include('or into none');
      await database.sql(undefined, "INSERT INTO settlement_period (operator_id, name) VALUES ('op-2', '2026-11')");
      expect(await refused(other)).to.include('belongs to a CDR of its operator');
    });
  });
});

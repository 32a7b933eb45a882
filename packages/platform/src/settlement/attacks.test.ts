// The attacks and drills on settlement that need no kill and no fault of the machine; the others are in test/settlement*.drill.ts.
import { type StatementBundle, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import { partyId } from '../model/party.js';
import { agreement, CPO, cdr, creditOf, EMSP, forget, NOON, OPERATOR, OURS, PUBLIC_KEY, tariff, World } from './fixture.test.js';
import { createSettlement, migrations, type SettlementService } from './index.js';
import { balanceOf } from './ledger.js';
import { diffStatements } from './statement-diff.js';

const ANNA = { actor: 'anna', reason: 'looked at it' };
const BO = { actor: 'bo', reason: 'agreed' };
const MINUTE_MS = 60_000;
type Wish = Parameters<typeof cdr>[0];

describe('attacks on settlement', () => {
  let database: TestDatabase;
  let world: World;
  let settlement: SettlementService;
  let now: Date;

  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());
  beforeEach(() => begin());

  async function begin(): Promise<void> {
    now = new Date('2026-11-12T00:00:00Z');
    world = new World(agreement(OURS, EMSP), agreement(CPO, OURS));
    settlement = createSettlement({ ports: world, transact: database.transact, clock: { now: () => now, rate: 1 } }, { sql: database.sql });
    await forget(database);
  }
  const take = async (c: ReturnType<typeof cdr>) => (await settlement.record(OPERATOR, c, c.owner === OURS ? 'own' : 'partner')).state;
  const theirs = (wish: Wish = {}) => cdr({ owner: CPO, ...wish });
  const life = async (key: string) => (await settlement.cdr(OPERATOR, key))!.life;
  const codes = async (key: string) => {
    const { clearing } = await life(key);
    return 'findings' in clearing ? clearing.findings.map(({ code }) => code) : [];
  };
  /** What stands in the books, by account; a driver's has another name in each history. */
  const posted = async () =>
    (await settlement.trialBalance(OPERATOR)).balances
      .filter((b) => balanceOf(b) !== 0n)
      .map((b) => `${b.account.replace(/[0-9a-f-]{36}/, '*')} ${b.debits} ${b.credits} ${b.currency}`);
  const priced = (perKwh: bigint) =>
    tariff(CPO, {
      elements: [{ components: [{ dimension: 'ENERGY', price: perKwh, stepSize: 1, taxes: [{ name: 'VAT', rate: 210_000 }] }] }],
    });

  describe('A18: a CDR that is forged, altered or truncated, or brings its own tariff, waits with a reason and moves no money', () => {
    const half = theirs();
    const lies: readonly [what: string, lie: ReturnType<typeof cdr>, state: string, findings: readonly string[]][] = [
      ['a cheaper tariff', theirs({ tariffs: [priced(100_000_000n)] }), 'held', ['tariffDiffers', 'costDiffers']],
      ['a dearer tariff', theirs({ tariffs: [priced(900_000_000n)] }), 'held', ['tariffDiffers', 'costDiffers']],
      [
        'a tariff that was never told',
        theirs({ tariffs: [{ ...tariff(CPO, { id: 'SECRET' }), id: 'SECRET' }] }),
        'held',
        ['unknownTariff'],
      ],
      ['more energy', theirs({ energyMilliWh: 25_000_000 }), 'held', ['energyDiffers']],
      [
        'a total of its own',
        theirs({ changes: { total: { ...half.total, afterTaxes: half.total.afterTaxes! + 1_000_000_000n } } }),
        'held',
        ['costDiffers'],
      ],
      ['an hour more', theirs({ minutes: 120 }), 'held', ['timeDiffers', 'clockDiffers']],
      ['another hour', theirs({ startedAt: new Date(NOON.getTime() - 60 * MINUTE_MS) }), 'held', ['clockDiffers']],
      [
        'half of its periods',
        theirs({ changes: { periods: half.periods.map((p) => ({ ...p, energyMilliWh: 1_000_000 })) } }),
        'held',
        ['costDiffers'],
      ],
      ['a session that never was', theirs({ changes: { sessionId: 'S-NEVER' } }), 'held', ['noSession']],
      ['a charging point of another', theirs({ changes: { place: { ...half.place, owner: OURS } } }), 'quarantined', ['notOfParty']],
      ['another currency', theirs({ currency: 'CNY', tariffs: [tariff(CPO, { currency: 'CNY' })] }), 'quarantined', ['wrongCurrency']],
      [
        'an end before its start',
        theirs({ changes: { endedAt: new Date(NOON.getTime() - MINUTE_MS) } }),
        'quarantined',
        ['endBeforeStart', 'energyImplausible'],
      ],
      ['energy taken back', theirs({ changes: { energyMilliWh: -1 } }), 'quarantined', ['energyNegative']],
      ['more than any connector gives', theirs({ changes: { energyMilliWh: 5_000_000_000 } }), 'quarantined', ['energyImplausible']],
    ];
    for (const [what, lie, state, findings] of lies) {
      it(what, async () => {
        world.know(theirs());
        expect(await take(lie)).to.equal(state);
        expect(await codes('DE-ABC/CDR-1')).to.deep.equal(findings);
        expect(await posted()).to.deep.equal([]);
        const told = (await settlement.explain(OPERATOR, 'DE-ABC/CDR-1'))!.steps;
        expect(told.filter(({ kind }) => kind === 'finding').length).to.be.at.least(findings.length);
        if (!findings.includes('costDiffers')) return;
        const apart = told.find(({ kind }) => kind === 'difference')?.amount;
        expect(apart).to.match(/^-?\d+\.\d+ EUR$/);
        expect(Number.parseFloat(apart!)).to.not.equal(0);
      });
    }
  });

  it('A19: a credit of another party, of more, of a credit, or before its original is parked, and totals are safe', async () => {
    const other = partyId('DE', 'XYZ');
    world.agree(agreement(other, OURS));
    const c = theirs();
    world.know(c);
    const credit = creditOf(c);
    expect(await take(credit), 'before its original').to.equal('held');
    expect(await codes('DE-ABC/CDR-1-C')).to.deep.equal(['creditBeforeOriginal']);
    const foreign = { ...credit, owner: other, id: 'F', place: { ...credit.place, owner: other } };
    expect(await take(foreign), 'of another party').to.equal('held');
    expect(await codes('DE-XYZ/F')).to.deep.equal(['creditBeforeOriginal']);

    await begin();
    world.know(c);
    world.agree(agreement(other, OURS));
    expect(await take(c)).to.equal('accepted');
    const owed = await posted();
    const more = { ...credit, id: 'MORE', total: { ...credit.total, afterTaxes: credit.total.afterTaxes! * 2n } };
    const wh = { ...credit, id: 'WH', energyMilliWh: credit.energyMilliWh + 1 };
    const card = { ...credit, id: 'CARD', token: { ...credit.token, uid: 'TAG-2' } };
    for (const bad of [more, wh, card]) {
      expect(await take(bad), bad.id).to.equal('held');
      expect(await codes(`DE-ABC/${bad.id}`)).to.deep.equal(['creditOfOther']);
    }
    expect(await take(foreign)).to.equal('held');
    expect(await posted()).to.deep.equal(owed);
    expect(await take(credit)).to.equal('accepted');
    expect(await posted()).to.deep.equal([]);
    expect(await take({ ...credit, id: 'TWICE' })).to.equal('held');
    expect(await codes('DE-ABC/TWICE')).to.deep.equal(['creditedAlready']);
    expect(await take(creditOf(credit, 'OF-CREDIT'))).to.equal('held');
    expect(await codes('DE-ABC/OF-CREDIT')).to.deep.equal(['creditOfCredit']);
    for (const key of ['MORE', 'WH', 'CARD', 'TWICE', 'OF-CREDIT'])
      expect(await settlement.approve(OPERATOR, `DE-ABC/${key}`, ANNA), 'a person cannot either').to.include({ accepted: false });
    expect(await posted()).to.deep.equal([]);
  });

  it('A20: one id is one CDR, in any case; other content is a conflict; a second id for the session is a double charge', async () => {
    const c = theirs();
    world.know(c);
    expect(await take(c)).to.equal('accepted');
    const owed = await posted();
    expect(await take({ ...c, id: 'cdr-1' }), 'another case is other content, and no other CDR').to.equal('conflict');
    expect(await take(theirs({ energyMilliWh: 21_000_000 }))).to.equal('conflict');
    expect(await take(c)).to.equal('accepted');
    expect(await take(theirs({ id: 'AGAIN', changes: { sessionId: 'S-CDR-1' } }))).to.equal('held');
    expect(await codes('DE-ABC/AGAIN')).to.deep.equal(['secondOfSession']);
    expect(await take(theirs({ id: 'LOWER', changes: { sessionId: 's-cdr-1' } }))).to.equal('held');
    expect(await posted()).to.deep.equal(owed);
    expect(await settlement.counts(OPERATOR)).to.deep.equal({ accepted: 1, duplicate: 1, conflict: 2, held: 2 });
  });

  it('F8: a CDR before its session, and one whose session comes after the month was closed, end as in order', async () => {
    const c = theirs();
    world.know(c);
    await take(c);
    const inOrder = await settlement.canonicalStateDigest(OPERATOR);
    const books = await posted();
    await begin();
    expect(await take(c)).to.equal('held');
    world.know(c);
    await settlement.sweep();
    expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(inOrder);

    await begin();
    expect(await take(c)).to.equal('held');
    expect((await settlement.closePeriod(OPERATOR, '2026-11', ANNA)).accepted).to.equal(true);
    world.know(c);
    await settlement.sweep({ all: true });
    expect(await posted()).to.deep.equal(books);
    const late = (await settlement.cdr(OPERATOR, 'DE-ABC/CDR-1'))!;
    expect([late.life.clearing.state, late.period]).to.deep.equal(['accepted', '2026-12']);
    const [entry] = await settlement.entriesOf(OPERATOR, 'DE-ABC/CDR-1');
    expect(entry?.eventAt, 'it keeps its event time').to.deep.equal(c.endedAt);
  });

  it('F14: a tariff and an agreement that change in the middle of a session do not touch it, and the trace says so', async () => {
    const changedAt = new Date(NOON.getTime() + 30 * MINUTE_MS);
    const dear = { ...priced(900_000_000n), version: 2, validFrom: changedAt };
    const first = { ...agreement(CPO, OURS), effectiveTo: changedAt };
    const second = agreement(CPO, OURS, { version: 2, effectiveFrom: changedAt, tax: { name: 'VAT', rate: 90_000 } });
    world.agreements.between = async (_, asked) =>
      asked.map(({ seller, buyer, at }) => (seller !== CPO || buyer !== OURS ? undefined : at < changedAt ? first : second));
    world.tariffs.at = async (_, asked) => asked.map(({ at }) => (at < changedAt ? tariff(CPO) : dear));
    const c = theirs();
    world.know(c);
    expect(await take(c)).to.equal('accepted');
    expect((await settlement.cdr(OPERATOR, 'DE-ABC/CDR-1'))?.charge?.gross).to.equal(908n);
    const says = (await settlement.explain(OPERATOR, 'DE-ABC/CDR-1'))!.steps.find(({ kind }) => kind === 'terms');
    expect(says?.text.en).to.equal(
      'by agreement AGR-DE-ABC-NL-EVR version 1 and tariff DAY-NIGHT version 1, in force at its start 2026-11-10T12:00:00Z',
    );
    // One that says the new price for the old session is held, and priced by the old one.
    const greedy = theirs({ id: 'G', tariffs: [dear] });
    world.know({ ...c, id: 'G', sessionId: 'S-G' });
    expect(await take(greedy)).to.equal('held');
    expect(await codes('DE-ABC/G')).to.deep.equal(['tariffDiffers', 'costDiffers']);
    const later = theirs({ id: 'NEXT', startedAt: changedAt, minutes: 30, tariffs: [dear] });
    world.know(later);
    expect(await take(later)).to.equal('accepted');
    // 20 kWh at 0.90 = 18.00, with 21 %: the tariff names its own rate.
    expect((await settlement.cdr(OPERATOR, 'DE-ABC/NEXT'))?.charge?.gross).to.equal(2178n);
    expect((await settlement.cdr(OPERATOR, 'DE-ABC/NEXT'))?.agreement?.version).to.equal(2);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });

  it('F16: opened again after the partner verified version 1: version 2 differs by exactly what is new, and 1 still verifies', async () => {
    const close = async () => {
      const closed = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
      if (!closed.accepted) throw new Error(closed.reason);
      const text = (await settlement.bundle(OPERATOR, closed.statements[0]!.id))!;
      expect(verify(text, { publicKey: PUBLIC_KEY })).to.deep.equal({ ok: true });
      return text;
    };
    const [a, b] = [theirs({ id: 'A' }), theirs({ id: 'B' })];
    for (const c of [a, b]) world.know(c);
    await take(a);
    const first = await close();
    for (const by of [ANNA, BO]) await settlement.reopen(OPERATOR, '2026-11', by);
    await take(b);
    const second = await close();
    const parsed = (text: string) => JSON.parse(text) as StatementBundle;
    expect(diffStatements(parsed(first), parsed(second))).to.deep.equal({ added: ['DE-ABC/B'], removed: [], changed: [], due: '908' });
    expect([parsed(first).header.version, parsed(second).header.version]).to.deep.equal([1, 2]);
    const entries = (text: string) => parsed(text).entries.map(({ id }) => id);
    expect(entries(second).filter((id) => !entries(first).includes(id))).to.deep.equal(['DE-ABC/B/P1d']);
    expect(verify(first, { publicKey: PUBLIC_KEY }), 'the version that the partner holds').to.deep.equal({ ok: true });
  });
});

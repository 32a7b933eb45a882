// Random histories of settlement and what must hold after each: used by the tests here, and at length by the soak and the drills.
import { recompute, type StatementBundle, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import fc from 'fast-check';
import type { OperatorId } from '../kernel/ids.js';
import type { Agreement } from '../model/agreement.js';
import { type Cdr, cdrKey } from '../model/cdr.js';
import { type PartyId, partyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';
import type { ClearingState } from './cdr-clearing.js';
import { agreement, cdr, creditOf, OPERATOR, OURS, PUBLIC_KEY, tariff, World, wireOf } from './fixture.test.js';
import { balanceOf, type Entry, fold, imbalance } from './ledger.js';
import type { SettlementService } from './service.js';

export type Message = { kind: 'cdr'; cdr: Cdr } | { kind: 'session'; cdr: Cdr };

/** One session's paperwork, whose messages may come in any order and more than once. */
export interface Story {
  pair: number;
  plot: 'plain' | 'credited' | 'revised' | 'lie' | 'lieRevised' | 'unknown' | 'late session';
  minute: number;
  minutes: number;
  energyMilliWh: number;
}

const CPOS = ['ABC', 'BCD', 'CDE', 'DEF', 'EFG'].map((id) => partyId('DE', id));
const EMSPS = ['EVM', 'EVN', 'EVO', 'EVP', 'EVQ', 'EVS'].map((id) => partyId('NL', id));
const CURRENCIES = ['EUR', 'CNY', 'JPY', 'KWD'] as const;

interface Pair {
  agreement: Agreement;
  tariff: TariffVersion;
}

const HUB_FEES = { buyer: { rate: 10_000, perCdr: 20_000_000n, taxRate: 210_000 }, seller: { rate: 5_000, perCdr: 0n, taxRate: 210_000 } };

/** Twelve parties with us: our sales, our purchases, and what passes between partners, in four currencies and under every treatment. */
export const PAIRS: readonly Pair[] = [
  ...EMSPS.map((buyer, i) => pairOf(OURS, buyer, i, {})),
  ...CPOS.map((seller, i) => pairOf(seller, OURS, i + 1, { retail: { markUpRate: 80_000, startFee: 100_000_000n } })),
  ...CPOS.flatMap((seller, i) =>
    EMSPS.map((buyer, j) =>
      pairOf(seller, buyer, i + j, {
        sellerModel: (i + j) % 2 === 0 ? 'agent' : 'principal',
        fees: HUB_FEES,
        taxTreatment: (['domestic', 'reverseCharge', 'exempt', 'outside'] as const)[(i + j) % 4] ?? 'domestic',
      }),
    ),
  ),
];

function pairOf(seller: PartyId, buyer: PartyId, n: number, changes: Partial<Agreement>): Pair {
  const currency = CURRENCIES[n % CURRENCIES.length] ?? 'EUR';
  const terms = agreement(seller, buyer, { currency, rounding: n % 3 === 0 ? 'perLine' : 'perTotal', ...changes });
  // Prices that say no tax take the agreed one; those of the yen are a hundred times as many units.
  const factor = currency === 'JPY' ? 100n : 1n;
  const base = tariff(seller).tariff;
  const elements = base.elements.map((element) => ({
    ...element,
    components: element.components.map(({ dimension, stepSize, price }) => ({ dimension, stepSize, price: price * factor })),
  }));
  return { agreement: terms, tariff: { ...tariff(seller, { id: `T-${buyer}`, currency, elements }), id: `T-${buyer}` } };
}

export const stories: fc.Arbitrary<Story> = fc.record({
  pair: fc.nat(PAIRS.length - 1),
  plot: fc.constantFrom('plain', 'plain', 'credited', 'revised', 'lie', 'lieRevised', 'unknown', 'late session'),
  minute: fc.integer({ min: 0, max: 14 * 24 * 60 }),
  minutes: fc.integer({ min: 5, max: 600 }),
  energyMilliWh: fc.integer({ min: 0, max: 90_000_000 }),
});

const START = new Date('2026-11-01T00:00:00Z').getTime();

/** The messages of a story, and what the other modules know beforehand. */
export function messagesOf(story: Story, n: number, world: World): Message[] {
  const { agreement: terms, tariff: version } = PAIRS[story.pair]!;
  const id = `H${String(n).padStart(5, '0')}`;
  const wish = {
    owner: terms.seller,
    buyer: terms.buyer,
    id,
    startedAt: new Date(START + story.minute * 60_000),
    minutes: story.minutes,
    energyMilliWh: Math.min(story.energyMilliWh, story.minutes * 2_000_000),
    tariffs: [version],
    currency: terms.currency,
  };
  const honest = cdr(wish);
  const known = story.plot !== 'unknown' && story.plot !== 'late session';
  world.know(honest, { session: known });
  const lie = cdr({ ...wish, energyMilliWh: wish.energyMilliWh + 5_000_000 });
  const again = cdr({ ...wish, id: `${id}-2`, changes: { sessionId: `S-${id}` } });
  // A lie has the id of the honest CDR: a partner sends one of them.
  const first = story.plot === 'lie' || story.plot === 'lieRevised' ? lie : honest;
  for (const one of [first, again, creditOf(first)]) world.exchangedOf.set(cdrKey(one.owner, one.id), wireOf(one));
  const of = (...cdrs: Cdr[]): Message[] => cdrs.map((one) => ({ kind: 'cdr', cdr: one }));
  switch (story.plot) {
    case 'plain':
    case 'unknown':
      return of(honest);
    case 'credited':
      return of(honest, creditOf(honest));
    case 'revised':
      return of(honest, creditOf(honest), again);
    case 'lie':
      return of(lie);
    case 'lieRevised':
      return of(lie, creditOf(lie), again);
    case 'late session':
      return [...of(honest), { kind: 'session', cdr: honest }];
  }
}

/** What becomes of a story's CDRs once all of its messages came, in whatever order: told by the plot, not by the code under test. */
export function endOf({ plot, pair }: Story, n: number): Map<string, ClearingState> {
  const id = `${PAIRS[pair]!.agreement.seller}/H${String(n).padStart(5, '0')}`;
  switch (plot) {
    case 'plain':
    case 'late session':
      return new Map([[id, 'accepted']]);
    case 'lie':
    case 'unknown':
      return new Map([[id, 'held']]);
    case 'credited':
      return new Map<string, ClearingState>([[id, 'accepted']]).set(`${id}-C`, 'accepted');
    case 'revised':
      return new Map<string, ClearingState>([[id, 'accepted']]).set(`${id}-C`, 'accepted').set(`${id}-2`, 'accepted');
    case 'lieRevised':
      return new Map<string, ClearingState>([[id, 'declined']]).set(`${id}-C`, 'accepted').set(`${id}-2`, 'accepted');
  }
}

export function newWorld(): World {
  return new World(...PAIRS.map((pair) => pair.agreement));
}

/** Hands the messages over in the order given, some at a time, then lets settlement look again at what waits. */
export async function play(settlement: SettlementService, world: World, messages: readonly Message[], atOnce = 1): Promise<void> {
  for (let i = 0; i < messages.length; i += atOnce) {
    await Promise.all(messages.slice(i, i + atOnce).map((message) => hand(settlement, world, message)));
  }
  while ((await settlement.sweep({ all: true })) > 0) {
    const { held = 0, quarantined = 0 } = await settlement.counts(OPERATOR);
    if (held + quarantined > 0) return;
  }
}

async function hand(settlement: SettlementService, world: World, message: Message): Promise<void> {
  if (message.kind === 'session') world.know(message.cdr);
  else await settlement.record(OPERATOR, message.cdr, message.cdr.owner === OURS ? 'own' : 'partner');
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  ours: ['P1c'],
  theirs: ['P1d', 'P9'],
  agent: ['P1a'],
  principal: ['P1b.purchase', 'P1b.sale'],
};

/** Every CDR ended as its plot says, and what was credited left nothing behind. */
export async function checkEnds(settlement: SettlementService, told: readonly Story[]): Promise<void> {
  for (const [n, story] of told.entries()) {
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
  return PAIRS.find((p) => p.agreement.seller === c.owner && p.agreement.buyer === c.token.issuer)?.agreement.sellerModel ?? '';
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
    // Nobody sees what is another's: each leg shown is one of the counterparty's own account.
    const foreign = entries.flatMap(({ legs }) => legs).filter((leg) => 'account' in leg && leg.account !== statement.account);
    expect(foreign, statement.id).to.deep.equal([]);
  }
  const owed = new Map<string, number>();
  for await (const { key, state, owner, buyer } of everyCdr(settlement)) {
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

export async function* everyCdr(settlement: SettlementService) {
  for (let after: string | undefined; ; ) {
    const page = await settlement.cdrs(OPERATOR, { limit: 500, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}

// What persons and strangers do in a random history, and what must hold after it.
import { verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { type Cdr, cdrKey } from '../../model/cdr.js';
import { partyId } from '../../model/party.js';
import { cdr, creditOf, OPERATOR, PUBLIC_KEY, tariff, type World, wireOf } from '../fixture.test.js';
import { balanceOf } from '../ledger.js';
import type { SettlementService } from '../service.js';
import { allCdrs, everyCdr } from './books.test.js';
import { PAIRS, sourceOf } from './stories.test.js';

const ANNA = { actor: 'anna', reason: 'looked at it' };
const BO = { actor: 'bo', reason: 'agreed' };
/** Of each history this many are tried: each costs a dozen round trips. */
const MOST = 5;

const net = async (settlement: SettlementService) =>
  (await settlement.trialBalance(OPERATOR)).balances
    .filter((b) => balanceOf(b) !== 0n)
    .map((b) => `${b.account} ${b.currency} ${balanceOf(b)}`);

/** Each claim that stands is disputed, twice under one key, and resolved: meanwhile it is aside and whole, afterwards all is as before. */
export async function checkDisputes(settlement: SettlementService): Promise<void> {
  const before = await net(settlement);
  const disputed: string[] = [];
  for await (const { key, state, credit, creditOf: original, gross } of everyCdr(settlement)) {
    if (state === 'accepted' && credit === 'none' && original === undefined && gross !== 0n) disputed.push(key);
  }
  for (const key of disputed) {
    const once = { ...ANNA, request: `dispute ${key}` };
    const first = await settlement.dispute(OPERATOR, key, once);
    // A sale to our own driver is between us and the driver: there is no claim of a partner to put aside.
    expect(first.accepted, key).to.equal(true);
    const entries = (await settlement.entriesOf(OPERATOR, key)).length;
    expect(await settlement.dispute(OPERATOR, key, once), 'a repeat gets the first answer').to.deep.equal(first);
    expect((await settlement.entriesOf(OPERATOR, key)).length, 'and posts nothing').to.equal(entries);
  }
  const aside = await settlement.trialBalance(OPERATOR);
  for (const side of ['Receivable', 'Payable'] as const) {
    const total = (prefix: string, list: typeof aside.balances) =>
      list.filter((b) => b.account.startsWith(prefix)).reduce((sum, b) => sum + balanceOf(b), 0n);
    const plain = `${side.toLowerCase()}:`;
    const whole = before.filter((line) => line.startsWith(plain)).reduce((sum, line) => sum + BigInt(line.split(' ').at(-1)!), 0n);
    expect(total(`disputed${side}:`, aside.balances) + total(plain, aside.balances), side).to.equal(whole);
  }
  for (const key of disputed) expect((await settlement.resolve(OPERATOR, key, ANNA)).accepted, key).to.equal(true);
  expect(await net(settlement)).to.deep.equal(before);
}

/** Whatever more is sent about what is settled: it is seen, it waits or contradicts, and no money moves. */
export async function checkIntruders(settlement: SettlementService, cdrs: readonly Cdr[]): Promise<void> {
  const before = await net(settlement);
  const send = async (one: Cdr) => {
    const { key, state } = await settlement.record(OPERATOR, one, sourceOf(one));
    const { clearing } = (await settlement.cdr(OPERATOR, key))!.life;
    return state === 'conflict' ? state : `${state} ${'findings' in clearing ? clearing.findings[0]?.code : ''}`;
  };
  for (const one of cdrs.slice(0, MOST)) {
    const key = cdrKey(one.owner, one.id);
    const { life } = (await settlement.cdr(OPERATOR, key))!;
    expect(await send({ ...one, energyMilliWh: one.energyMilliWh + 1 }), `other content of ${key}`).to.equal('conflict');
    expect(await send({ ...one, id: one.id.toLowerCase() }), `${key} in another case`).to.equal('conflict');
    if (life.clearing.state !== 'accepted') continue;
    if (!one.credit && life.credit === 'none') {
      // A credit is its original's mirror, or none: not of more energy, nor of more money.
      const credit = creditOf(one, `${one.id}-W`);
      expect(await send({ ...credit, energyMilliWh: one.energyMilliWh + 1 }), key).to.equal('held creditOfOther');
      const { beforeTaxes = 0n } = credit.total;
      expect(await send({ ...credit, id: `${one.id}-V`, total: { taxes: [], beforeTaxes: beforeTaxes - 1n } }), key).to.equal(
        'held creditOfOther',
      );
    }
    if (one.credit) expect(await send(creditOf(one, `${one.id}-Z`)), key).to.equal('held creditOfCredit');
    else if (life.credit === 'full') expect(await send(creditOf(one, `${one.id}-Y`)), key).to.equal('held creditedAlready');
    else expect(await send({ ...one, id: `${one.id}-X` }), key).to.equal('held secondOfSession');
  }
  const stranger = partyId('FR', 'XYZ');
  expect(await send(cdr({ owner: stranger, id: 'S', tariffs: [tariff(stranger)] }))).to.equal('quarantined noAgreement');
  expect(await net(settlement)).to.deep.equal(before);
}

/** What each state lets a person do, told here once more: all else is refused, and leaves no trace. */
const LEGAL: Readonly<Record<string, readonly string[]>> = {
  quarantined: ['reject'],
  held: ['approve', 'decline'],
  accepted: ['dispute'],
  declined: ['reject'],
  expired: ['approve'],
};

/** Whoever tries what the state of a CDR does not allow is refused, whichever state that is. */
export async function checkIllegal(settlement: SettlementService): Promise<void> {
  const before = await net(settlement);
  const tried = new Map<string, number>();
  for (const { key, state, credit, creditOf: original } of await allCdrs(settlement)) {
    const kind = `${state} ${credit} ${original !== undefined}`;
    tried.set(kind, (tried.get(kind) ?? 0) + 1);
    if (tried.get(kind)! > 1) continue;
    const moves = {
      approve: () => settlement.approve(OPERATOR, key, ANNA),
      decline: () => settlement.decline(OPERATOR, key, 'other', ANNA),
      reject: () => settlement.reject(OPERATOR, key, 'other', ANNA),
      dispute: () => settlement.dispute(OPERATOR, key, ANNA),
      resolve: () => settlement.resolve(OPERATOR, key, ANNA),
    };
    for (const [name, move] of Object.entries(moves)) {
      const legal = (LEGAL[state] ?? []).includes(name) && (name !== 'dispute' || credit === 'none');
      if (!legal) expect(await move(), `${name} of ${key}, which is ${kind}`).to.include({ accepted: false, reason: 'illegal' });
    }
    expect(await settlement.actions(OPERATOR, `cdr ${key}`), key).to.deep.equal([]);
  }
  expect(await net(settlement)).to.deep.equal(before);
}

/** What came too late is accepted by two persons, who are not one, and both stand in the trail with their reasons. */
export async function checkLate(settlement: SettlementService): Promise<void> {
  for (const { key, state } of await allCdrs(settlement)) {
    if (state !== 'expired') continue;
    const before = await net(settlement);
    for (let n = 0; n < 2; n += 1)
      expect(await settlement.approve(OPERATOR, key, ANNA), 'one person, twice').to.include({ accepted: false, reason: 'secondPerson' });
    expect(await net(settlement), 'nothing yet').to.deep.equal(before);
    expect((await settlement.approve(OPERATOR, key, BO)).accepted, key).to.equal(true);
    const trail = (await settlement.actions(OPERATOR, `cdr ${key}`)).map(({ actor, reason }) => `${actor}: ${reason}`);
    expect(trail).to.deep.equal(['anna: looked at it', 'anna: looked at it', 'bo: agreed']);
    expect((await settlement.entriesOf(OPERATOR, key)).length, key).to.be.above(0);
  }
}

/** A closed month takes nothing, opens by two persons only, and is then closed as its next version; the first one still verifies. */
export async function checkReopening(settlement: SettlementService, world: World): Promise<void> {
  const close = async () => {
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', ANNA);
    if (!closed.accepted) throw new Error(closed.reason);
    return closed.statements;
  };
  const seal = (list: Awaited<ReturnType<typeof close>>) =>
    list.map(({ account, seller, buyer, currency, lines, due }) => `${account} ${seller} ${buyer} ${currency} ${lines} ${due}`).sort();
  const first = await close();
  const texts = await Promise.all(first.map(({ id }) => settlement.bundle(OPERATOR, id)));
  const { agreement: terms, tariff: version } = PAIRS[0]!;
  const late = cdr({ owner: terms.seller, buyer: terms.buyer, id: 'LATE', tariffs: [version], currency: terms.currency });
  world.know(late);
  world.exchangedOf.set(cdrKey(late.owner, late.id), wireOf(late));
  expect((await settlement.record(OPERATOR, late, 'own')).state).to.equal('accepted');
  expect((await settlement.cdr(OPERATOR, cdrKey(late.owner, late.id)))?.period, 'the month is closed').to.equal('2026-12');
  for (let n = 0; n < 2; n += 1)
    expect(await settlement.reopen(OPERATOR, '2026-11', ANNA), 'one person, twice').to.include({ accepted: false, reason: 'secondPerson' });
  expect((await settlement.reopen(OPERATOR, '2026-11', BO)).accepted).to.equal(true);
  const second = await close();
  expect(seal(second)).to.deep.equal(seal(first));
  for (const { version: n } of second) expect(n).to.equal(2);
  for (const text of texts) expect(verify(text!, { publicKey: PUBLIC_KEY })).to.deep.equal({ ok: true });
  expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
}

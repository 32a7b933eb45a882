import type { Clock } from '../../kernel/clock.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import type { Agreement } from '../../model/agreement.js';
import { type Cdr, cdrKey } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import { lateAfter } from '../cdr-checks.js';
import { type CdrLife, NEW_LIFE } from '../cdr-clearing.js';
import { clear, type Decision, type Facts } from '../clear.js';
import { type Account, driverReceivable } from '../ledger.js';
import { nextPeriod, type PeriodName, periodOf, takes } from '../period.js';
import type { SessionClues, SettlementPorts } from '../ports.js';
import { type CdrRecord, digestOf, type Source } from '../record.js';
import { issuerOf } from '../statement.js';
import type { SettlementStore } from '../store.js';

export interface ClearingNeeds {
  store: SettlementStore;
  transact: Transact;
  clock: Clock;
  ports: SettlementPorts;
}

export interface Incoming {
  cdr: Cdr;
  source: Source;
}

/** What the recorder of a CDR hears: a repeat gets what the first one got. */
export interface Recorded {
  key: string;
  state: CdrLife['clearing']['state'];
}

/** What a decision needs beside the database. */
export type Gathered = Pick<Facts, 'agreement' | 'session' | 'knownTariffs'> & { hosted: readonly PartyId[] };

export function createClearing({ store, transact, clock, ports }: ClearingNeeds) {
  /** Takes in a CDR, own or a partner's. Twice is once; other content under the same key changes nothing and is shown as a conflict. */
  async function record(operatorId: OperatorId, cdr: Cdr, source: Source, outer?: Tx): Promise<Recorded> {
    const gathered = await gather(operatorId, cdr, source);
    const work = async (tx: Tx): Promise<Recorded> => {
      const now = clock.now();
      const key = cdrKey(cdr.owner, cdr.id);
      const fresh: CdrRecord = { key, cdr, source, digest: digestOf(cdr), deliveries: 1, life: NEW_LIFE, receivedAt: now, decidedAt: now };
      await lock(tx, operatorId, cdr, gathered);
      if (!(await store.insertCdr(tx, operatorId, fresh))) return again(tx, operatorId, fresh);
      return { key, state: (await decide(tx, operatorId, fresh, gathered)).clearing.state };
    };
    return outer ? work(outer) : transact(work);
  }

  async function again(tx: Tx, operatorId: OperatorId, fresh: CdrRecord): Promise<Recorded> {
    const known = await store.cdr(tx, operatorId, fresh.key);
    if (known?.digest !== fresh.digest) {
      await store.insertConflict(tx, operatorId, fresh);
      return { key: fresh.key, state: 'conflict' };
    }
    await store.countRepeat(tx, operatorId, fresh.key);
    return { key: fresh.key, state: known.life.clearing.state };
  }

  /** Looks again at a CDR that waits: something that was missing may have come. */
  async function retry(operatorId: OperatorId, key: string): Promise<Recorded | undefined> {
    const seen = await store.cdr(undefined, operatorId, key);
    if (!seen) return undefined;
    const gathered = await gather(operatorId, seen.cdr, seen.source);
    return transact(async (tx) => {
      await lock(tx, operatorId, seen.cdr, gathered);
      const record = await store.cdr(tx, operatorId, key);
      if (!record) return undefined;
      if (!isWaiting(record.life)) return { key, state: record.life.clearing.state };
      return { key, state: (await decide(tx, operatorId, record, gathered)).clearing.state };
    });
  }

  async function gather(operatorId: OperatorId, cdr: Cdr, source: Source): Promise<Gathered> {
    const [gathered] = await gatherAll(operatorId, [{ cdr, source }]);
    return gathered!;
  }

  /** A few questions for all of them: what one CDR costs is its rating, and not its round trips. */
  async function gatherAll(operatorId: OperatorId, items: readonly Incoming[]): Promise<Gathered[]> {
    const tariffsOf = ({ cdr: { owner, tariffs, startedAt }, source }: Incoming) =>
      source === 'own' ? [] : tariffs.map(({ id }) => ({ owner, id, at: startedAt }));
    const [agreements, sessions, hosted, tariffs] = await Promise.all([
      ports.agreements.between(
        operatorId,
        items.map(({ cdr: { owner, token, startedAt } }) => ({ seller: owner, buyer: token.issuer, at: startedAt })),
      ),
      ports.sessions.find(
        operatorId,
        items.map(({ cdr }) => cluesOf(cdr)),
      ),
      ports.hosted.parties(operatorId),
      ports.tariffs.at(operatorId, items.flatMap(tariffsOf)),
    ]);
    let from = 0;
    return items.map((item, i) => {
      const [agreement, session] = [agreements[i], sessions[i]];
      const until = from + tariffsOf(item).length;
      const knownTariffs = tariffs.slice(from, until);
      from = until;
      return { hosted, knownTariffs, ...(agreement ? { agreement } : {}), ...(session ? { session } : {}) };
    });
  }

  /** A credit and its original, and all CDRs of one session, are decided one after the other. */
  async function lock(tx: Tx, operatorId: OperatorId, cdr: Cdr, gathered: Gathered): Promise<void> {
    await store.lockNames(tx, operatorId, namesOf(cdr, gathered));
  }

  async function decide(tx: Tx, operatorId: OperatorId, record: CdrRecord, gathered: Gathered): Promise<CdrLife> {
    if (record.cdr.credit) {
      const original = await store.cdr(tx, operatorId, cdrKey(record.cdr.owner, record.cdr.credit.of));
      if (original) {
        const facts = isWaiting(original.life) ? await gather(operatorId, original.cdr, original.source) : undefined;
        return (await both(tx, operatorId, original, facts, record, gathered)).credit;
      }
      return save(tx, operatorId, record, clear(record.life, await factsOf(tx, operatorId, record, gathered, false)), gathered);
    }
    const waiting = (await store.creditsOf(tx, operatorId, record.key)).find(({ life }) => isWaiting(life));
    if (waiting) {
      const facts = await gather(operatorId, waiting.cdr, waiting.source);
      return (await both(tx, operatorId, record, gathered, waiting, facts)).original;
    }
    const life = await save(tx, operatorId, record, clear(record.life, await factsOf(tx, operatorId, record, gathered, false)), gathered);
    return life;
  }

  /** An original and its credit, whichever came first: both are decided here, so that both orders end alike. */
  async function both(
    tx: Tx,
    operatorId: OperatorId,
    original: CdrRecord,
    facts: Gathered | undefined,
    credit: CdrRecord,
    creditFacts: Gathered,
  ) {
    const full = facts && (await factsOf(tx, operatorId, original, facts, true));
    const creditFull = await factsOf(tx, operatorId, credit, creditFacts, false);
    const posted = await store.entriesOf(tx, operatorId, [original.key]);
    const asked = (waits: boolean) => {
      const first: Decision = full
        ? clear(original.life, { ...full, creditWaits: waits })
        : { life: original.life, entries: [], ...(original.charge ? { charge: original.charge } : {}) };
      const agreement = full && first.life.clearing.state === 'accepted' ? full.agreement : original.agreement;
      const tariffs = first.tariffs ?? original.tariffs;
      const known = {
        cdr: original.cdr,
        life: first.life,
        entries: [...posted, ...first.entries],
        ...(agreement ? { agreement } : {}),
        ...(first.charge ? { charge: first.charge } : {}),
        ...(tariffs ? { tariffs } : {}),
      };
      return { first, agreement, creditDecision: clear(credit.life, { ...creditFull, original: known }) };
    };
    // A credit that turns out to be none of this CDR does not help it past the rules.
    const hoped = asked(true);
    const { first, agreement, creditDecision } = hoped.creditDecision.original ? hoped : asked(false);
    const final = creditDecision.original?.life ?? first.life;
    await save(tx, operatorId, original, { ...first, life: final }, facts ?? creditFacts, agreement);
    const life = await save(tx, operatorId, credit, creditDecision, creditFacts, agreement);
    if (final.credit === 'full') await otherCdrs(tx, operatorId, original);
    return { original: final, credit: life };
  }

  /** After a person's decision: a credit that waited for this CDR, and CDRs that waited for its session, get their turn. */
  async function followUp(tx: Tx, operatorId: OperatorId, { key }: CdrRecord, life: CdrLife): Promise<void> {
    const credit = (await store.creditsOf(tx, operatorId, key)).find((one) => isWaiting(one.life));
    const record = await store.cdr(tx, operatorId, key);
    if (!record) return;
    if (credit) await both(tx, operatorId, record, undefined, credit, await gather(operatorId, credit.cdr, credit.source));
    else if (life.clearing.state !== 'accepted') await otherCdrs(tx, operatorId, record);
  }

  /** What was held because its session had a CDR already gets its turn when that one is undone. */
  async function otherCdrs(tx: Tx, operatorId: OperatorId, { key, cdr }: CdrRecord): Promise<void> {
    if (cdr.sessionId === undefined) return;
    for (const other of await store.ofSession(tx, operatorId, cdr.owner, cdr.sessionId)) {
      const { clearing } = other.life;
      if (other.key === key || clearing.state !== 'held' || !clearing.findings.some(({ code }) => code === 'secondOfSession')) continue;
      const gathered = await gather(operatorId, other.cdr, other.source);
      await save(tx, operatorId, other, clear(other.life, await factsOf(tx, operatorId, other, gathered, false)), gathered);
    }
  }

  async function factsOf(tx: Tx, operatorId: OperatorId, record: CdrRecord, gathered: Gathered, creditWaits: boolean): Promise<Facts> {
    const { cdr, key, receivedAt } = record;
    const hosted = new Set(gathered.hosted);
    const sessionId = gathered.session?.id ?? cdr.sessionId;
    const siblings = sessionId === undefined || cdr.credit ? [] : await store.ofSession(tx, operatorId, cdr.owner, sessionId);
    const otherStands = siblings.some(
      ({ key: other, life }) => other !== key && life.clearing.state === 'accepted' && life.credit === 'none',
    );
    const payer: Account = hosted.has(cdr.token.issuer) ? driverReceivable(await store.driverName(tx, operatorId, cdr.token)) : 'suspense';
    return { ...gathered, cdr, receivedAt, now: clock.now(), hosted, payer, otherStands, creditWaits };
  }

  /** Writes a decision and what it posts, both or none. */
  async function save(
    tx: Tx,
    operatorId: OperatorId,
    record: CdrRecord,
    decision: Decision,
    { agreement: found, hosted }: Gathered,
    agreement = found,
  ): Promise<CdrLife> {
    const { life, entries } = decision;
    const { cdr, receivedAt } = record;
    const accepted = life.clearing.state === 'accepted';
    const cycle = agreement?.cycle ?? 'monthly';
    const period = accepted ? (record.period ?? (await openPeriod(tx, operatorId, periodOf(cdr.endedAt, cycle), receivedAt))) : undefined;
    const now = clock.now();
    await store.saveDecision(tx, operatorId, decided(record, decision, agreement, period, now));
    const own = entries.filter((entry) => entry.cdr === record.key);
    const others = entries.filter((entry) => entry.cdr !== record.key);
    if (period !== undefined)
      await store.post(tx, operatorId, [...others, ...own], { period, postedAt: now, issuer: issuerOf(cdr, hosted) });
    return life;
  }

  /** The period of the event if it still takes what was received then, else the first one after it that does. */
  async function openPeriod(tx: Tx, operatorId: OperatorId, event: PeriodName, receivedAt: Date): Promise<PeriodName> {
    let name = event;
    while (!takes(await store.holdPeriod(tx, operatorId, name), receivedAt)) name = nextPeriod(name);
    return name;
  }

  return { record, retry, gather, gatherAll, factsOf, lock, namesOf, save, decided, openPeriod, followUp };
}

export type ClearingService = ReturnType<typeof createClearing>;

export function isWaiting({ clearing: { state } }: CdrLife): boolean {
  return state === 'received' || state === 'quarantined' || state === 'held';
}

function cluesOf({ owner, token, place, startedAt, endedAt, sessionId, authorizationReference }: Cdr): SessionClues {
  return {
    ...{ owner, token, place, startedAt, endedAt },
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(authorizationReference === undefined ? {} : { authorizationReference }),
  };
}

/** The names under which a CDR is locked: its own, or its original's, and its session's. */
function namesOf(cdr: Cdr, { session }: Gathered): string[] {
  const names = [`cdr ${cdrKey(cdr.owner, cdr.credit?.of ?? cdr.id)}`];
  for (const id of [session?.id, cdr.sessionId]) if (id !== undefined) names.push(`session ${cdr.owner}/${id.toUpperCase()}`);
  return names;
}

/** A CDR with a decision made about it. */
function decided(
  record: CdrRecord,
  { life, charge, sold, tariffs }: Decision,
  agreement: Agreement | undefined,
  period: PeriodName | undefined,
  decidedAt: Date,
): CdrRecord {
  const { cdr } = record;
  return {
    ...record,
    life,
    decidedAt,
    ...(agreement ? { agreement, lateAfter: lateAfter(cdr.endedAt, agreement.cycle, agreement.lateWindowDays) } : {}),
    ...(life.clearing.state === 'accepted' ? { charge: charge ?? record.charge ?? nothing(cdr.currency) } : {}),
    ...(sold ? { sold } : {}),
    ...(tariffs ? { tariffs } : {}),
    ...(period === undefined ? {} : { period }),
  };
}

function nothing(currency: string) {
  return { currency, fees: [], net: 0n, tax: 0n, selfAssessed: 0n, gross: 0n, rounding: 0n };
}

import { blockHash, buildStatement, digest, sealBlock, showLegs } from '@evroam/ocpi/statement';
import type { OperatorId } from '../../kernel/ids.js';
import { refuse } from '../../kernel/refusal.js';
import type { PartyId } from '../../model/party.js';
import { ACCOUNTS, accountKind, fold } from '../ledger.js';
import { applyPeriod, boundsOf, type Period, type PeriodName } from '../period.js';
import { leafOf, pathsOf, statedEntry } from '../seal.js';
import { belongsTo, createIntern, drafts, ids, lineOf, type Settled, type Statement, snapshotOf } from '../statement.js';
import { type Acted, type By, createAct } from './act.js';
import type { ClearingNeeds } from './clearing.js';

/** Entries of one block: a path through it has ten hashes. */
const BLOCK_SIZE = 1024;
/** Exchanged CDRs asked for at a time: half of a small pool of connections. */
const ASKED_AT_ONCE = 5;
/** CDRs read at a time while closing. */
const CHUNK = 500;

export interface Closed {
  accepted: true;
  period: Period;
  statements: readonly Statement[];
}

export function createClosing({ store, transact, clock, ports }: ClearingNeeds) {
  const act = createAct({ store, transact, clock });

  /** Seals what is committed and not in a block yet; gives how many blocks. Several may try: one works at a time for an issuer. */
  async function seal(operatorId?: OperatorId): Promise<number> {
    let blocks = 0;
    for (const { operatorId: operator, issuer } of await store.unsealedIssuers(operatorId)) {
      const key = await ports.signer.keyOf(operator, issuer);
      while (await sealNext(operator, issuer, key)) blocks += 1;
    }
    return blocks;
  }

  async function sealNext(operatorId: OperatorId, issuer: PartyId, key: Awaited<ReturnType<typeof ports.signer.keyOf>>): Promise<boolean> {
    return transact(async (tx) => {
      await store.lockNames(tx, operatorId, [`seal ${issuer}`]);
      const entries = await store.unsealed(tx, operatorId, issuer, BLOCK_SIZE);
      if (entries.length === 0) return false;
      const last = await store.lastBlock(tx, operatorId, issuer);
      const leaves = entries.map((entry) => ({ entryId: entry.id, hash: leafOf(entry) }));
      const block = sealBlock(
        leaves.map(({ hash }) => hash),
        { height: (last?.height ?? -1) + 1, previous: last?.hash ?? '0'.repeat(64), sealedAt: clock.now().toISOString() },
        key,
      );
      await store.saveBlock(tx, operatorId, issuer, { ...block, hash: blockHash(block) }, leaves, fold(entries));
      return true;
    });
  }

  /** From now on what is received goes into the next period; what was received before still lands here. */
  async function cutOff(operatorId: OperatorId, name: PeriodName, by: By) {
    return move(operatorId, name, by, ['cutOff']);
  }

  /** Closes a period and states it. Asked again, it goes on where it stopped; a statement that lacks an exchanged CDR stays a draft. */
  async function closePeriod(operatorId: OperatorId, name: PeriodName, by: By) {
    const closed = await move(operatorId, name, by, ['cutOff', 'closed']);
    if (!closed.accepted) return closed;
    if (by.dryRun) return { ...closed, statements: [] } satisfies Closed;
    await seal(operatorId);
    await draft(operatorId, closed.period);
    await issueDrafts(operatorId, name);
    const statements = (await store.statements(operatorId, { period: name, limit: 500 })).filter(
      ({ version }) => version === closed.period.version,
    );
    return { ...closed, statements } satisfies Closed;
  }

  async function move(
    operatorId: OperatorId,
    name: PeriodName,
    by: By,
    steps: readonly ('cutOff' | 'closed')[],
  ): Promise<Acted<{ period: Period }>> {
    const subject = `period ${name}`;
    const last = steps.at(-1) ?? 'closed';
    let changed = false;
    return act(operatorId, { subject, action: last, unchanged: () => !changed }, by, async (tx) => {
      changed = false;
      const at = clock.now();
      if (boundsOf(name).from > at) return refuse('notFound', `${name} has not begun`);
      await store.ensurePeriod(tx, operatorId, name);
      let period = await store.lockPeriod(tx, operatorId, name);
      if (!period) throw new Error(`period ${name} is not there`);
      for (const step of steps) {
        if (period.state === step || period.state === 'closed') continue;
        const moved = applyPeriod(period, step === 'cutOff' ? { type: step, at } : { type: step });
        if (!moved.accepted) return moved;
        period = moved.period;
        changed = true;
        await store.savePeriod(tx, operatorId, period, at);
        // The last step stands in the trail as the action itself.
        if (step !== last) await store.act(tx, operatorId, { subject, action: step, actor: by.actor, reason: by.reason, at });
      }
      return { accepted: true, period };
    });
  }

  async function draft(operatorId: OperatorId, { name, version }: Period): Promise<void> {
    const hosted = await ports.hosted.parties(operatorId);
    const found = await drafts(settledIn(operatorId, name), hosted, name, version);
    for (const statement of found.values()) await store.insertDraft(operatorId, statement);
  }

  /** Issues what can be issued; gives how many. */
  async function issueDrafts(operatorId: OperatorId, period?: PeriodName): Promise<number> {
    let issued = 0;
    for (const statement of await store.statements(operatorId, {
      ...(period === undefined ? {} : { period }),
      state: 'draft',
      limit: 500,
    })) {
      if (await issue(operatorId, statement)) issued += 1;
    }
    return issued;
  }

  /** Drafts of all operators whose CDRs were exchanged meanwhile; gives how many could be issued. */
  async function issueAllDrafts(): Promise<number> {
    let issued = 0;
    for (const operatorId of await store.operatorsWithDrafts()) issued += await issueDrafts(operatorId);
    return issued;
  }

  async function issue(operatorId: OperatorId, statement: Statement): Promise<boolean> {
    const { id, account, issuer, counterparty } = statement;
    const period = await store.period(operatorId, statement.period);
    if (period?.state !== 'closed' || period.version !== statement.version) return false;
    const settled: Settled[] = [];
    const pair = { owner: statement.seller, buyer: statement.buyer, currency: statement.currency };
    for await (const one of settledIn(operatorId, statement.period, pair)) if (belongsTo(one.record, statement)) settled.push(one);
    const missing: string[] = [];
    const intern = createIntern();
    const lines: ReturnType<typeof lineOf>[] = [];
    for (let i = 0; i < settled.length; i += ASKED_AT_ONCE) {
      const some = settled.slice(i, i + ASKED_AT_ONCE);
      const exchanged = await Promise.all(
        some.map(({ record: { cdr } }) => ports.exchanged.of(operatorId, cdr.owner, cdr.id, counterparty)),
      );
      some.forEach((one, n) => {
        const bytes = exchanged[n];
        if (bytes) lines.push(lineOf(one, account, bytes, intern));
        else missing.push(one.record.key);
      });
    }
    if (missing.length > 0) {
      await store.noteMissing(operatorId, id, missing);
      return false;
    }
    const stated = new Set(lines.flatMap(({ entries }) => entries));
    const entries = settled.flatMap((one) => one.entries).filter(({ key }) => stated.has(key));
    const proof = await prove(
      operatorId,
      issuer,
      entries.map((entry) => ({ id: entry.id, key: entry.key })),
    );
    const agreement = settled[0]?.record.agreement;
    if (!agreement) throw new Error(`statement ${id} has no line with an agreement`);
    const issuedAt = clock.now();
    const { from, until } = boundsOf(statement.period);
    const { text } = buildStatement(
      {
        id,
        version: statement.version,
        issuer: { ...ids(issuer), name: issuer },
        counterparty: { ...ids(counterparty), name: counterparty },
        period: { from: from.toISOString(), to: until.toISOString() },
        issuedAt: issuedAt.toISOString(),
        currency: statement.currency,
        accounts: [{ name: account, side: ACCOUNTS[accountKind(account)].normal }],
        agreement: snapshotOf(agreement),
        lines,
        entries: entries.map((entry) => showLegs(statedEntry(entry), (leg) => leg.account === account)),
        ...proof,
      },
      await ports.signer.keyOf(operatorId, issuer),
    );
    const cdrs = settled.map(({ record }) => record.key);
    return transact((tx) => store.saveIssued(tx, operatorId, id, { bundle: text, digest: digest(text), issuedAt, cdrs }));
  }

  /** The blocks that hold some entries, and the way from each entry to its block's root. */
  async function prove(operatorId: OperatorId, issuer: PartyId, entries: readonly { id: string; key: string }[]) {
    const blockOf = await store.blocksOf(
      operatorId,
      entries.map(({ id }) => id),
    );
    const heights = [...new Set(blockOf.values())].sort((a, b) => a - b);
    const blocks = await store.blocks(operatorId, issuer, heights);
    const places = new Map<string, { index: number; path: string[] }>();
    const leaves = await store.leaves(operatorId, issuer, heights);
    for (const height of heights) {
      const own = leaves.filter(({ block }) => block === height);
      const paths = pathsOf(own.map(({ hash }) => hash));
      own.forEach(({ entryId }, index) => {
        places.set(entryId, { index, path: paths[index] ?? [] });
      });
    }
    const inclusions = entries.map(({ id, key }) => {
      const block = blockOf.get(id);
      const place = places.get(id);
      if (block === undefined || !place) throw new Error(`entry ${key} is in no block`);
      return { entry: key, block, ...place };
    });
    return { inclusions, blocks: blocks.map(({ hash: _, ...signed }) => signed) };
  }

  async function* settledIn(
    operatorId: OperatorId,
    period: PeriodName,
    pair?: { owner: PartyId; buyer: PartyId; currency: string },
  ): AsyncGenerator<Settled> {
    for (let after: string | undefined; ; ) {
      const records = await store.acceptedIn(operatorId, period, pair, after, CHUNK);
      const entries = await store.entriesOf(
        undefined,
        operatorId,
        records.map(({ key }) => key),
      );
      const byCdr = new Map<string, typeof entries>(records.map(({ key }) => [key, []]));
      for (const entry of entries) byCdr.get(entry.cdr)?.push(entry);
      for (const record of records) yield { record, entries: byCdr.get(record.key) ?? [] };
      after = records.at(-1)?.key;
      if (records.length < CHUNK) return;
    }
  }

  return { seal, cutOff, closePeriod, issueDrafts, issueAllDrafts };
}

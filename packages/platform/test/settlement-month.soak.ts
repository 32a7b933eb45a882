import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '#edges/testing.js';
import { OPERATOR, OURS, PUBLIC_KEY, wireOf } from '#settlement/fixture.test.js';
import { type Message, messagesOf, newWorld, stories } from '#settlement/history/stories.test.js';
import { createSettlement, migrations, type SettlementService } from '#settlement/index.js';

const SEED = Number(process.env.EVROAM_SEED ?? Math.floor(Math.random() * 1e9));
const SESSIONS = Number(process.env.EVROAM_SESSIONS ?? (process.env.EVROAM_EFFORT === 'quick' ? 500 : 50_000));
const AT_ONCE = 250;
const TOLD = 10_000;

describe(`a month of ${SESSIONS} sessions among 12 parties in four currencies (seed ${SEED})`, function () {
  this.timeout(0);
  let database: TestDatabase;
  let folder = '';
  let settlement: SettlementService;
  const world = newWorld();
  let messages: Message[] = [];

  before(async () => {
    database = await testDatabase(migrations);
    folder = mkdtempSync(join(tmpdir(), 'evroam-month-'));
    const clock = { now: () => new Date('2026-11-28T00:00:00Z'), rate: 1 };
    settlement = createSettlement({ ports: world, transact: database.transact, clock }, { sql: database.sql });
    // Most sessions of a real month are plain; one in twenty has a story.
    const told = fc.sample(fc.tuple(stories, fc.nat(19)), { seed: SEED, numRuns: SESSIONS });
    messages = told.flatMap(([story, n], i) => messagesOf(n === 0 ? story : { ...story, plot: 'plain' }, i, world));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  it('is taken in, the ledger sums to zero in each currency, and nothing is lost', async () => {
    const started = performance.now();
    let taken = 0;
    for (let i = 0; i < messages.length; i += AT_ONCE) {
      const some = messages.slice(i, i + AT_ONCE);
      for (const message of some) if (message.kind === 'session') world.know(message.cdr);
      const cdrs = some.flatMap((message) => (message.kind === 'cdr' ? [message.cdr] : []));
      await settlement.recordAll(
        OPERATOR,
        cdrs.map((cdr) => ({ cdr, source: cdr.owner === OURS ? 'own' : 'partner' })),
      );
      taken += cdrs.length;
      if (Math.floor(taken / TOLD) > Math.floor((taken - cdrs.length) / TOLD)) console.log(`      ${taken} CDRs`);
    }
    await settlement.sweep({ all: true });
    console.log(`      ${taken} CDRs taken in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const counts = await settlement.counts(OPERATOR);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).to.equal(taken);
    const { imbalance } = await settlement.trialBalance(OPERATOR);
    expect(imbalance).to.deep.equal({ CNY: 0n, EUR: 0n, JPY: 0n, KWD: 0n });
    console.log(`      ${JSON.stringify(counts)}`);
  });

  it("is stated, and every statement is verified by its partner's own process from its own CDRs", async () => {
    const started = performance.now();
    const closed = await settlement.closePeriod(OPERATOR, '2026-11', { actor: 'soak', reason: 'month end' });
    if (!closed.accepted) throw new Error(closed.reason);
    console.log(`      ${closed.statements.length} statements in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const lines = new Map<string, number>();
    for (const { id, state, counterparty, lines: n } of closed.statements) {
      expect(state, id).to.equal('issued');
      const place = join(folder, counterparty);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${id}.statement.json`), (await settlement.bundle(OPERATOR, id)) ?? '');
      lines.set(counterparty, (lines.get(counterparty) ?? 0) + n);
    }
    expect(lines.size, 'partners').to.equal(11);
    for (const [party, stated] of lines) {
      const place = join(folder, party);
      writeFileSync(join(place, 'hub.pub.pem'), PUBLIC_KEY.export({ format: 'pem', type: 'spki' }));
      await writeCdrs(join(place, 'cdrs.ndjson'), party);
      const child = fork(fileURLToPath(new URL('./settlement-partner.js', import.meta.url)), [place]);
      const [answer] = await once(child, 'message');
      expect(answer, party).to.deep.equal({ lines: stated, distinct: stated, faults: [] });
    }
    console.log(`      ${[...lines.values()].reduce((sum, n) => sum + n, 0)} lines verified by ${lines.size} partners`);
    expect((await settlement.audit(OPERATOR)).faults).to.deep.equal([]);
  });

  /** What one party holds: the CDRs that it sent or got. */
  async function writeCdrs(path: string, party: string): Promise<void> {
    const out = createWriteStream(path);
    for (const message of messages) {
      if (message.kind !== 'cdr') continue;
      const { cdr } = message;
      if (cdr.owner !== party && cdr.token.issuer !== party) continue;
      if (!out.write(`${JSON.stringify([`${cdr.owner.replace('-', '*')}*${cdr.id}`, wireOf(cdr).toString('base64')])}\n`))
        await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
  }
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the mutations are pieces of source text
// Each rule of settlement is broken once, in a copy of the built module: a test that still passes would prove nothing.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '#edges/testing.js';

const platform = fileURLToPath(new URL('../..', import.meta.url));
const room = fileURLToPath(new URL('../../../../scripts/mocha-room.mjs', import.meta.url));

interface Mutation {
  /** Of the list of invariants in the settlement rules, or what the database holds by itself. */
  breaks: string;
  /** Of the settlement module, unless another is said. */
  module?: 'edges' | 'model' | 'roaming';
  file: string;
  from: string;
  to: string;
  /** The test file that has to fail: most are properties of random histories. */
  caughtBy: string;
}

// biome-ignore format: a table reads better in rows
const MUTATIONS: readonly Mutation[] = [
  { breaks: '1 entries balance', file: 'postings', from: "legs('debit', 'cost', net - rounding)", to: "legs('debit', 'cost', net)", caughtBy: 'settlement/history/money' },
  { breaks: '1 legs are positive', file: 'postings', from: 'if (minor === 0n)', to: 'if (minor < 0n)', caughtBy: 'settlement/history/money' },
  { breaks: '1 in the database', file: 'migrations', from: 'RETURN total = 0 AND', to: 'RETURN', caughtBy: 'settlement/history/refusals' },
  { breaks: '2 nothing is made or lost', file: 'store/ledger', from: 'sum(greatest(-leg, 0))', to: 'sum(greatest(-leg - 1, 0))', caughtBy: 'settlement/history/money' },
  { breaks: '3 entries are only added', file: 'migrations', from: 'BEFORE UPDATE OR DELETE ON settlement_entry', to: 'BEFORE DELETE ON settlement_entry', caughtBy: 'settlement/history/refusals' },
  { breaks: '3 blocks name the one before', file: 'service/closing', from: "previous: last?.hash ?? '0'.repeat(64)", to: "previous: '0'.repeat(64)", caughtBy: 'settlement/history/money' },
  { breaks: '4 kept balances are sums', file: 'store/seals', from: 'settlement_balance.debits + EXCLUDED.debits', to: 'EXCLUDED.debits', caughtBy: 'settlement/history/money' },
  { breaks: '5 other content is a conflict', file: 'service/clearing', from: 'known?.digest !== fresh.digest', to: 'known === undefined', caughtBy: 'settlement/history/refusals' },
  { breaks: '5 a repeat posts nothing', file: 'service/act', from: 'before.digest === asked ? before.answer', to: 'before.digest !== asked ? before.answer', caughtBy: 'settlement/history/refusals' },
  { breaks: '6 linked entries', file: 'service/clearing', from: '[...others, ...own]', to: '[...others, ...own].slice(0, 1)', caughtBy: 'settlement/history/orders' },
  { breaks: '9 one life, case-blind', file: 'service/clearing', from: 'const key = cdrKey(cdr.owner, cdr.id);', to: 'const key = `${cdr.owner}/${cdr.id}`;', caughtBy: 'settlement/history/refusals' },
  { breaks: '9 only legal moves', file: 'cdr-clearing', from: 'if (!move || !allowed(life, event))', to: 'if (!move)', caughtBy: 'settlement/history/refusals' },
  { breaks: '9 only legal moves, in the database', file: 'migrations', from: "OLD.state IN (''accepted'', ''rejected'')", to: "OLD.state IN (''rejected'')", caughtBy: 'settlement/history/refusals' },
  { breaks: '10 one posting set', file: 'clear', from: "return { ...priced, life: moved(matched, { type: 'agreed' }) }", to: "return { ...priced, entries: priced.entries.flatMap((e) => [e, { ...e, key: `${e.key}/again` }]), life: moved(matched, { type: 'agreed' }) }", caughtBy: 'settlement/history/orders' },
  { breaks: '10 none before acceptance', file: 'clear', from: "doubts.push({ code: 'noSession'", to: "[].push({ code: 'noSession'", caughtBy: 'settlement/history/orders' },
  { breaks: '11 lines are complete', file: 'statement', from: 'if (!agreement || !charge)', to: 'if (!agreement || !charge || cdr.credit)', caughtBy: 'settlement/history/orders' },
  { breaks: '11 a session is settled once', file: 'clear', from: 'if (otherStands && !creditWaits)', to: 'if (false)', caughtBy: 'settlement/history/orders' },
  { breaks: '12 at most one credit', file: 'clear', from: "if (original.life.credit === 'full')", to: 'if (false)', caughtBy: 'settlement/history/refusals' },
  { breaks: '12 no credit of a credit', file: 'cdr-checks', from: 'if (original.credit)', to: 'if (false)', caughtBy: 'settlement/history/refusals' },
  { breaks: '12 a credit is no other amount', file: 'cdr-checks', from: 'negates(credit, original);', to: 'true;', caughtBy: 'settlement/history/refusals' },
  { breaks: '13 a credit undoes', file: 'ledger', from: "side: leg.side === 'debit' ? 'credit' : 'debit'", to: 'side: leg.side', caughtBy: 'settlement/history/orders' },
  { breaks: '14 credited energy is negative', file: 'statement', from: 'cdr.credit ? -cdr.energyMilliWh : cdr.energyMilliWh', to: 'cdr.energyMilliWh', caughtBy: 'settlement/history/orders' },
  { breaks: '15 credit before original', file: 'service/clearing', from: '.find(({ life }) => isWaiting(life))', to: '.find(() => false)', caughtBy: 'settlement/history/orders' },
  { breaks: '15 CDR before session', file: 'service', from: "'noSession', 'unknownTariff'", to: "'unknownTariff'", caughtBy: 'settlement/history/orders' },
  { breaks: '16 nothing vanishes', file: 'store/cdrs', from: 'SET deliveries = deliveries + 1', to: 'SET deliveries = deliveries', caughtBy: 'settlement/history/orders' },
  { breaks: '17 each side bears its own fee', file: 'clear', from: "buyer: fee('buyer')", to: "buyer: fee('seller')", caughtBy: 'settlement/history/money' },
  { breaks: '18 rating is pure', file: 'clear', from: 'timeZone: cdr.place.timeZone', to: "timeZone: 'Asia/Tokyo'", caughtBy: 'settlement/history/orders' },
  { breaks: '19 one rounding', file: 'charge', from: 'roundAmount(lines, currency, terms.rounding)', to: "roundAmount(lines, currency, 'perLine')", caughtBy: 'settlement/history/money' },
  { breaks: '21 taxes add up', file: 'charge', from: 'tax: gross - net', to: 'tax: gross - net + 1n', caughtBy: 'settlement/history/money' },
  { breaks: '21 zero is not missing', module: 'model', file: 'agreed-tariff', from: 'component.taxes === undefined', to: '!component.taxes?.length', caughtBy: 'settlement/history/orders' },
  { breaks: '24 a rated CDR stays', file: 'service/audit', from: 'const terms = agreement ?? AT_HOME', to: 'const terms = AT_HOME', caughtBy: 'settlement/history/money' },
  { breaks: '25 total = lines = movement', file: 'statement', from: 'due: (before?.due ?? 0n) + movement', to: 'due: movement', caughtBy: 'settlement/history/orders' },
  { breaks: '26 a closed period takes nothing', file: 'period', from: "return state === 'open' ||", to: "return state !== 'cutOff' ||", caughtBy: 'settlement/history/orders' },
  { breaks: '26 in the database', file: 'migrations', from: "p.state = ''closed''", to: "p.state = ''never''", caughtBy: 'settlement/history/refusals' },
  { breaks: '36 operators are apart, in the database', file: 'migrations', from: 'WHERE c.operator_id = a.operator_id AND c.key = a.cdr', to: 'WHERE c.key = a.cdr', caughtBy: 'settlement/history/refusals' },
  { breaks: '27 the next version', file: 'period', from: 'version: period.version + 1', to: 'version: period.version', caughtBy: 'settlement/history/orders' },
  { breaks: '30 disputes come back whole', file: 'postings', from: 'legs: mirrored(opened.legs)', to: 'legs: opened.legs', caughtBy: 'settlement/history/refusals' },
  { breaks: '31 leaves follow from the log', file: 'seal', from: '`${salt}/${place}`', to: '`${salt}/${place}/${Math.random()}`', caughtBy: 'settlement/history/orders' },
  { breaks: '31 a replayed entry keeps its salt', file: 'store/ledger', from: 'at.salt ?? randomBytes', to: 'randomBytes', caughtBy: 'settlement/history/orders' },
  { breaks: '31 replaying twice changes nothing', file: 'service/replay', from: 'last.height >= block.height', to: 'last.height > block.height', caughtBy: 'settlement/history/orders' },
  { breaks: '32 acknowledged is saved', file: 'service/clearing', from: 'return outer ? work(outer) : transact(work);', to: 'return outer ? work(outer) : new Promise((told, failed) => { transact(async (tx) => { const r = await work(tx); told(r); return r; }).catch(failed); });', caughtBy: 'settlement/history/kills' },
  { breaks: '32 a block and its balances are one', file: 'store/seals', from: 'await sql(tx, `INSERT INTO settlement_balance', to: 'await sql(undefined, `INSERT INTO settlement_balance', caughtBy: 'settlement/history/kills' },
  { breaks: '32 an answer is remembered with its deed', file: 'service/act', from: 'await store.act(tx, operatorId, { subject: what.subject', to: 'await store.act(undefined, operatorId, { subject: what.subject', caughtBy: 'settlement/history/kills' },
  { breaks: '6 a dispute and its entry are one', file: 'service/actions', from: 'await store.post(tx, operatorId, post(posted)', to: 'await store.post(undefined, operatorId, post(posted)', caughtBy: 'settlement/history/kills' },
  { breaks: '33 events of a key come in order', module: 'edges', file: 'outbox/store', from: 'WHERE consumer = $1 AND key = $2 ORDER BY outbox.id LIMIT $3', to: 'WHERE consumer = $1 AND key = $2 ORDER BY outbox.id DESC LIMIT $3', caughtBy: 'edges/outbox' },
  { breaks: '33 the effect of an event is once', module: 'edges', file: 'outbox/store', from: "'DELETE FROM outbox WHERE consumer = $1 AND key = $2 AND id = ANY($3::bigint[]) RETURNING 1'", to: "'SELECT 1 FROM outbox WHERE consumer = $1 AND key = $2 AND id = ANY($3::bigint[])'", caughtBy: 'edges/outbox' },
  { breaks: '34 CDRs of one session are decided one by one', file: 'store/cdrs', from: 'pg_advisory_xact_lock(hashtextextended(name, 7001))', to: 'hashtextextended(name, 7001)', caughtBy: 'settlement/workers' },
  { breaks: '34 post or close, one wins', file: 'store/periods', from: 'AND name = $2 FOR SHARE', to: 'AND name = $2', caughtBy: 'settlement/workers' },
  { breaks: '35 time moves no money', file: 'service/clearing', from: 'openPeriod(tx, operatorId, periodOf(cdr.endedAt, cycle), receivedAt)', to: 'openPeriod(tx, operatorId, periodOf(clock.now(), cycle), receivedAt)', caughtBy: 'settlement/history/orders' },
  { breaks: '35 time does not reorder the log', file: 'store/seals', from: 'LIMIT $3) ORDER BY settlement_entry.id', to: 'LIMIT $3) ORDER BY posted_at, settlement_entry.id', caughtBy: 'settlement/history/money' },
  { breaks: "36 another's legs are hidden", file: 'service/closing', from: '(leg) => leg.account === account', to: '() => true', caughtBy: 'settlement/history/orders' },
  { breaks: '36 operators are apart', file: 'store/cdrs', from: 'WHERE operator_id = $1 AND key = $2${lock}', to: 'WHERE $1::text IS NOT NULL AND key = $2${lock}', caughtBy: 'settlement/history/orders' },
  { breaks: '37 energy on the wire is exact', module: 'roaming', file: 'links/ocpi221/values', from: 'fromScaled(Math.round(milliWh / 100), 4)', to: 'fromScaled(Math.round(milliWh / 1000), 3)', caughtBy: 'roaming/links/ocpi221/cdrs' },
  { breaks: '37 money on the wire is exact', module: 'roaming', file: 'links/ocpi221/values', from: '(size + 50000n) / 100000n', to: '(size + 50000n) / 1000000n * 10n', caughtBy: 'roaming/links/ocpi221/cdrs' },
  { breaks: '37 taxes survive the wire', module: 'roaming', file: 'links/ocpi221/values', from: 'amount: afterTaxes - beforeTaxes', to: 'amount: afterTaxes', caughtBy: 'roaming/links/ocpi221/cdrs' },
  { breaks: '38 no posting without an agreement', file: 'cdr-checks', from: "return [...findings, { code: 'noAgreement' }]", to: 'return findings', caughtBy: 'settlement/history/orders' },
  { breaks: '38 a second person is another', file: 'service/actions', from: 'filter((actor) => actor !== by.actor)', to: 'filter(() => true)', caughtBy: 'settlement/history/refusals' },
  { breaks: '38 money needs a reason', file: 'routes', from: "typeof reason !== 'string' || reason.trim() === ''", to: 'false', caughtBy: 'settlement/history/refusals' },
];

/** A history that happens not to touch the broken rule proves nothing: another one may. */
const SEEDS = ['16', '17', '18'];

describe('each broken rule of settlement is noticed', function () {
  this.timeout(300_000);
  let folder = '';
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    mkdirSync(join(platform, 'node_modules'), { recursive: true });
    folder = mkdtempSync(join(platform, 'node_modules', '.mutants-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  it('and an unbroken one is not', async () => {
    for (const test of new Set(MUTATIONS.map(({ caughtBy }) => caughtBy))) {
      const sound = plant('sound', test, 'settlement', () => undefined);
      expect(await failure(sound, test, SEEDS[0]!), test).to.equal(undefined);
    }
  });

  MUTATIONS.forEach(({ breaks, module = 'settlement', file, from, to, caughtBy }, n) => {
    it(breaks, async function () {
      const mutant = plant(`m${n}`, caughtBy, module, (copy) => {
        const path = join(copy, `${file}.js`);
        const text = readFileSync(path, 'utf8');
        expect(text.split(from).length, `${file} holds ${from} once`).to.equal(2);
        writeFileSync(
          path,
          text.replace(from, () => to),
        );
      });
      let noticed: string | undefined;
      for (const seed of SEEDS) noticed ??= await failure(mutant, caughtBy, seed);
      expect(noticed, `${caughtBy} did not notice ${from} -> ${to}`).to.be.a('string');
      this.test!.title += `: ${noticed}`;
    });
  });

  /** A copy of the built module, to be changed, and of the test's; what they import beside stays where it is. */
  function plant(name: string, test: string, module: string, change: (copy: string) => void): string {
    const built = join(platform, 'dist');
    const copy = join(folder, name);
    rmSync(copy, { recursive: true, force: true });
    const copied = new Set([module, test.slice(0, test.indexOf('/')), 'test']);
    for (const part of copied) cpSync(join(built, part), join(copy, part), { recursive: true });
    for (const beside of readdirSync(built)) if (!copied.has(beside)) symlinkSync(join(built, beside), join(copy, beside));
    const imports = Object.fromEntries(['edges', 'kernel', 'settlement'].map((part) => [`#${part}/*.js`, `./${part}/*.js`]));
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ type: 'module', imports }));
    change(join(copy, module));
    return copy;
  }

  /** The first test that fails, or undefined where all pass. A process that ends otherwise than by its tests tells nothing. */
  async function failure(copy: string, test: string, seed: string): Promise<string | undefined> {
    const child = fork(room, ['test', '', join(copy, `${test}.test.js`)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        EVROAM_EFFORT: 'quick',
        EVROAM_SEED: seed,
        EVROAM_REPORTER: 'tap',
        EVROAM_BAIL: '1',
        DATABASE_URL: database.url,
      },
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await once(child, 'close');
    expect(Number(/^# tests (\d+)$/m.exec(text)?.[1]), `${test} ran`).to.be.above(0);
    return /^not ok \d+ (.*)$/m.exec(text)?.[1];
  }
});

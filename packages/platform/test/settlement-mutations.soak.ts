// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the mutations are pieces of source text
// Each rule of settlement is broken once, in a copy of the built module: a test that still passes would prove nothing.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const platform = fileURLToPath(new URL('../..', import.meta.url));
const room = fileURLToPath(new URL('../../../../scripts/mocha-room.mjs', import.meta.url));

interface Mutation {
  /** Of the list of invariants in the settlement rules, or what the database holds by itself. */
  breaks: string;
  /** Of the settlement module, unless another is said. */
  module?: 'edges' | 'roaming';
  file: string;
  from: string;
  to: string;
  /** The test file that has to fail, in its module. */
  caughtBy: string;
}

// biome-ignore format: a table reads better in rows
const MUTATIONS: readonly Mutation[] = [
  { breaks: '1 entries balance', file: 'postings', from: "legs('debit', 'cost', net - rounding)", to: "legs('debit', 'cost', net)", caughtBy: 'postings' },
  { breaks: '1 legs are positive', file: 'postings', from: 'if (minor === 0n)', to: 'if (minor < 0n)', caughtBy: 'postings' },
  { breaks: '1 in the database', file: 'migrations', from: 'RETURN total = 0 AND', to: 'RETURN', caughtBy: 'actions' },
  { breaks: '2 nothing is made or lost', file: 'ledger', from: "side === 'debit' ? minor : -minor", to: "side === 'debit' ? minor : minor", caughtBy: 'service' },
  { breaks: '3 entries are only added', file: 'migrations', from: 'BEFORE UPDATE OR DELETE ON settlement_entry', to: 'BEFORE DELETE ON settlement_entry', caughtBy: 'actions' },
  { breaks: '3 blocks name the one before', file: 'service/closing', from: "previous: last?.hash ?? '0'.repeat(64)", to: "previous: '0'.repeat(64)", caughtBy: 'actions' },
  { breaks: '4 kept balances are sums', file: 'store/seals', from: 'settlement_balance.debits + EXCLUDED.debits', to: 'EXCLUDED.debits', caughtBy: 'actions' },
  { breaks: '5 other content is a conflict', file: 'service/clearing', from: 'known?.digest !== fresh.digest', to: 'known === undefined', caughtBy: 'history' },
  { breaks: '5 a repeat posts nothing', file: 'service/act', from: 'before.digest === asked ? before.answer', to: 'before.digest !== asked ? before.answer', caughtBy: 'history' },
  { breaks: '6 linked entries', file: 'service/clearing', from: '[...others, ...own]', to: '[...others, ...own].slice(0, 1)', caughtBy: 'service' },
  { breaks: '9 one life, case-blind', file: 'service/clearing', from: 'const key = cdrKey(cdr.owner, cdr.id);', to: 'const key = `${cdr.owner}/${cdr.id}`;', caughtBy: 'history' },
  { breaks: '9 only legal moves', file: 'cdr-clearing', from: 'if (!move || !allowed(life, event))', to: 'if (!move)', caughtBy: 'cdr-clearing' },
  { breaks: '9 only legal moves, in the database', file: 'migrations', from: "OLD.state IN (''accepted'', ''rejected'')", to: "OLD.state IN (''rejected'')", caughtBy: 'actions' },
  { breaks: '10 one posting set', file: 'clear', from: "findings: doubts }", to: "findings: [] }", caughtBy: 'history' },
  { breaks: '10 none before acceptance', file: 'clear', from: "doubts.push({ code: 'noSession'", to: "[].push({ code: 'noSession'", caughtBy: 'history' },
  { breaks: '11 lines are complete', file: 'statement', from: 'if (!agreement || !charge)', to: 'if (!agreement || !charge || cdr.credit)', caughtBy: 'service' },
  { breaks: '11 a session is settled once', file: 'clear', from: 'if (otherStands && !creditWaits)', to: 'if (false)', caughtBy: 'history' },
  { breaks: '12 at most one credit', file: 'clear', from: "if (original.life.credit === 'full')", to: 'if (false)', caughtBy: 'history' },
  { breaks: '12 no credit of a credit', file: 'cdr-checks', from: 'if (original.credit)', to: 'if (false)', caughtBy: 'history' },
  { breaks: '13 a credit undoes', file: 'ledger', from: "side: leg.side === 'debit' ? 'credit' : 'debit'", to: 'side: leg.side', caughtBy: 'history' },
  { breaks: '14 credited energy is negative', file: 'statement', from: 'cdr.credit ? -cdr.energyMilliWh : cdr.energyMilliWh', to: 'cdr.energyMilliWh', caughtBy: 'service' },
  { breaks: '15 credit before original', file: 'service/clearing', from: '.find(({ life }) => isWaiting(life))', to: '.find(() => false)', caughtBy: 'actions' },
  { breaks: '15 CDR before session', file: 'service', from: "'noSession', 'unknownTariff'", to: "'unknownTariff'", caughtBy: 'actions' },
  { breaks: '16 nothing vanishes', file: 'store/cdrs', from: 'SET deliveries = deliveries + 1', to: 'SET deliveries = deliveries', caughtBy: 'history' },
  { breaks: '17 fees move the accounts', file: 'postings', from: 'charge.gross - fees.seller.net - fees.seller.tax', to: 'charge.gross', caughtBy: 'postings' },
  { breaks: '18 rating is pure', file: 'clear', from: 'timeZone: cdr.place.timeZone', to: "timeZone: 'Asia/Tokyo'", caughtBy: 'history' },
  { breaks: '19 one rounding', file: 'charge', from: 'roundAmount(lines, currency, terms.rounding)', to: "roundAmount(lines, currency, 'perLine')", caughtBy: 'charge' },
  { breaks: '21 taxes add up', file: 'charge', from: 'tax: gross - net', to: 'tax: gross - net + 1n', caughtBy: 'charge' },
  { breaks: '21 zero is not missing', file: 'charge', from: 'component.taxes === undefined', to: '!component.taxes?.length', caughtBy: 'charge' },
  { breaks: '24 a rated CDR stays', file: 'service/audit', from: 'const terms = agreement ?? AT_HOME', to: 'const terms = AT_HOME', caughtBy: 'history' },
  { breaks: '25 total = lines = movement', file: 'statement', from: 'due: (before?.due ?? 0n) + movement', to: 'due: movement', caughtBy: 'history' },
  { breaks: '26 a closed period takes nothing', file: 'period', from: "return state === 'open' ||", to: "return state !== 'cutOff' ||", caughtBy: 'history' },
  { breaks: '26 in the database', file: 'migrations', from: "p.state = ''closed''", to: "p.state = ''never''", caughtBy: 'actions' },
  { breaks: '36 operators are apart, in the database', file: 'migrations', from: 'WHERE c.operator_id = a.operator_id AND c.key = a.cdr', to: 'WHERE c.key = a.cdr', caughtBy: 'actions' },
  { breaks: '27 the next version', file: 'period', from: 'version: period.version + 1', to: 'version: period.version', caughtBy: 'history' },
  { breaks: '30 disputes come back whole', file: 'postings', from: 'legs: mirrored(opened.legs)', to: 'legs: opened.legs', caughtBy: 'history' },
  { breaks: '31 leaves follow from the log', file: 'seal', from: '`${salt}/${place}`', to: '`${salt}/${place}/${Math.random()}`', caughtBy: 'service' },
  { breaks: '31 a replayed entry keeps its salt', file: 'store/ledger', from: 'at.salt ?? randomBytes', to: 'randomBytes', caughtBy: 'history' },
  { breaks: '31 replaying twice changes nothing', file: 'service/replay', from: 'last.height >= block.height', to: 'last.height > block.height', caughtBy: 'history' },
  { breaks: '33 events of a key come in order', module: 'edges', file: 'outbox/store', from: 'WHERE consumer = $1 AND key = $2 ORDER BY outbox.id LIMIT $3', to: 'WHERE consumer = $1 AND key = $2 ORDER BY outbox.id DESC LIMIT $3', caughtBy: 'outbox' },
  { breaks: '33 the effect of an event is once', module: 'edges', file: 'outbox/store', from: "'DELETE FROM outbox WHERE consumer = $1 AND key = $2 AND id = ANY($3::bigint[]) RETURNING 1'", to: "'SELECT 1 FROM outbox WHERE consumer = $1 AND key = $2 AND id = ANY($3::bigint[])'", caughtBy: 'outbox' },
  { breaks: '34 CDRs of one session are decided one by one', file: 'store/cdrs', from: 'pg_advisory_xact_lock(hashtextextended(name, 7001))', to: 'hashtextextended(name, 7001)', caughtBy: 'workers' },
  { breaks: '34 post or close, one wins', file: 'store/periods', from: 'AND name = $2 FOR SHARE', to: 'AND name = $2', caughtBy: 'workers' },
  { breaks: '35 time moves no money', file: 'service/audit', from: "add('cdr', key, digest,", to: "add('cdr', key, Date.now(),", caughtBy: 'history' },
  { breaks: "36 another's legs are hidden", file: 'service/closing', from: '(leg) => leg.account === account', to: '() => true', caughtBy: 'history' },
  { breaks: '36 operators are apart', file: 'store/cdrs', from: 'WHERE operator_id = $1 AND key = $2${lock}', to: 'WHERE $1::text IS NOT NULL AND key = $2${lock}', caughtBy: 'history' },
  { breaks: '37 energy on the wire is exact', module: 'roaming', file: 'links/ocpi221/values', from: 'fromScaled(Math.round(milliWh / 100), 4)', to: 'fromScaled(Math.round(milliWh / 1000), 3)', caughtBy: 'links/ocpi221/cdrs' },
  { breaks: '37 money on the wire is exact', module: 'roaming', file: 'links/ocpi221/values', from: '(size + 50000n) / 100000n', to: '(size + 50000n) / 1000000n * 10n', caughtBy: 'links/ocpi221/cdrs' },
  { breaks: '37 taxes survive the wire', module: 'roaming', file: 'links/ocpi221/values', from: 'amount: afterTaxes - beforeTaxes', to: 'amount: afterTaxes', caughtBy: 'links/ocpi221/cdrs' },
  { breaks: '38 no posting without an agreement', file: 'cdr-checks', from: "return [...findings, { code: 'noAgreement' }]", to: 'return findings', caughtBy: 'history' },
  { breaks: '38 a second person is another', file: 'service/actions', from: 'filter((actor) => actor !== by.actor)', to: 'filter(() => true)', caughtBy: 'actions' },
  { breaks: '38 money needs a reason', file: 'routes', from: "typeof reason !== 'string' || reason.trim() === ''", to: 'false', caughtBy: 'routes' },
];

describe('each broken rule of settlement is noticed', function () {
  this.timeout(300_000);
  let folder = '';
  before(() => {
    mkdirSync(join(platform, 'node_modules'), { recursive: true });
    folder = mkdtempSync(join(platform, 'node_modules', '.mutants-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('and an unbroken one is not', async () => {
    const unbroken = (module: string) => plant(`sound-${module}`, module, () => undefined);
    const places = new Map(MUTATIONS.map(({ module = 'settlement', caughtBy }) => [`${module}/${caughtBy}`, { module, caughtBy }]));
    const copies = new Map([...new Set([...places.values()].map(({ module }) => module))].map((module) => [module, unbroken(module)]));
    for (const [name, { module, caughtBy }] of places) expect(await passes(copies.get(module)!, module, caughtBy), name).to.equal(true);
  });

  MUTATIONS.forEach(({ breaks, module = 'settlement', file, from, to, caughtBy }, n) => {
    it(breaks, async () => {
      const mutant = plant(`m${n}`, module, (copy) => {
        const path = join(copy, `${file}.js`);
        const text = readFileSync(path, 'utf8');
        expect(text.split(from).length, `${file} holds ${from} once`).to.equal(2);
        writeFileSync(
          path,
          text.replace(from, () => to),
        );
      });
      expect(await passes(mutant, module, caughtBy), `${caughtBy} did not notice ${from} -> ${to}`).to.equal(false);
    });
  });

  /** A copy of a built module, to be changed; what it imports beside stays where it is. */
  function plant(name: string, module: string, change: (copy: string) => void): string {
    const built = join(platform, 'dist');
    const copy = join(folder, name);
    for (const copied of [module, 'test']) cpSync(join(built, copied), join(copy, copied), { recursive: true });
    for (const beside of readdirSync(built))
      if (beside !== module && beside !== 'test') symlinkSync(join(built, beside), join(copy, beside));
    const imports = Object.fromEntries(['edges', 'kernel', 'settlement'].map((part) => [`#${part}/*.js`, `./${part}/*.js`]));
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ type: 'module', imports }));
    change(join(copy, module));
    return copy;
  }

  function passes(copy: string, module: string, test: string): Promise<boolean> {
    const child = spawn(process.execPath, [room, 'test', '', join(copy, module, `${test}.test.js`)], {
      stdio: 'ignore',
      env: { ...process.env, EVROAM_EFFORT: 'quick' },
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code === 0));
    });
  }
});

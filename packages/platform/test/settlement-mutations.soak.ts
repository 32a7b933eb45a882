// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the mutations are pieces of source text
// Each rule of settlement is broken once, in a copy of the built module: a test that still passes would prove nothing.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const platform = fileURLToPath(new URL('../..', import.meta.url));
const room = fileURLToPath(new URL('../../../../scripts/mocha-room.mjs', import.meta.url));

interface Mutation {
  /** Of the list of invariants in the settlement rules, or what the database holds by itself. */
  breaks: string;
  file: string;
  from: string;
  to: string;
  /** The test file that has to fail. */
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
  { breaks: '5 other content is a conflict', file: 'service/clearing', from: 'known?.digest !== fresh.digest', to: 'known === undefined', caughtBy: 'service' },
  { breaks: '5 a repeat posts nothing', file: 'service/act', from: 'before.digest === asked ? before.answer', to: 'before.digest !== asked ? before.answer', caughtBy: 'actions' },
  { breaks: '6 linked entries', file: 'service/clearing', from: '[...others, ...own]', to: '[...others, ...own].slice(0, 1)', caughtBy: 'service' },
  { breaks: '9 one life, case-blind', file: 'service/clearing', from: 'const key = cdrKey(cdr.owner, cdr.id);', to: 'const key = `${cdr.owner}/${cdr.id}`;', caughtBy: 'service' },
  { breaks: '9 only legal moves', file: 'cdr-clearing', from: 'if (!move || !allowed(life, event))', to: 'if (!move)', caughtBy: 'cdr-clearing' },
  { breaks: '9 only legal moves, in the database', file: 'migrations', from: "OLD.state IN (''accepted'', ''rejected'')", to: "OLD.state IN (''rejected'')", caughtBy: 'actions' },
  { breaks: '10 one posting set', file: 'clear', from: "findings: doubts }", to: "findings: [] }", caughtBy: 'actions' },
  { breaks: '10 none before acceptance', file: 'clear', from: "doubts.push({ code: 'noSession'", to: "[].push({ code: 'noSession'", caughtBy: 'actions' },
  { breaks: '11 lines are complete', file: 'statement', from: 'if (!agreement || !charge)', to: 'if (!agreement || !charge || cdr.credit)', caughtBy: 'service' },
  { breaks: '11 a session is settled once', file: 'clear', from: 'if (otherStands && !creditWaits)', to: 'if (false)', caughtBy: 'actions' },
  { breaks: '12 at most one credit', file: 'clear', from: "if (original.life.credit === 'full')", to: 'if (false)', caughtBy: 'actions' },
  { breaks: '12 no credit of a credit', file: 'cdr-checks', from: 'if (original.credit)', to: 'if (false)', caughtBy: 'actions' },
  { breaks: '13 a credit undoes', file: 'ledger', from: "side: leg.side === 'debit' ? 'credit' : 'debit'", to: 'side: leg.side', caughtBy: 'postings' },
  { breaks: '14 credited energy is negative', file: 'statement', from: 'cdr.credit ? -cdr.energyMilliWh : cdr.energyMilliWh', to: 'cdr.energyMilliWh', caughtBy: 'service' },
  { breaks: '15 credit before original', file: 'service/clearing', from: '.find(({ life }) => isWaiting(life))', to: '.find(() => false)', caughtBy: 'actions' },
  { breaks: '15 CDR before session', file: 'service', from: "'noSession', 'unknownTariff'", to: "'unknownTariff'", caughtBy: 'actions' },
  { breaks: '16 nothing vanishes', file: 'store/cdrs', from: 'SET deliveries = deliveries + 1', to: 'SET deliveries = deliveries', caughtBy: 'history' },
  { breaks: '17 fees move the accounts', file: 'postings', from: 'charge.gross - fees.seller.net - fees.seller.tax', to: 'charge.gross', caughtBy: 'postings' },
  { breaks: '18 rating is pure', file: 'clear', from: 'timeZone: cdr.place.timeZone', to: "timeZone: 'Asia/Tokyo'", caughtBy: 'service' },
  { breaks: '19 one rounding', file: 'charge', from: 'roundAmount(lines, currency, terms.rounding)', to: "roundAmount(lines, currency, 'perLine')", caughtBy: 'charge' },
  { breaks: '21 taxes add up', file: 'charge', from: 'tax: gross - net', to: 'tax: gross - net + 1n', caughtBy: 'charge' },
  { breaks: '21 zero is not missing', file: 'charge', from: 'component.taxes === undefined', to: '!component.taxes?.length', caughtBy: 'charge' },
  { breaks: '24 a rated CDR stays', file: 'service/audit', from: 'const terms = agreement ?? AT_HOME', to: 'const terms = AT_HOME', caughtBy: 'history' },
  { breaks: '25 total = lines = movement', file: 'statement', from: 'due: (before?.due ?? 0n) + movement', to: 'due: movement', caughtBy: 'history' },
  { breaks: '26 a closed period takes nothing', file: 'period', from: "return state === 'open' ||", to: "return state !== 'cutOff' ||", caughtBy: 'actions' },
  { breaks: '26 in the database', file: 'migrations', from: "p.state = ''closed''", to: "p.state = ''never''", caughtBy: 'actions' },
  { breaks: '36 operators are apart, in the database', file: 'migrations', from: 'WHERE c.operator_id = a.operator_id AND c.key = a.cdr', to: 'WHERE c.key = a.cdr', caughtBy: 'actions' },
  { breaks: '27 the next version', file: 'period', from: 'version: period.version + 1', to: 'version: period.version', caughtBy: 'actions' },
  { breaks: '30 disputes come back whole', file: 'postings', from: 'legs: mirrored(opened.legs)', to: 'legs: opened.legs', caughtBy: 'postings' },
  { breaks: '31 leaves follow from the log', file: 'seal', from: '`${salt}/${place}`', to: '`${salt}/${place}/${Math.random()}`', caughtBy: 'service' },
  { breaks: '31 a replayed entry keeps its salt', file: 'store/ledger', from: 'at.salt ?? randomBytes', to: 'randomBytes', caughtBy: 'history' },
  { breaks: '31 replaying twice changes nothing', file: 'service/replay', from: 'last.height >= block.height', to: 'last.height > block.height', caughtBy: 'history' },
  { breaks: '35 time moves no money', file: 'service/audit', from: "add('cdr', key, digest,", to: "add('cdr', key, Date.now(),", caughtBy: 'history' },
  { breaks: "36 another's legs are hidden", file: 'service/closing', from: '(leg) => leg.account === account', to: '() => true', caughtBy: 'history' },
  { breaks: '36 operators are apart', file: 'store/cdrs', from: 'WHERE operator_id = $1 AND key = $2${lock}', to: 'WHERE $1::text IS NOT NULL AND key = $2${lock}', caughtBy: 'actions' },
  { breaks: '38 no posting without an agreement', file: 'cdr-checks', from: "return [...findings, { code: 'noAgreement' }]", to: 'return findings', caughtBy: 'actions' },
  { breaks: '38 a second person is another', file: 'service/actions', from: 'filter((actor) => actor !== by.actor)', to: 'filter(() => true)', caughtBy: 'actions' },
  { breaks: '38 money needs a reason', file: 'routes', from: "typeof reason !== 'string' || reason.trim() === ''", to: 'false', caughtBy: 'routes' },
];

describe('each broken rule of settlement is noticed', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    mkdirSync(join(platform, 'node_modules'), { recursive: true });
    folder = mkdtempSync(join(platform, 'node_modules', '.mutants-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('and an unbroken one is not', async () => {
    const sound = plant('sound', { file: 'postings', from: '', to: '' });
    for (const name of ['actions', 'charge', 'history', 'postings', 'service', 'cdr-clearing', 'routes']) {
      expect(await passes(sound, name), name).to.equal(true);
    }
  });

  MUTATIONS.forEach((mutation, n) => {
    it(mutation.breaks, async () => {
      const mutant = plant(`m${n}`, mutation);
      expect(await passes(mutant, mutation.caughtBy), `${mutation.caughtBy} did not notice ${mutation.from} -> ${mutation.to}`).to.equal(
        false,
      );
    });
  });

  /** A copy of the built module with one change; what it imports stays where it is. */
  function plant(name: string, { file, from, to }: Pick<Mutation, 'file' | 'from' | 'to'>): string {
    const copy = join(folder, name);
    cpSync(join(platform, 'dist', 'settlement'), join(copy, 'settlement'), { recursive: true });
    for (const beside of ['kernel', 'model', 'edges']) symlinkSync(join(platform, 'dist', beside), join(copy, beside));
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
    const path = join(copy, 'settlement', `${file}.js`);
    const text = readFileSync(path, 'utf8');
    expect(text.split(from).length, `${file} holds ${from} once`).to.equal(from === '' ? text.length : 2);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    return copy;
  }

  function passes(copy: string, test: string): Promise<boolean> {
    const child = spawn(process.execPath, [room, 'test', '', join(copy, 'settlement', `${test}.test.js`)], {
      stdio: 'ignore',
      env: { ...process.env, EVROAM_EFFORT: 'quick' },
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code === 0));
    });
  }
});

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { evroam } from './command.js';

// A statement of the demo world, with the key that its agreement pins and the CDRs as its partner stored them; as bytes, since a
// formatter of JSON would break them.
const kept = (name: string) => fileURLToPath(new URL(`../../test/statement/${name}`, import.meta.url));
let folder: string;
const at = (name: string) => join(folder, name);
const verify = (file: string, ...words: string[]) => evroam(['statement', 'verify', file, '--key', at('hub.pub.pem'), ...words]);

describe('evroam statement verify', () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-statement-'));
    await mkdir(at('cdrs'));
    await copyFile(kept('statement.bytes'), at('statement.json'));
    await copyFile(kept('hub.pub.pem'), at('hub.pub.pem'));
    for (const name of ['cdr-1', 'cdr-2']) await copyFile(kept(`${name}.bytes`), at(`cdrs/${name}.json`));
  });
  after(() => rm(folder, { recursive: true }));

  it('accepts a statement that holds, also against the own CDRs', async () => {
    const { code, out } = await verify(at('statement.json'), '--cdrs', at('cdrs'));
    expect(code, out).to.equal(0);
    expect(out).to.match(/^✓ .*2 lines, 2 equal to your CDRs/);
    const json = JSON.parse((await verify(at('statement.json'), '-o', 'json')).out);
    expect(json).to.include({ ok: true, verified: true, recomputed: true });
    expect(json.lines.map(({ ownCdr }: { ownCdr: string }) => ownCdr)).to.deep.equal(['notGiven', 'notGiven']);
  });

  it('refuses one in which a byte was changed, and names the line', async () => {
    const bytes = await readFile(at('statement.json'));
    const place = bytes.lastIndexOf('"energyMilliWh":', bytes.lastIndexOf('"signature":')) + '"energyMilliWh":'.length;
    bytes[place] = bytes[place] === 0x31 ? 0x32 : 0x31;
    const changed = join(folder, 'changed.json');
    await writeFile(changed, bytes);
    const { code, out } = await verify(changed, '--ndjson');
    expect(code).to.equal(8);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).to.have.length(3);
    expect(rows.at(-1)).to.include({ ok: false, verified: false, lines: 2 });
    expect(rows.at(-1).faults.map(({ line }: { line?: number }) => line)).to.include(1);
  });

  it('refuses a line for which there is no own CDR, and one whose own CDR says otherwise', async () => {
    const mine = at('mine');
    await mkdir(mine);
    await copyFile(at('cdrs/cdr-1.json'), join(mine, 'cdr-1.json'));
    const missing = await verify(at('statement.json'), '--cdrs', mine);
    expect(missing.code).to.equal(8);
    expect(missing.out).to.include('there is no own CDR');
    const other = JSON.parse(await readFile(at('cdrs/cdr-2.json'), 'utf8'));
    other.charging_periods[0].dimensions[0].volume = 0.001;
    await writeFile(join(mine, 'cdr-2.json'), JSON.stringify(other));
    const differs = await verify(at('statement.json'), '--cdrs', mine);
    expect(differs.code).to.equal(8);
    expect(differs.out).to.include('your copy of the CDR');
  });

  it('does not take another key, nor what is no key', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const stranger = join(folder, 'stranger.pem');
    await writeFile(stranger, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
    expect((await evroam(['statement', 'verify', at('statement.json'), '--key', stranger])).code).to.equal(8);
    expect((await evroam(['statement', 'verify', at('statement.json'), '--key', at('statement.json')])).code).to.equal(2);
    expect((await evroam(['statement', 'verify', 'none.json', '--key', stranger])).code).to.equal(3);
  });

  it('survives a file that is no statement at all', async () => {
    for (const text of ['', '{}', '[', 'null', '{"header":{"hashes":[]},"lines":{}}']) {
      const file = join(folder, 'nonsense.json');
      await writeFile(file, text);
      const { code, talk } = await verify(file);
      expect(code, text + talk).to.equal(8);
    }
  });
});

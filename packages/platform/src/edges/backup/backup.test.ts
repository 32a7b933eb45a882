import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { migrations } from '../../compose.js';
import { type TestDatabase, testDatabase } from '../testing.js';
import { BackupRefused, backup, restore } from './index.js';

describe('a backup', () => {
  let folder: string;
  const opened: TestDatabase[] = [];
  const open = async (...steps: Parameters<typeof testDatabase>) => {
    const database = await testDatabase(...steps);
    opened.push(database);
    return database;
  };
  /** Nothing at all in it, not even the record of migrations. */
  const empty = async () => {
    const database = await open();
    await database.sql(undefined, 'DROP TABLE migration');
    return database;
  };
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => 'not refused',
      (error: unknown) => (error instanceof BackupRefused ? error.message : error),
    );
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'evroam-backup-')), 'b');
  });
  afterEach(async () => {
    rmSync(join(folder, '..'), { recursive: true, force: true });
    for (const database of opened.splice(0)) await database.drop();
  });

  it('is one moment of all tables, and comes back byte for byte, with its guards and the numbers that come next', async () => {
    const first = await open(migrations);
    await first.sql(
      undefined,
      `INSERT INTO settlement_action (operator_id, subject, action, actor, reason, at)
       SELECT 'main', 'a' || n, E'tab\\tand\\nline \\\\ end', 'anna', '云快充', now() FROM generate_series(1, 1000) n`,
    );
    // What is written meanwhile is no part of it, however late its table is read.
    let meanwhile: Promise<unknown> | undefined;
    const taken = await backup(first.url, folder, () => {
      meanwhile ??= first.sql(
        undefined,
        `INSERT INTO settlement_action (operator_id, subject, action, actor, reason, at) VALUES ('late', 'x', 'y', 'anna', 'z', now())`,
      );
    });
    await meanwhile;
    expect(taken.tables.find(({ name }) => name === 'settlement_action')?.rows).to.equal(1000);
    const second = await empty();
    await restore(second.url, folder, migrations);
    const again = await backup(second.url, `${folder}2`);
    expect(again.tables).to.deep.equal(taken.tables);
    expect(again.partitions).to.deep.equal(taken.partitions);
    expect(again.sequences).to.deep.equal(taken.sequences);
    const [next] = await second.sql<{ id: string }>(
      undefined,
      `INSERT INTO settlement_action (operator_id, subject, action, actor, reason, at) VALUES ('main', 'x', 'y', 'anna', 'z', now()) RETURNING id::text`,
    );
    expect(Number(next?.id)).to.be.above(1000);
    const changed = second.sql(undefined, `UPDATE settlement_action SET reason = 'other'`);
    expect(await changed.then(String, (error: Error) => error.message)).to.include('only added to');
  });

  it('goes only into an empty database, whole, and of a version that is known', async () => {
    const first = await open(migrations);
    await backup(first.url, folder);
    expect(await refused(backup(first.url, folder))).to.include('is not empty');
    expect(await refused(restore(first.url, folder, migrations))).to.include('the database is not empty');
    const target = await empty();
    expect(await refused(restore(target.url, folder, migrations.slice(0, -1)))).to.include('newer evroam');
    const other = migrations.map((step, i) => (i === 0 ? { ...step, up: [...step.up, 'SELECT 1'] } : step));
    expect(await refused(restore(target.url, folder, other))).to.include('had other statements');
    const file = join(folder, 'installation.copy');
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole, whole]));
    expect(await refused(restore(target.url, folder, migrations))).to.include('installation.copy');
    rmSync(file);
    expect(await refused(restore(target.url, folder, migrations))).to.include('missing');
    writeFileSync(file, whole);
    const manifest = join(folder, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    rmSync(manifest);
    expect(await refused(restore(target.url, folder, migrations))).to.include('no whole backup');
    writeFileSync(manifest, text.replace('"name": "installation"', '"name": "x; DROP TABLE y"'));
    expect(await refused(restore(target.url, folder, migrations))).to.include('no name of ours');
    writeFileSync(manifest, text);
    // Every refusal left it as it was.
    await restore(target.url, folder, migrations);
  });
});

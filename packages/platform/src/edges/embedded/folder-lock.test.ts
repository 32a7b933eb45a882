import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { startTicks } from './process-identity.js';

describe('the lock of a data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evroam-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const lockOf = (holder: object) =>
    writeFileSync(join(folder, 'hub.lock'), JSON.stringify({ since: '2026-01-01T00:00:00.000Z', ...holder }));

  it('is had once, and again after it was let go', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).to.throw(FolderInUse, /in use by another hub \(this process itself, since .*EVROAM_DATA/);
    unlock();
    lockFolder(folder)();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('of another living process is respected, and its id is told', () => {
    lockOf({ pid: process.ppid, ticks: startTicks(process.ppid) ?? null });
    expect(() => lockFolder(folder)).to.throw(FolderInUse, new RegExp(`process ${process.ppid}, since 2026-01-01`));
  });

  it('of a process that is gone is taken over', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    lockOf({ pid, ticks: null });
    lockFolder(folder)();
  });

  it('of a process whose id belongs to somebody else by now is taken over', function () {
    if (startTicks(process.ppid) === undefined) this.skip();
    lockOf({ pid: process.ppid, ticks: '1' });
    lockFolder(folder)();
  });

  it('that holds nothing readable is taken over', () => {
    writeFileSync(join(folder, 'hub.lock'), '{"pid":');
    lockFolder(folder)();
  });

  it('is let go only by who holds it', () => {
    const unlock = lockFolder(folder);
    lockOf({ pid: process.ppid, ticks: null });
    unlock();
    expect(readFileSync(join(folder, 'hub.lock'), 'utf8')).to.include(String(process.ppid));
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../database.js';
import { openRedis } from '../redis.js';
import { readEndpoints } from './endpoints.js';
import { FolderInUse } from './folder-lock.js';
import { isAlive } from './process-identity.js';
import { type Embedded, type EmbeddedEvent, startEmbedded } from './start.js';

describe('the embedded servers', function () {
  this.timeout(60_000);
  let home: string;
  let dataDir: string;
  let running: Embedded | undefined;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'evroam-start-'));
    chmodSync(home, 0o755);
    dataDir = join(home, 'data');
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });
  after(() => rmSync(home, { recursive: true }));

  it('start with no more than a folder, tell their steps, and keep what was saved for the next start', async () => {
    const events: EmbeddedEvent[] = [];
    running = await startEmbedded({ dataDir, postgres: true, valkey: true, onEvent: (event) => events.push(event) });
    expect(events.map(({ kind }) => kind).sort()).to.deep.equal(['ready', 'ready', 'step']);
    const first = await openDatabase({ url: running.databaseUrl! });
    await first.sql(undefined, 'CREATE TABLE kept AS SELECT 42 AS n');
    await first.close();
    const redis = await openRedis({ url: running.redisUrl! });
    await redis.ping();
    await redis.close();
    await running.stop();

    running = await startEmbedded({ dataDir, postgres: true, valkey: false });
    expect(running).to.not.have.property('redisUrl');
    const second = await openDatabase({ url: running.databaseUrl! });
    expect(await second.sql(undefined, 'SELECT n FROM kept')).to.deep.equal([{ n: 42 }]);
    await second.close();
  });

  it('refuse a second hub on their folder, and tell others where they are', async () => {
    running = await startEmbedded({ dataDir, postgres: true, valkey: false });
    const error = await startEmbedded({ dataDir, postgres: true, valkey: false }).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(FolderInUse);
    expect(readEndpoints(dataDir)).to.deep.equal({ databaseUrl: running.databaseUrl, pid: process.pid });
    expect(statSync(join(dataDir, 'endpoints.json')).mode & 0o777).to.equal(0o600);
  });

  it('leave neither process nor lock behind when they stop', async () => {
    running = await startEmbedded({ dataDir, postgres: true, valkey: true });
    const { supervisor, services } = running.pids();
    await running.stop();
    for (const pid of [supervisor, services.postgres, services.valkey]) expect(isAlive(pid!)).to.equal(false);
    expect(existsSync(join(dataDir, 'endpoints.json'))).to.equal(false);
    expect(() => readEndpoints(dataDir)).to.throw(/No hub with embedded servers runs on/);
    running = undefined;
  });

  it('say why they cannot start, and let the folder go', async () => {
    running = await startEmbedded({ dataDir, postgres: true, valkey: false });
    await running.stop();
    running = undefined;
    const place = existsSync(join(dataDir, 'postgres-place'))
      ? readFileSync(join(dataDir, 'postgres-place'), 'utf8')
      : join(dataDir, 'postgres');
    const version = join(place, 'cluster', 'PG_VERSION');
    writeFileSync(version, '9\n');
    const error = await startEmbedded({ dataDir, postgres: true, valkey: false }).catch((caught: Error) => caught);
    expect((error as Error).message).to.match(/written by PostgreSQL 9, and this evroam brings PostgreSQL 18/);
    writeFileSync(version, '18\n');
    running = await startEmbedded({ dataDir, postgres: true, valkey: false });
  });
});

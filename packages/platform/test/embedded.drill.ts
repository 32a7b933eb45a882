import { type ChildProcess, fork } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openDatabase } from '#edges/database.js';
import { openRedis } from '#edges/redis.js';
import type { HubNews } from './embedded-hub.js';

type Up = Extract<HubNews, { kind: 'up' }>;

/** Every process of a hub: its Node processes carry a mark in their environment, PostgreSQL works in the data folder. */
function processesOf(mark: string, folders: readonly string[]): { pid: number; what: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const cwd = readlinkSync(`/proc/${name}/cwd`);
      const ours =
        readFileSync(`/proc/${name}/environ`, 'utf8').includes(`EVROAM_DRILL=${mark}\0`) ||
        folders.some((folder) => cwd.startsWith(folder));
      const what = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return ours && Number(name) !== process.pid && what !== '' ? [{ pid: Number(name), what }] : [];
    } catch {
      return [];
    }
  });
}

/** Some end by themselves when their parent does. */
function killAll(processes: readonly { pid: number }[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

class Hub {
  readonly child: ChildProcess;
  readonly news: HubNews[] = [];
  readonly #dataDir: string;
  readonly #mark: string;

  constructor(dataDir: string, user?: number) {
    this.#dataDir = dataDir;
    this.#mark = `${process.pid}-${dataDir}`;
    this.child = fork(fileURLToPath(new URL('./embedded-hub.js', import.meta.url)), [dataDir], {
      env: { ...process.env, EVROAM_DRILL: this.#mark },
      execArgv: [],
      cwd: '/',
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    this.child.on('message', (news: HubNews) => this.news.push(news));
  }

  /** Where PostgreSQL may be at home. */
  folders(): string[] {
    const pointer = join(this.#dataDir, 'postgres-place');
    return [
      existsSync(this.#dataDir) ? realpathSync(this.#dataDir) : this.#dataDir,
      ...(existsSync(pointer) ? [readFileSync(pointer, 'utf8')] : []),
    ];
  }

  left(): { pid: number; what: string }[] {
    return processesOf(this.#mark, this.folders());
  }

  async hear<T>(what: string, find: (news: HubNews) => T | undefined, from = 0): Promise<T> {
    for (const deadline = Date.now() + 40_000; ; await delay(20)) {
      for (const news of this.news.slice(from)) {
        const found = find(news);
        if (found !== undefined) return found;
      }
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.news)}`);
    }
  }

  up(from = 0): Promise<Up> {
    return this.hear(
      'the servers',
      (news) => {
        if (news.kind === 'failed') throw new Error(news.message);
        return news.kind === 'up' ? news : undefined;
      },
      from,
    );
  }

  /** Its processes as they are now. */
  pids(): Promise<Up> {
    const from = this.news.length;
    this.child.send('pids');
    return this.up(from);
  }

  /** Kills a process and waits until the service is there again. */
  async killAndWait(pid: number, service: 'postgres' | 'valkey'): Promise<void> {
    const from = this.news.length;
    process.kill(pid, 'SIGKILL');
    await this.hear(
      `${service} to come back`,
      ({ kind, ...rest }) =>
        'event' in rest && kind === 'event' && rest.event.kind === 'ready' && rest.event.service === service ? true : undefined,
      from,
    );
  }

  async gone(): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (this.left().length > 0) {
      if (Date.now() > deadline) throw new Error(`left behind: ${JSON.stringify(this.left())}`);
      await delay(50);
    }
  }
}

describe('embedded servers under kill -9', function () {
  this.timeout(240_000);
  const hubs: Hub[] = [];
  let home: string;
  let dataDir: string;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'evroam-drill-'));
    chmodSync(home, 0o755);
    dataDir = join(home, 'data');
  });
  afterEach(async () => {
    for (const hub of hubs) hub.child.kill('SIGKILL');
    for (const hub of hubs.splice(0)) await hub.gone();
    rmSync(home, { recursive: true, force: true });
  });
  const start = (folder = dataDir, user?: number): Hub => {
    const hub = new Hub(folder, user);
    hubs.push(hub);
    return hub;
  };
  const postmaster = (hub: Hub) =>
    Number(
      readFileSync(join(hub.folders().at(-1)!, hub.folders().length > 1 ? 'cluster' : 'postgres/cluster', 'postmaster.pid'), 'utf8').split(
        '\n',
      )[0],
    );
  const count = async ({ databaseUrl }: Up, write = true): Promise<number> => {
    const database = await openDatabase({ url: databaseUrl });
    try {
      await database.sql(undefined, 'CREATE TABLE IF NOT EXISTS kept (n int)');
      if (write) await database.sql(undefined, 'INSERT INTO kept VALUES (1)');
      return (await database.sql<{ n: number }>(undefined, 'SELECT count(*)::int AS n FROM kept'))[0]!.n;
    } finally {
      await database.close();
    }
  };

  it('leave no process behind when the hub is killed, and keep what was saved', async () => {
    const hub = start();
    expect(await count(await hub.up())).to.equal(1);
    hub.child.kill('SIGKILL');
    await hub.gone();
    expect(await count(await start().up())).to.equal(2);
  });

  it('start while those of a killed hub are still stopping', async () => {
    const hub = start();
    await count(await hub.up());
    hub.child.kill('SIGKILL');
    expect(await count(await start().up())).to.equal(2);
  });

  it('come back at the same address when the supervisor is killed, and end with the hub', async () => {
    const hub = start();
    const before = await hub.up();
    await count(before);
    const database = await openDatabase({ url: before.databaseUrl });
    const redis = await openRedis({ url: before.redisUrl });
    await Promise.all([
      hub.killAndWait(before.supervisor, 'postgres'),
      hub.hear('valkey', (news) => (news.kind === 'event' && news.event.kind === 'supervisor-down' ? true : undefined)),
    ]);
    await database.ping(10_000);
    await redis.ping(10_000);
    await Promise.all([database.close(), redis.close()]);
    const after = await hub.pids();
    expect(after.supervisor).to.not.equal(before.supervisor);
    expect(await count(after)).to.equal(2);
    expect(hub.left().filter(({ what }) => what.includes('supervisor'))).to.have.length(1);
    hub.child.kill('SIGKILL');
    await hub.gone();
  });

  it('leave no process behind when the supervisor and the hub are killed together', async () => {
    const hub = start();
    const { supervisor } = await hub.up();
    process.kill(hub.child.pid!, 'SIGKILL');
    process.kill(supervisor, 'SIGKILL');
    await hub.gone();
  });

  it('restart PostgreSQL alone when it is killed, at the same address', async () => {
    const hub = start();
    const before = await hub.up();
    await count(before);
    await hub.killAndWait(postmaster(hub), 'postgres');
    expect(await count(before)).to.equal(2);
    expect((await hub.pids()).valkey).to.equal(before.valkey);
  });

  it('restart PostgreSQL when its keeper is killed, which leaves it an orphan for a moment', async () => {
    const hub = start();
    const before = await hub.up();
    await count(before);
    await hub.killAndWait(before.postgres, 'postgres');
    expect(await count(before)).to.equal(2);
    expect(hub.left().filter(({ what }) => /bin\/postgres -D/.test(what))).to.have.length(1);
  });

  it('restart Valkey alone when it is killed, at the same address, with the same password, and empty', async () => {
    const hub = start();
    const before = await hub.up();
    const redis = await openRedis({ url: before.redisUrl });
    await redis.client.set('x', '1');
    await hub.killAndWait(before.valkey, 'valkey');
    expect(await redis.client.get('x')).to.equal(null);
    await redis.close();
    expect((await hub.pids()).postgres).to.equal(before.postgres);
  });

  it('start again after everything was killed at once, PostgreSQL itself included', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const hub = start();
      expect(await count(await hub.up())).to.equal(round);
      killAll(hub.left());
      await hub.gone();
    }
  });

  it('start after an orphan PostgreSQL was left in the folder', async () => {
    const hub = start();
    const up = await hub.up();
    await count(up);
    const orphan = postmaster(hub);
    killAll(hub.left().filter(({ what }) => !/postgres:|bin\/postgres/.test(what)));
    expect(hub.left().map(({ pid }) => pid)).to.include(orphan);
    expect(await count(await start().up())).to.equal(2);
  });

  it('survive a kill at any moment of the first start', async () => {
    const seed = Number(process.env.EVROAM_SEED ?? Date.now() % 100_000);
    console.log(`      seed ${seed}`);
    for (let round = 0; round < 8; round += 1) {
      const folder = join(home, `first-${round}`);
      const hub = start(folder);
      await delay((((seed + 1) * (round + 1) * 7919) % 1600) + 20);
      if (round % 3 === 0) killAll(hub.left().filter(({ what }) => !/initdb|bin\/postgres|postgres:/.test(what)));
      hub.child.kill('SIGKILL');
      const again = start(folder);
      expect(await count(await again.up())).to.equal(1);
      again.child.send('stop');
      await again.gone();
      await hub.gone();
    }
    const last = start(join(home, 'first-0'));
    await last.up();
    expect(readdirSync(join(home, 'first-0', 'postgres')).filter((name) => name.endsWith('.making'))).to.deep.equal([]);
  });

  it('work for an ordinary user', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const nobody = 65_534;
    mkdirSync(dataDir, { recursive: true });
    for (const folder of [home, dataDir]) chownSync(folder, nobody, nobody);
    for (let round = 1; round <= 2; round += 1) {
      const hub = start(dataDir, nobody);
      expect(await count(await hub.up())).to.equal(round);
      hub.child.kill('SIGKILL');
      await hub.gone();
    }
  });

  it('work for root in a home that nobody else can enter, and clean up after a deleted folder', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const closed = mkdtempSync(join(homedir(), '.evroam-drill-'));
    try {
      for (let round = 1; round <= 2; round += 1) {
        const hub = start(join(closed, 'data'));
        expect(await count(await hub.up())).to.equal(round);
        hub.child.kill('SIGKILL');
        await hub.gone();
      }
      const place = readFileSync(join(closed, 'data', 'postgres-place'), 'utf8');
      rmSync(closed, { recursive: true });
      mkdirSync(closed, { mode: 0o700 });
      const hub = start(join(closed, 'data'));
      expect(await count(await hub.up())).to.equal(1);
      expect(existsSync(place)).to.equal(false);
      hub.child.kill('SIGKILL');
      await hub.gone();
      rmSync(readFileSync(join(closed, 'data', 'postgres-place'), 'utf8'), { recursive: true });
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });

  it('say clearly that another hub runs on the folder', async () => {
    const hub = start();
    await hub.up();
    const second = start();
    const message = await second.hear('the refusal', (news) => (news.kind === 'failed' ? news.message : undefined));
    expect(message).to.include(`process ${hub.child.pid}`).and.include('EVROAM_DATA');
    expect(await count(await hub.pids())).to.equal(1);
  });
});

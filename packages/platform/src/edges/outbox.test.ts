import { once } from 'node:events';
import { expect } from 'chai';
import type { Tx } from '../kernel/transact.js';
import { openDatabase } from './database.js';
import { createOutbox, type Delivery, type Outbox, type OutboxNote, outboxMigrations, Postponed } from './outbox.js';
import { Bell, type TestDatabase, type TestRedis, testDatabase, testRedis } from './testing.js';

describe('the outbox', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let outbox: Outbox;
  let notes: OutboxNote[];
  const bell = new Bell();

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([
      testDatabase([...outboxMigrations, { name: 'seen-001', up: ['CREATE TABLE seen (key text, n int, PRIMARY KEY (key, n))'] }]),
      testRedis(),
    ]);
  });
  after(async () => {
    await redis.close();
    await database.drop();
  });

  beforeEach(async () => {
    await database.sql(undefined, 'TRUNCATE outbox, seen RESTART IDENTITY');
    notes = [];
    outbox = createOutbox({
      database,
      redis,
      prefix: `${redis.prefix}-${Math.random()}`,
      sweepMs: 150,
      note: (note) => {
        notes.push(note);
        bell.ring();
      },
    });
  });
  afterEach(() => outbox.stop());

  const emit = (consumer: string, key: string, ...bodies: unknown[]) =>
    database.transact((tx) =>
      outbox.emit(
        tx,
        'op',
        bodies.map((body) => ({ consumer, key, body })),
      ),
    );
  const rows = async () => (await database.sql<{ n: number }>(undefined, 'SELECT count(*)::int AS n FROM outbox'))[0]!.n;
  const empty = () => bell.until(async () => (await rows()) === 0);

  it('hands every event of a key over once and in order, with bigint and dates intact', async () => {
    const heard: unknown[] = [];
    const at = new Date('2026-03-29T01:00:00Z');
    outbox.consume<{ n: bigint; at: Date }>('ledger', { inTransaction: async (_, { body }) => void heard.push(body) });
    const bodies = Array.from({ length: 120 }, (_, n) => ({ n: BigInt(n), at }));
    await emit('ledger', 'a', ...bodies.slice(0, 110));
    await outbox.start();
    await emit('ledger', 'a', ...bodies.slice(110));
    await empty();
    expect(heard).to.deep.equal(bodies);
  });

  it('tells nobody of an event whose transaction was rolled back', async () => {
    const heard: unknown[] = [];
    outbox.consume('ledger', { inTransaction: async (_, { body }) => void heard.push(body) });
    await outbox.start();
    const failing = database.transact(async (tx) => {
      await outbox.emit(tx, 'op', [{ consumer: 'ledger', key: 'a', body: 'never' }]);
      throw new Error('no');
    });
    await failing.catch(() => undefined);
    await emit('ledger', 'a', 'yes');
    await empty();
    expect(heard).to.deep.equal(['yes']);
  });

  it('saves the effect and the end of the event in one transaction, and undoes what a failed attempt wrote', async () => {
    let fails = 2;
    outbox.consume<number>('ledger', {
      backoffMs: 10,
      inTransaction: async (tx, { key, body }) => {
        await database.sql(tx, 'INSERT INTO seen VALUES ($1, $2)', [key, body]);
        if (body === 2 && fails-- > 0) throw new Error('not yet');
      },
    });
    await outbox.start();
    await emit('ledger', 'a', 1, 2, 3);
    await empty();
    const seen = await database.sql<{ n: number }>(undefined, 'SELECT n FROM seen ORDER BY n');
    expect(seen.map(({ n }) => n)).to.deep.equal([1, 2, 3]);
    expect(notes.filter(({ kind }) => kind === 'failed')).to.have.length(1);
  });

  it('handles the first events of many keys in one transaction, in the order of each key, and parks a bad one alone', async () => {
    const batches: number[] = [];
    outbox.consume<number>('ledger', {
      parkAfter: 1,
      together: async (tx, deliveries) => {
        batches.push(deliveries.length);
        for (const { key, body } of deliveries)
          await database.sql(tx, 'INSERT INTO seen SELECT $1, coalesce(max(n), 0) + 10 / $2::int FROM seen WHERE key = $1', [key, body]);
      },
    });
    const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
    for (const key of keys) await emit('ledger', key, 10, key === 'k7' ? 0 : 5);
    await outbox.start();
    await bell.until(async () => (await rows()) === 1 && (await outbox.parked()).length === 1);
    expect((await outbox.parked()).map(({ key, body }) => ({ key, body }))).to.deep.equal([{ key: 'k7', body: 0 }]);
    const seen = await database.sql<{ key: string; n: number[] }>(
      undefined,
      'SELECT key, array_agg(n ORDER BY n) AS n FROM seen GROUP BY key',
    );
    expect(Object.fromEntries(seen.map(({ key, n }) => [key, n]))).to.deep.equal(
      Object.fromEntries(keys.map((key) => [key, key === 'k7' ? [1] : [1, 3]])),
    );
    expect(Math.max(...batches)).to.be.greaterThan(30);
  });

  it("sends the first events of many keys side by side: each key in its order, a bad one parked alone, a slow one in nobody's way", async () => {
    const sent = new Map<string, number[]>();
    let most = 0;
    let atWork = 0;
    let free = () => {};
    const slow = new Promise<void>((resolve) => {
      free = resolve;
    });
    outbox.consume<number>('push', {
      parkAfter: 2,
      backoffMs: 10,
      atOnce: 16,
      leased: async ({ key, body }) => {
        atWork += 1;
        most = Math.max(most, atWork);
        if (key === 'k0') await slow;
        else await new Promise((resolve) => setImmediate(resolve));
        atWork -= 1;
        if (key === 'k7') throw new Error('never');
        sent.set(key, [...(sent.get(key) ?? []), body]);
        bell.ring();
      },
    });
    const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
    for (const key of keys) await emit('push', key, 1, 2, 3);
    await outbox.start();
    const others = keys.filter((key) => key !== 'k0' && key !== 'k7');
    await bell.until(async () => others.every((key) => sent.get(key)?.length === 3) && (await outbox.parked()).length === 1);
    expect(sent.get('k0')).to.equal(undefined);
    free();
    await bell.until(async () => (await rows()) === 3);
    expect((await outbox.parked()).map(({ key, body, behind }) => ({ key, body, behind }))).to.deep.equal([
      { key: 'k7', body: 1, behind: 2 },
    ]);
    expect(Object.fromEntries(sent)).to.deep.equal(Object.fromEntries([...others, 'k0'].map((key) => [key, [1, 2, 3]])));
    expect(most).to.be.within(8, 16);
  });

  it('leaves what many keys had on their way to whoever comes next when a worker does not end', async () => {
    let hangs = true;
    const sent: string[] = [];
    outbox.consume<string>('push', {
      atOnce: 8,
      leaseMs: 200,
      leased: async ({ body, attempt }, signal) => {
        if (hangs) await once(signal, 'abort').then(() => Promise.reject(new Error('no answer')));
        sent.push(`${body} ${attempt}`);
        bell.ring();
      },
    });
    for (const key of ['a', 'b', 'c']) await emit('push', key, key);
    await outbox.start();
    await bell.until(async () => notes.filter(({ kind }) => kind === 'failed').length >= 3);
    hangs = false;
    await empty();
    expect(sent.map((one) => one[0]).sort()).to.deep.equal(['a', 'b', 'c']);
    expect(sent.every((one) => Number(one.slice(2)) > 1)).to.equal(true);
  });

  it('goes on with a batch after a statement of PostgreSQL itself failed in it', async () => {
    outbox.consume<number>('ledger', {
      parkAfter: 1,
      inTransaction: async (tx, { key, body }) => void (await database.sql(tx, 'INSERT INTO seen VALUES ($1, 10 / $2::int)', [key, body])),
    });
    await outbox.start();
    await emit('ledger', 'zero', 1, 0, 2);
    await bell.until(async () => (await outbox.parked()).length === 1);
    const [parked] = await outbox.parked();
    expect(parked).to.include({ key: 'zero', body: 0, behind: 1 });
    expect(parked!.reason).to.match(/division by zero/);
    expect(await database.sql(undefined, 'SELECT n FROM seen')).to.have.length(1);
  });

  it('parks a poison event with its key alone, and both flow again after the cure', async () => {
    let cured = false;
    const heard: string[] = [];
    outbox.consume<string>('push', {
      parkAfter: 3,
      backoffMs: 5,
      leased: async ({ key, body }) => {
        if (body === 'poison' && !cured) throw new Error('the partner said 400');
        heard.push(`${key}.${body}`);
      },
    });
    await outbox.start();
    await emit('push', 'a', 'poison', 'after');
    await emit('push', 'b', 'fine');
    await bell.until(async () => (await outbox.parked()).length === 1 && (await rows()) === 2);
    expect(heard).to.deep.equal(['b.fine']);
    const [parked] = await outbox.parked({ consumer: 'push' });
    expect(parked).to.include({ operatorId: 'op', key: 'a', attempt: 3, behind: 1, reason: 'Error: the partner said 400' });
    expect(await outbox.lag()).to.deep.equal([{ consumer: 'push', dueKeys: 0, parkedKeys: 1, oldestDueMs: 0 }]);
    cured = true;
    expect(await outbox.unpark('push', 'a')).to.equal(true);
    await empty();
    expect(heard).to.deep.equal(['b.fine', 'a.poison', 'a.after']);
    expect(await outbox.unpark('push', 'a')).to.equal(false);
  });

  it('drops a parked event on request, and what waited behind it flows on', async () => {
    const heard: unknown[] = [];
    outbox.consume('push', {
      parkAfter: 1,
      leased: async ({ body }) => {
        if (body === 'poison') throw new Error('no');
        heard.push(body);
      },
    });
    await outbox.start();
    await emit('push', 'a', 'poison', 'after');
    await bell.until(async () => (await outbox.parked()).length === 1);
    const [parked] = await outbox.parked();
    expect(await database.transact((tx) => outbox.discard(tx, 'push', 'a', parked!.id))).to.equal(true);
    await empty();
    expect(heard).to.deep.equal(['after']);
  });

  it('does not count a postponement as a failure', async () => {
    let times = 0;
    outbox.consume('push', {
      parkAfter: 1,
      leased: async () => {
        times += 1;
        if (times < 5) throw new Postponed(1, 'the partner is away');
      },
    });
    await outbox.start();
    await emit('push', 'a', 'x');
    await empty();
    expect(times).to.equal(5);
  });

  it('gives an event whose lease ran out to another worker, and the late one cannot end it', async () => {
    const attempts: number[] = [];
    const gate = new Bell();
    let released = false;
    outbox.consume('push', {
      leaseMs: 100,
      leased: async ({ attempt }) => {
        attempts.push(attempt);
        bell.ring();
        if (attempt === 1) await gate.until(() => released);
        else throw new Postponed(60_000, 'later');
      },
    });
    await outbox.start();
    await emit('push', 'a', 'x');
    await bell.until(() => attempts.length === 2 && notes.some(({ kind }) => kind === 'postponed'));
    released = true;
    gate.ring();
    await bell.until(() => notes.some(({ kind }) => kind === 'handled'));
    expect(await rows()).to.equal(1);
  });

  it('tells a slow consumer to stop before its lease ends', async () => {
    outbox.consume('push', {
      leaseMs: 100,
      parkAfter: 1,
      leased: async (_, signal) => {
        if (!signal.aborted) await once(signal, 'abort');
        signal.throwIfAborted();
      },
    });
    await outbox.start();
    await emit('push', 'a', 'x');
    await bell.until(() => notes.some(({ kind }) => kind === 'parked'));
  });

  it('leaves connections to others when very many keys are due, and to handlers that need a second one', async () => {
    const small = await openDatabase({ url: database.url, poolSize: 4 });
    const busy = createOutbox({ database: small, redis, prefix: `${redis.prefix}-small`, sweepMs: 150, note: () => bell.ring() });
    try {
      busy.consume('ledger', { concurrency: 50, inTransaction: async () => void (await small.sql(undefined, 'SELECT pg_sleep(0.005)')) });
      await small.transact((tx) =>
        busy.emit(
          tx,
          'op',
          Array.from({ length: 100 }, (_, n) => ({ consumer: 'ledger', key: String(n), body: n })),
        ),
      );
      await busy.start();
      await empty();
    } finally {
      await busy.stop();
      await small.close();
    }
  });

  it('refuses an event for a consumer that nobody plugged in', async () => {
    const error = await emit('typo', 'a', 1).catch((caught: Error) => caught);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/no consumer "typo"/);
    expect(await rows()).to.equal(0);
  });

  describe('with hints alone, the sweep switched off', () => {
    const nodes: Outbox[] = [];
    const prefix = () => `${redis.prefix}-${Math.random()}`;
    const node = (
      options: Partial<Parameters<typeof createOutbox>[0]>,
      consumer: (tx: Tx, delivery: Delivery) => Promise<void>,
    ): Outbox => {
      const made = createOutbox({ database, redis, sweepMs: 3_600_000, note: () => bell.ring(), ...options });
      made.consume('push', { inTransaction: consumer });
      nodes.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of nodes.splice(0)) await made.stop();
    });

    it('loses no wake-up, and handles nothing twice, when events are saved while their key is being worked on', async () => {
      const shared = prefix();
      const heard = new Set<string>();
      await database.sql(undefined, `INSERT INTO seen VALUES ('effects', 0)`);
      const [first] = [1, 2].map(() =>
        node({ prefix: shared }, async (tx, { id }) => {
          heard.add(id);
          await database.sql(tx, `UPDATE seen SET n = n + 1 WHERE key = 'effects'`);
        }),
      );
      for (const made of nodes) await made.start();
      for (let n = 1; n <= 150; n += 1) {
        // Two at nearly the same time, by hands that lock nothing: the second meets the first at work, at every stage of it.
        const save = () => database.transact((tx) => first!.emit(tx, 'op', [{ consumer: 'push', key: 'one', body: n }]));
        await Promise.all([save(), new Promise((resolve) => setImmediate(resolve)).then(save)]);
        await bell.until(async () => heard.size >= 2 * n && (await rows()) === 0);
      }
      expect(await database.sql(undefined, 'SELECT n FROM seen')).to.deep.equal([{ n: 300 }]);
    }).timeout(60_000);

    it('works on without Redis', async () => {
      const heard: unknown[] = [];
      const alone = node({ redis: { ...redis, isReady: () => false }, prefix: prefix() }, async (_, { body }) => void heard.push(body));
      await alone.start();
      await database.transact((tx) =>
        alone.emit(
          tx,
          'op',
          [1, 2, 3].map((body) => ({ consumer: 'push', key: String(body % 2), body })),
        ),
      );
      await bell.until(async () => (await rows()) === 0);
      expect(heard.toSorted()).to.deep.equal([1, 2, 3]);
    });
  });

  it('finds by its sweep what an emptied Redis forgot', async () => {
    const heard: unknown[] = [];
    const silent = createOutbox({ database, redis, prefix: `${redis.prefix}-elsewhere` });
    silent.consume('push', { inTransaction: async () => undefined });
    await database.transact((tx) => silent.emit(tx, 'op', [{ consumer: 'push', key: 'a', body: 'forgotten' }]));
    await silent.stop();
    outbox.consume('push', { inTransaction: async (_, { body }) => void heard.push(body) });
    await outbox.start();
    await empty();
    expect(heard).to.deep.equal(['forgotten']);
  });
});

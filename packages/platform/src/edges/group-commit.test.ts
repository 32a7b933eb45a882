import { expect } from 'chai';
import type { QueryResult } from 'pg';
import { createGroupCommit, type GroupCommit, type GroupCommitPlan, Overloaded } from './group-commit.js';
import { Bell, type TestDatabase, testDatabase } from './testing.js';

interface Reading {
  session: string;
  at: number;
  value: string;
}

type Answer = { repeat: boolean; seen: number };

/** Readings of sessions: each is one row under a natural key, and its session keeps the list of values in the order heard. */
const plan: GroupCommitPlan<Reading, Answer> = {
  key: ({ session }) => session,
  read: (events) => [
    {
      name: 'test-lock',
      text: 'SELECT id, count FROM session WHERE id = ANY($1) ORDER BY id FOR UPDATE',
      values: [[...new Set(events.map(({ session }) => session))]],
    },
    {
      name: 'test-insert',
      text: `INSERT INTO reading SELECT s, a, v FROM unnest($1::text[], $2::int[], $3::text[]) u(s, a, v)
             WHERE EXISTS (SELECT FROM session WHERE id = s) ON CONFLICT DO NOTHING RETURNING session, at`,
      values: [events.map(({ session }) => session), events.map(({ at }) => at), events.map(({ value }) => value)],
    },
  ],
  fold(events, [sessions, inserted]) {
    const counts = new Map((sessions as QueryResult<{ id: string; count: number }>).rows.map(({ id, count }) => [id, count]));
    const fresh = new Set((inserted as QueryResult<{ session: string; at: number }>).rows.map(({ session, at }) => `${session} ${at}`));
    const heard = new Map<string, number[]>();
    const outcomes = events.map(({ session, at, value }) => {
      const count = counts.get(session);
      if (count === undefined) return { error: new Error(`no session ${session}`) };
      if (value === 'cannot be applied') return { error: new Error('refused by apply') };
      if (!fresh.delete(`${session} ${at}`)) return { answer: { repeat: true, seen: count } };
      counts.set(session, count + 1);
      heard.set(session, [...(heard.get(session) ?? []), at]);
      return { answer: { repeat: false, seen: count + 1 } };
    });
    const ids = [...heard.keys()];
    const write = {
      name: 'test-update',
      text: `UPDATE session SET count = u.c, heard = heard || u.h FROM unnest($1::text[], $2::int[], $3::text[]) u(id, c, h) WHERE session.id = u.id`,
      values: [ids, ids.map((id) => counts.get(id)), ids.map((id) => `${heard.get(id)!.join(' ')} `)],
    };
    return { writes: ids.length > 0 ? [write] : [], outcomes };
  },
};

describe('group commit', () => {
  let database: TestDatabase;
  let ingest: GroupCommit<Reading, Answer>;
  let batches: number[];
  let retries: number;
  before(async function () {
    this.timeout(60_000);
    database = await testDatabase([
      {
        name: 'test-001',
        up: [
          `CREATE TABLE session (id text PRIMARY KEY, count int NOT NULL DEFAULT 0, heard text NOT NULL DEFAULT '')`,
          `CREATE TABLE reading (session text, at int, value text CHECK (value <> 'poison'), PRIMARY KEY (session, at))`,
        ],
      },
    ]);
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.sql(undefined, 'TRUNCATE session, reading');
    await database.sql(undefined, 'INSERT INTO session SELECT n::text FROM generate_series(0, 49) n');
    batches = [];
    retries = 0;
    ingest = createGroupCommit({
      database,
      plan,
      onBatch: (events) => batches.push(events),
      onRetry: () => {
        retries += 1;
      },
    });
  });
  afterEach(() => ingest.stop());

  const reading = (session: number | string, at: number, value = 'x'): Reading => ({ session: String(session), at, value });
  const count = async (text = 'SELECT count(*)::int AS n FROM reading') => (await database.sql<{ n: number }>(undefined, text))[0]!.n;
  const settled = (readings: readonly Reading[]) => Promise.allSettled(readings.map((each) => ingest.submit(each)));

  it('answers after the commit, in few commits, and each session hears its events in order', async () => {
    const readings = Array.from({ length: 3000 }, (_, n) => reading(n % 50, Math.floor(n / 50)));
    const answers = await Promise.all(readings.map((each) => ingest.submit(each)));
    expect(answers.every(({ repeat }) => !repeat)).to.equal(true);
    expect(await count()).to.equal(3000);
    expect(batches.reduce((sum, n) => sum + n, 0)).to.equal(3000);
    expect(batches.length).to.be.lessThan(30);
    const wanted = `${Array.from({ length: 60 }, (_, n) => n).join(' ')} `;
    for (const { heard } of await database.sql<{ heard: string }>(undefined, 'SELECT heard FROM session')) expect(heard).to.equal(wanted);
  });

  it('has few that come while a batch runs go together, and others go on beside one that is held', async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const first = ingest.submit(reading(1, 0));
    await turn();
    const second = ingest.submit(reading(2, 0));
    await turn();
    await Promise.all([first, second, ingest.submit(reading(3, 0))]);
    expect(batches).to.deep.equal([1, 2]);

    const { held } = await database.transact(async (tx) => {
      await database.sql(tx, `SELECT 1 FROM session WHERE id = '1' FOR UPDATE`);
      const waits = ingest.submit(reading(1, 1));
      await turn();
      await Promise.all([4, 5, 6].map((session) => ingest.submit(reading(session, 0))));
      return { held: waits };
    });
    expect((await held).seen).to.equal(2);
  });

  it('keeps order when a session speaks while its batch is being saved', async () => {
    const answers: Promise<Answer>[] = [];
    for (let at = 0; at < 60; at += 1) {
      answers.push(ingest.submit(reading(1, at)));
      if (at % 7 === 0) await answers[at];
      else await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await Promise.all(answers)).map(({ seen }) => seen)).to.deep.equal(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  it('answers a repeat and does not apply it, also within one batch', async () => {
    const [first, again, other] = await Promise.all([reading(1, 5), reading(1, 5), reading(1, 6)].map((each) => ingest.submit(each)));
    expect([first, again, other].map((each) => each!.repeat)).to.deep.equal([false, true, false]);
    expect(await ingest.submit(reading(1, 5))).to.deep.equal({ repeat: true, seen: 2 });
    expect(await count()).to.equal(2);
  });

  it('fails an event with bad data alone', async () => {
    const readings = Array.from({ length: 200 }, (_, n) => reading(n % 50, n, n === 77 || n === 127 ? 'poison' : 'x'));
    const results = await settled(readings);
    expect(results.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).to.deep.equal([77, 127]);
    expect(await count()).to.equal(198);
    expect(await count('SELECT sum(count)::int AS n FROM session')).to.equal(198);
  });

  it('fails an event that cannot be applied alone', async () => {
    const results = await settled([reading(1, 1), reading('none', 1), reading(2, 1)]);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('saves the other sessions of a batch while one is locked elsewhere, and that one when it is free', async () => {
    const bell = new Bell();
    let locked = false;
    let release = false;
    const foreign = database.transact(async (tx) => {
      await database.sql(tx, `SELECT 1 FROM session WHERE id = '1' FOR UPDATE`);
      locked = true;
      bell.ring();
      await bell.until(() => release);
    });
    await bell.until(() => locked);
    const held = ingest.submit(reading(1, 1));
    await Promise.all([0, 2, 3, 4].map((session) => ingest.submit(reading(session, 1))));
    release = true;
    bell.ring();
    await foreign;
    expect(await held).to.deep.equal({ repeat: false, seen: 1 });
    expect(await count()).to.equal(5);
  });

  it('saves each event once when connections are cut under it, whatever had been committed', async function () {
    this.timeout(60_000);
    let cutting = true;
    const cuts = (async () => {
      for (let n = 0; cutting && n < 40; n += 1) {
        await database.sql(
          undefined,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`,
        );
        await ingest.submit(reading(49, n));
      }
    })();
    const sent: Reading[] = [];
    for (let at = 0; at < 40; at += 1) {
      const round = Array.from({ length: 49 }, (_, session) => reading(session, at));
      sent.push(...round);
      await Promise.all(round.map((each) => ingest.submit(each)));
    }
    cutting = false;
    await cuts;
    expect(retries).to.be.greaterThan(0);
    expect(await count(`SELECT count(*)::int AS n FROM reading WHERE session <> '49'`)).to.equal(sent.length);
    expect(await count(`SELECT sum(count)::int AS n FROM session WHERE id <> '49'`)).to.equal(sent.length);
  });

  it('turns events away when too many wait, and after it was stopped', async () => {
    const small = createGroupCommit({ database, plan, queueLimit: 3 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, (_, n) => small.submit(reading(n, n))));
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    const last = small.submit(reading(9, 9));
    await small.stop();
    await last;
    expect(await small.submit(reading(8, 8)).catch((error: unknown) => error)).to.be.instanceOf(Overloaded);
  });

  it('gives up on a server that stays away, so that the sender repeats', async () => {
    const cut = createGroupCommit({
      database: {
        ...database,
        sequelize: Object.assign(Object.create(database.sequelize), {
          connectionManager: { getConnection: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })) },
        }),
      },
      plan,
      patienceMs: 120,
    });
    expect(await cut.submit(reading(1, 1)).catch((error: Error) => error.message)).to.equal('gone');
  });
});

import { expect } from 'chai';
import { describeUrl, openDatabase } from './database.js';
import { freePort } from './embedded/free-port.js';
import { isConflict, isDataError, isOutage, sqlState } from './sql-state.js';
import { Bell, type TestDatabase, testDatabase } from './testing.js';
import { afterCommit, savepoint } from './transact.js';

describe('the database', () => {
  let database: TestDatabase;
  before(async function () {
    this.timeout(60_000);
    database = await testDatabase([
      { name: 'account-001', up: ['CREATE TABLE account (id int PRIMARY KEY, cents bigint NOT NULL CHECK (cents >= 0))'] },
    ]);
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.sql(undefined, 'TRUNCATE account');
    await database.sql(undefined, 'INSERT INTO account VALUES (1, 100), (2, 100)');
  });
  const cents = async () =>
    (await database.sql<{ cents: string }>(undefined, 'SELECT cents FROM account ORDER BY id')).map((row) => Number(row.cents));
  const failure = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => expect.fail('it should have failed'),
      (error: Error) => error,
    );

  it('gives rows in the binary form of COPY; values are literals, whatever is in them; a fault leaves the connection good', async () => {
    const name = "a'); DROP TABLE account; --\\";
    const rows = await database.sql.copyRows('SELECT id, $1::text AS name FROM account WHERE cents < $2 ORDER BY id', [name, 101]);
    expect(rows.subarray(0, 11).toString('latin1')).to.equal('PGCOPY\n\xff\r\n\0');
    const row = (id: number) => {
      const head = Buffer.alloc(14);
      head.writeInt16BE(2, 0);
      head.writeInt32BE(4, 2);
      head.writeInt32BE(id, 6);
      head.writeInt32BE(name.length, 10);
      return Buffer.concat([head, Buffer.from(name)]);
    };
    expect(rows.subarray(19)).to.deep.equal(Buffer.concat([row(1), row(2), Buffer.from([255, 255])]));
    const large = await database.sql.copyRows("SELECT repeat('x', 1000) FROM generate_series(1, $1::int)", [5000]);
    expect(large.length).to.equal(19 + 5000 * 1006 + 2);
    expect(sqlState(await failure(database.sql.copyRows('SELECT 1 / (id - 2) FROM account ORDER BY id', [])))).to.equal('22012');
    expect(await cents()).to.deep.equal([100, 100]);
  });

  it('keeps a statement prepared under its name, for other values', async () => {
    const ask = (id: number) =>
      database.sql.prepared('test-account', 'SELECT id FROM account WHERE id = ANY($1::int[]) ORDER BY id', [[id, 2]]);
    expect(await ask(1)).to.deep.equal([{ id: 1 }, { id: 2 }]);
    expect(await ask(7)).to.deep.equal([{ id: 2 }]);
  });

  describe('a transaction', () => {
    it('saves all or nothing', async () => {
      const error = await failure(
        database.transact(async (tx) => {
          await database.sql(tx, 'UPDATE account SET cents = cents + 50 WHERE id = 2');
          await database.sql(tx, 'UPDATE account SET cents = cents - 500 WHERE id = 1');
        }),
      );
      expect(sqlState(error)).to.equal('23514');
      expect(isDataError(error)).to.equal(true);
      expect(await cents()).to.deep.equal([100, 100]);
    });

    it('is never reported as saved when a swallowed error kept PostgreSQL from saving it', async () => {
      const error = await failure(
        database.transact(async (tx) => {
          await database.sql(tx, 'UPDATE account SET cents = 1 WHERE id = 1');
          await database.sql(tx, 'SELECT 1 / 0').catch(() => undefined);
        }),
      );
      expect(error.message).to.match(/nothing was saved/);
      expect(await cents()).to.deep.equal([100, 100]);
    });

    it('runs again after a deadlock, until both are through', async () => {
      const bell = new Bell();
      let holding = 0;
      const move = (from: number, to: number) =>
        database.transact(async (tx) => {
          await database.sql(tx, 'UPDATE account SET cents = cents - 10 WHERE id = $1', [from]);
          holding += 1;
          bell.ring();
          await bell.until(() => holding >= 2);
          await database.sql(tx, 'UPDATE account SET cents = cents + 10 WHERE id = $1', [to]);
        });
      await Promise.all([move(1, 2), move(2, 1)]);
      // One victim at least; on a busy machine PostgreSQL may pick the second one too.
      expect(holding).to.be.within(3, 6);
      expect(await cents()).to.deep.equal([100, 100]);
    });

    it('gives up on a conflict that does not go away', async () => {
      let times = 0;
      const error = await failure(
        database.transact(async (tx) => {
          times += 1;
          await database.sql(tx, `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
        }),
      );
      expect(isConflict(error)).to.equal(true);
      expect(times).to.equal(5);
    });

    it('calls what waits for its commit once it is committed, and not otherwise', async () => {
      const called: string[] = [];
      await database.transact(async (tx) => {
        afterCommit(tx, () => void called.push('kept'));
        await savepoint(tx, async () => {
          afterCommit(tx, () => void called.push('undone'));
          throw new Error('back');
        }).catch(() => undefined);
        expect(called).to.deep.equal([]);
      });
      await failure(
        database.transact(async (tx) => {
          afterCommit(tx, () => void called.push('never'));
          throw new Error('no');
        }),
      );
      expect(called).to.deep.equal(['kept']);
    });

    it('goes on after a savepoint that failed, without what was done in it', async () => {
      await database.transact(async (tx) => {
        await savepoint(tx, () => database.sql(tx, 'UPDATE account SET cents = 7 WHERE id = 1'));
        await failure(
          savepoint(tx, async () => {
            await database.sql(tx, 'UPDATE account SET cents = 8 WHERE id = 2');
            await database.sql(tx, 'SELECT 1 / 0');
          }),
        );
      });
      expect(await cents()).to.deep.equal([7, 100]);
    });

    it('cannot be used once it has ended', async () => {
      let kept: Parameters<Parameters<typeof database.transact>[0]>[0] | undefined;
      await database.transact(async (tx) => {
        kept = tx;
      });
      expect((await failure(database.sql(kept, 'SELECT 1'))).message).to.match(/not awaited/);
    });

    it('waits for a connection when there are more transactions than connections', async () => {
      await Promise.all(
        Array.from({ length: 60 }, () => database.transact((tx) => database.sql(tx, 'UPDATE account SET cents = cents + 1 WHERE id = 1'))),
      );
      expect(await cents()).to.deep.equal([160, 100]);
    });
  });

  it('lives on when PostgreSQL ends its connections, in use and idle', async () => {
    const own = await openDatabase({ url: database.url, poolSize: 3 });
    try {
      await Promise.all([1, 2, 3].map(() => own.sql(undefined, 'SELECT pg_sleep(0.01)')));
      const error = await failure(
        own.transact(async (tx) => {
          await own.sql(tx, 'SELECT 1');
          await database.sql(
            undefined,
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND pid <> ALL($1)',
            [[-1]],
          );
          await own.sql(tx, 'SELECT 1');
        }),
      );
      expect(isOutage(error)).to.equal(true);
      // An idle connection may be found dead only when it is used; each once, and not again.
      let dead = 0;
      while (
        !(await own.ping().then(
          () => true,
          () => false,
        ))
      ) {
        dead += 1;
        expect(dead).to.be.at.most(3);
      }
      await Promise.all([1, 2, 3].map(() => own.ping()));
    } finally {
      await own.close();
    }
  });

  it('says what is wrong, without the password, when the server does not answer in time', async () => {
    const url = `postgres://evroam:hunter2@127.0.0.1:${await freePort()}/evroam`;
    const waits: string[] = [];
    const error = await failure(openDatabase({ url, patienceMs: 300, onWait: (reason) => waits.push(reason) }));
    expect(error.message).to.match(
      /PostgreSQL at postgres:\/\/evroam@127\.0\.0\.1:\d+\/evroam cannot be used: .*ECONNREFUSED.*Check DATABASE_URL/,
    );
    expect(waits).to.have.length(1);
    expect(error.message + waits[0]).to.not.include('hunter2');
  });

  it('does not wait for a password to become right, or a database to appear', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    const missing = new URL(database.url);
    missing.pathname = '/nowhere';
    for (const url of [missing.href, ...(new URL(database.url).password ? [wrong.href] : [])]) {
      const started = Date.now();
      expect((await failure(openDatabase({ url, patienceMs: 20_000 }))).message).to.include(describeUrl(url));
      expect(Date.now() - started).to.be.lessThan(5000);
    }
  });
});

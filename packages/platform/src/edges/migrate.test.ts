import { expect } from 'chai';
import { openDatabase } from './database.js';
import { type Migration, migrate } from './migrate.js';
import { type TestDatabase, testDatabase } from './testing.js';

describe('migrations', () => {
  const first: Migration = { name: 'a-001', up: ['CREATE TABLE a (n int)', 'INSERT INTO a VALUES (1)'] };
  const second: Migration = { name: 'b-001', up: ['INSERT INTO a VALUES (2)'] };
  let database: TestDatabase;
  beforeEach(async function () {
    this.timeout(60_000);
    database = await testDatabase();
  });
  afterEach(() => database.drop());
  const numbers = async () => (await database.sql<{ n: number }>(undefined, 'SELECT n FROM a ORDER BY n')).map(({ n }) => n);
  const failure = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => expect.fail('it should have failed'),
      (error: Error) => error,
    );

  it('run once and in the order of the list, also when a later version adds one', async () => {
    expect(await migrate(database, [first])).to.deep.equal(['a-001']);
    expect(await migrate(database, [first, second])).to.deep.equal(['b-001']);
    expect(await migrate(database, [first, second])).to.deep.equal([]);
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it('run once when several hubs start together', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openDatabase({ url: database.url, poolSize: 2 })));
    const ran = await Promise.all([database, ...others].map((each) => migrate(each, [first, second])));
    await Promise.all(others.map((each) => each.close()));
    expect(ran.filter((names) => names.length > 0)).to.deep.equal([['a-001', 'b-001']]);
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it('leave the schema as it was when one fails', async () => {
    const broken: Migration = { name: 'c-001', up: ['INSERT INTO a VALUES (3)', 'SELECT nothing FROM nowhere'] };
    expect((await failure(migrate(database, [first, broken]))).message).to.match(/nowhere/);
    expect(await database.sql(undefined, `SELECT to_regclass('a')::text AS a`)).to.deep.equal([{ a: null }]);
    expect(await migrate(database, [first, second])).to.have.length(2);
  });

  it('refuse a database of a newer version, and say what to do', async () => {
    await migrate(database, [first, second]);
    expect((await failure(migrate(database, [first]))).message).to.match(/newer evroam \(it has b-001.*Start the newer version/);
  });

  it('refuse a step that was changed after it ran, and do not mind its spacing', async () => {
    await migrate(database, [first]);
    expect(await migrate(database, [{ name: 'a-001', up: first.up.map((text) => text.replaceAll(' ', '\n  ')) }])).to.deep.equal([]);
    expect((await failure(migrate(database, [{ name: 'a-001', up: ['CREATE TABLE a (n bigint)'] }]))).message).to.match(
      /a-001 ran with other/,
    );
  });

  it('refuse two of one name', async () => {
    expect((await failure(migrate(database, [first, first]))).message).to.match(/two migrations are named a-001/);
  });
});

import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { addKeys, type TracedBodies, type TracedExchange } from '../trace/line.js';
import { createTraceStore, idOf, migrations, type TraceStore } from './traces.js';

const operatorId = 'op' as OperatorId;
const DAY_MS = 86_400_000;
const noon = new Date('2026-03-02T12:00:00Z');
const line = (at: number, change: Partial<TracedExchange> = {}): TracedExchange => ({
  ...{ kind: 'exchange', at, ms: 5, way: 'in', partner: 'p1' as PartnerId, protocol: 'ocpi2.2.1', module: 'locations' },
  ...{ method: 'GET', path: '/', status: 200, statusCode: 1000, correlation: `c${at}`, requestBytes: 0, answerBytes: 0 },
  ...change,
});

describe('the store of traces', () => {
  let database: TestDatabase;
  let store: TraceStore;
  before(async function () {
    this.timeout(60_000);
    database = await testDatabase(migrations);
    store = createTraceStore(database.sql);
  });
  after(() => database?.drop());

  function append(
    lines: readonly TracedExchange[],
    until: Date,
    more: { dropped?: number; bodies?: Record<number, TracedBodies>; operator?: OperatorId } = {},
  ) {
    const keys = new Set<number>();
    for (const one of lines) addKeys(keys, one);
    const from = new Date(Math.min(...lines.map(({ at }) => at)));
    const { dropped = 0, bodies = {}, operator = operatorId } = more;
    return store.append(operator, { from, until, lines: lines.map((one) => JSON.stringify(one)), bodies, keys, dropped });
  }

  it('gives the newest first, page by page, each line once, and says what is missing', async () => {
    const first = noon.getTime();
    await store.keep(noon, new Date(first - DAY_MS));
    // More segments than are read at once.
    for (let n = 0; n < 50; n += 1)
      await append([line(first + 2 * n), line(first + 2 * n + 1, { module: 'cdrs' })], new Date(first + 2 * n + 1), {
        dropped: n === 3 ? 5 : 0,
      });
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const page = await store.page(operatorId, { limit: 7, ...(after === undefined ? {} : { after }) });
      seen.push(...page.items.map(({ at }) => at - first));
      expect(page.dropped).to.equal(5);
      after = page.next;
    } while (after !== undefined);
    expect(seen).to.deep.equal(Array.from({ length: 100 }, (_, n) => 99 - n));
    const cdrs = await store.page(operatorId, { limit: 500, module: 'cdrs', since: new Date(first + 10), until: new Date(first + 20) });
    expect(cdrs.items.map(({ at }) => at - first)).to.deep.equal([19, 17, 15, 13, 11]);
    expect((await store.page(operatorId, { limit: 5, correlation: `c${first + 6}` })).items.map(({ at }) => at)).to.deep.equal([first + 6]);
    expect((await store.page(operatorId, { limit: 5, failed: true })).items).to.deep.equal([]);
  });

  it('shows nobody the lines of another operator', async () => {
    await append([line(1, { correlation: 'theirs' })], noon, { operator: 'other' as OperatorId, bodies: { 0: { request: 'x' } } });
    expect((await store.page(operatorId, { limit: 5, correlation: 'theirs' })).items).to.deep.equal([]);
    const [theirs] = (await store.page('other' as OperatorId, { limit: 5 })).items;
    expect(await store.one(operatorId, idOf(theirs!))).to.equal(undefined);
    expect((await store.one('other' as OperatorId, idOf(theirs!)))?.bodies).to.deep.equal({ request: 'x' });
    expect(await store.one(operatorId, 'nonsense')).to.equal(undefined);
  });

  it('forgets days that are too old, and keeps the rest', async () => {
    const later = new Date(noon.getTime() + 20 * DAY_MS);
    await append([line(noon.getTime(), { correlation: 'early' })], new Date('2020-01-01T00:00:00Z'));
    await append([line(later.getTime(), { correlation: 'late' })], later);
    const dropped = await store.keep(later, new Date(later.getTime() - 14 * DAY_MS));
    expect(dropped).to.include('roaming_trace_20260302');
    const left = await store.page(operatorId, { limit: 500 });
    expect(left.items.map((one) => one.correlation)).to.deep.equal(['late']);
  });

  it('keeps in mind whose bodies are wanted until when', async () => {
    const until = new Date(noon.getTime() + 60_000);
    await store.watch({ operatorId, partner: '*', until: noon });
    await store.watch({ operatorId, partner: '*', until });
    expect(await store.watches()).to.deep.equal([{ operatorId, partner: '*', until }]);
    expect([await store.unwatch(operatorId, '*'), await store.unwatch(operatorId, '*')]).to.deep.equal([true, false]);
  });
});

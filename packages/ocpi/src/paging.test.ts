import { expect } from 'chai';
import fc from 'fast-check';
import { nextLink, pageOf, readWindow, type Window, windowQuery } from './paging.js';

interface Item {
  readonly id: number;
  readonly last_updated: string;
}
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();

describe('pages', () => {
  it('of a list that grows, changes and loses items while it is read: nothing is read twice, nothing that stays is missed', () => {
    const change = fc.record({ what: fc.constantFrom('add', 'update', 'remove'), which: fc.nat(30) });
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 30 }),
        (size, limit, steps) => {
          const held = new Map<number, Item>();
          let created = 0;
          const add = (): void => void held.set(++created, { id: created, last_updated: at(created) });
          for (let count = 0; count < size; count += 1) add();
          const whole = new Set(held.keys());
          const read: number[] = [];
          let cursor: string | undefined;
          for (const changes of [...steps, ...Array.from({ length: 60 }, () => [])]) {
            const page = pageOf(
              held,
              { offset: 0, limit, ...(cursor === undefined ? {} : { cursor }) },
              ({ last_updated }) => last_updated,
            );
            read.push(...page.items.map(({ id }) => id));
            if (page.next === undefined) break;
            cursor = page.next;
            for (const { what, which } of changes) {
              if (what === 'add') add();
              else if (what === 'remove') {
                held.delete(which);
                whole.delete(which);
              } else if (held.has(which)) held.set(which, { id: which, last_updated: at(100 + which) });
            }
          }
          expect(new Set(read).size).to.equal(read.length);
          expect(read).to.include.members([...whole]);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });

  it('keep to the window: from is inclusive, to is exclusive', () => {
    const held = [1, 2, 3, 4].map((id) => [id, { id, last_updated: at(id) }] as const);
    const window: Window = { dateFrom: new Date(at(2)), dateTo: new Date(at(4)), offset: 0, limit: 10 };
    const { items, total } = pageOf(held, window, ({ last_updated }) => last_updated);
    expect(items.map(({ id }) => id)).to.deep.equal([2, 3]);
    expect(total).to.equal(2);
  });

  it('a window goes into a query and back', () => {
    const window = { dateFrom: new Date(at(1)), dateTo: new Date(at(2)), offset: 3, limit: 7, cursor: 'a b&c' };
    expect(readWindow(new URLSearchParams(windowQuery(window)), 100)).to.deep.equal(window);
    expect(readWindow(new URLSearchParams(''), 50)).to.deep.equal({ offset: 0, limit: 50 });
  });

  it('the next link is found among others, and only when it says next', () => {
    expect(nextLink({ link: '<https://x.example/?a=1,2>; rel="prev", <https://x.example/?offset=5>; rel="next"' })).to.equal(
      'https://x.example/?offset=5',
    );
    expect(nextLink({ link: '<https://x.example/>; rel=next' })).to.equal('https://x.example/');
    expect(nextLink({ link: '<https://x.example/>; rel="nextish"' })).to.equal(undefined);
    expect(nextLink({})).to.equal(undefined);
  });
});

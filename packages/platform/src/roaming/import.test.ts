import { expect } from 'chai';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { beginImport, type Import } from './import.js';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
const wish = { operatorId: 'op' as OperatorId, partnerId: 'p' as PartnerId, module: 'locations', mode: 'delta' } as const;
const counts = { pages: 3, kept: 30, unchanged: 0, refused: 1 };
const known: Import = { ...wish, state: 'done', startedAt: at(0), updatedAt: at(1), completeAt: at(0), ...counts };

describe('an import of a partner', () => {
  it('reads everything the first time, and then what changed since the last one began, with an overlap for clocks', () => {
    expect(beginImport(undefined, wish, at(0))).not.to.have.property('since');
    expect(beginImport(known, wish, at(30)).since).to.deep.equal(new Date(at(0).getTime() - 300_000));
    expect(beginImport(known, { ...wish, mode: 'full' }, at(30))).not.to.have.property('since');
  });
  it('goes on where it broke off', () => {
    const broken: Import = { ...known, state: 'failed', next: 'http://p/l?offset=30', error: 'away' };
    expect(beginImport(broken, wish, at(30))).to.deep.include({ next: 'http://p/l?offset=30', state: 'running', kept: 30 });
    expect(beginImport(broken, wish, at(30))).not.to.have.property('error');
    expect(beginImport(broken, { ...wish, mode: 'full' }, at(30))).not.to.have.property('next');
  });
});

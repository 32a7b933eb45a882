import { expect } from 'chai';
import { isOutage, sqlState } from './sql-state.js';

const failed = (code: string) => Object.assign(new Error(code), { code });

describe('what PostgreSQL said', () => {
  it('is its code, and not the code of a socket', () => {
    expect(['40001', 'P0001', 'XX000', '57P01', 'EPIPE', 'EPERM'].map((code) => sqlState(failed(code)))).to.deep.equal([
      ...['40001', 'P0001', 'XX000', '57P01'],
      ...[undefined, undefined],
    ]);
  });

  it('tells an outage, after which the same may succeed, from a fault in what was asked', () => {
    const outages = ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', '57P01', '57P03', '53300', '08006'];
    expect(outages.map((code) => isOutage(failed(code)))).to.deep.equal(outages.map(() => true));
    expect(['23505', '40001', '55P03', 'EPERM'].map((code) => isOutage(failed(code)))).to.deep.equal([false, false, false, false]);
    expect(isOutage(new Error('over', { cause: failed('EPIPE') }))).to.equal(true);
  });
});

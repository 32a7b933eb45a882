import { expect } from 'chai';
import { toSequence } from './trace-view.js';

const hop = (at: string, ms: number, way: string, partnerName: string, more: object = {}) => ({
  ...{
    kind: 'exchange',
    at: `2026-03-02T12:00:0${at}Z`,
    ms,
    way,
    partner: 'p',
    partnerName,
    method: 'POST',
    path: '/commands/START_SESSION',
  },
  ...{ status: 200, statusCode: 1000, from: 'NL-EVM', to: 'DE-ABC' },
  ...more,
});

describe('the way of a message', () => {
  it('stands in the order in which it went, with what the hub did below what asked for it', () => {
    const rows = [
      hop('1.000', 4, 'out', 'EVM', { from: 'DE-ABC', to: 'NL-EVM', path: '/result' }),
      hop('0.010', 30, 'out', 'ABC 充电', { path: '/c/START_SESSION' }),
      hop('0.000', 50, 'in', 'EVM'),
      {
        ...{ kind: 'loss', at: '2026-03-02T12:00:00.005Z', object: 'Token', objectId: 'U1', fromVersion: '2.2.1', toVersion: '2.3.0' },
        losses: [{ kind: 'dropped', pointer: '/x', message: '' }],
        more: 2,
      },
    ];
    expect(toSequence(rows).split('\n')).to.deep.equal([
      '12:00:00.000  EVM → hub (NL-EVM → DE-ABC)         POST /commands/START_SESSION   200 1000  50 ms',
      '12:00:00.005    ≠ Token U1                        2.2.1 → 2.3.0: dropped /x, +2',
      '12:00:00.010    hub → ABC 充电 (NL-EVM → DE-ABC)  POST /c/START_SESSION          200 1000  30 ms',
      '12:00:01.000  hub → EVM (DE-ABC → NL-EVM)         POST /result                   200 1000  4 ms',
      '',
    ]);
  });

  it('says why there was no answer, and shows nothing that acts on a terminal', () => {
    const shown = toSequence([
      hop('0.000', 5, 'out', 'A\u001b[2J', { status: undefined, statusCode: undefined, error: 'timeout', to: undefined }),
    ]);
    expect(shown).to.equal('12:00:00.000  hub → A\\u001b[2J (NL-EVM → ?)  POST /commands/START_SESSION  timeout  5 ms\n');
  });
});

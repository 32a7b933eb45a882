import { expect } from 'chai';
import fc from 'fast-check';
import type { PartnerId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import { addKeys, filterKeys, fits, type TracedExchange, type TracedLoss, type TraceFilter, type TraceLine, toFrames } from './line.js';

const exchange: TracedExchange = {
  ...{ kind: 'exchange', at: Date.parse('2026-03-02T12:00:00.000Z'), ms: 12.4, way: 'in', partner: 'p1' as PartnerId },
  ...{ protocol: 'ocpi2.2.1', module: 'commands', role: 'RECEIVER', method: 'POST', path: '/ocpi/2.2.1/receiver/commands/START_SESSION' },
  ...{ status: 200, statusCode: 1000, from: 'NL-EVM' as PartyId, to: 'DE-ABC' as PartyId, correlation: 'c1', request: 'r1' },
  ...{ requestBytes: 20, answerBytes: 30 },
};
const loss: TracedLoss = {
  ...{ kind: 'loss', at: exchange.at, correlation: 'c1', object: 'Location', id: 'L1', owner: 'DE-ABC' as PartyId },
  ...{ fromVersion: '2.3.0', toVersion: '2.2.1', losses: [{ kind: 'dropped', pointer: '/parking', message: 'no place for it' }] },
};

describe('a line of the trace', () => {
  const cases: [TraceFilter, boolean, boolean][] = [
    [{}, true, true],
    [{ correlation: 'c1' }, true, true],
    [{ correlation: 'c2' }, false, false],
    [{ partner: 'p1' }, true, false],
    [{ module: 'commands' }, true, false],
    [{ module: 'cdrs' }, false, false],
    [{ object: 'L1' }, false, true],
    [{ kind: 'loss' }, false, true],
    [{ kind: 'exchange' }, true, false],
    [{ failed: true }, false, false],
  ];
  for (const [filter, isExchange, isLoss] of cases) {
    it(`${isExchange ? 'is' : 'is not'} an exchange, ${isLoss ? 'is' : 'is not'} a loss that ${JSON.stringify(filter)} asks for`, () => {
      expect([fits(exchange, filter), fits(loss, filter)]).to.deep.equal([isExchange, isLoss]);
    });
  }

  it('has failed without an answer, with an HTTP error, and with a code of OCPI from 2000', () => {
    const failed = (change: Partial<TracedExchange>) => fits({ ...exchange, ...change }, { failed: true });
    expect([failed({ status: undefined, statusCode: undefined }), failed({ status: 404 }), failed({ statusCode: 2003 })]).to.deep.equal([
      ...[true, true, true],
    ]);
  });

  it('is also found under the message that it follows from', () => {
    expect(fits({ ...exchange, correlation: 'other', related: 'c1' }, { correlation: 'c1' })).to.equal(true);
  });

  it('is in a segment that has all numbers of every filter that it fits', () => {
    const text = fc.constantFrom('a', 'b', undefined);
    const filter = fc.record({
      correlation: text,
      partner: text,
      module: text,
      object: text,
      failed: fc.boolean(),
      kind: fc.constantFrom('exchange', 'loss', undefined),
    });
    const given = (value: object) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as TraceFilter;
    const line = fc.oneof(
      fc
        .record({ correlation: text, related: text, module: text, statusCode: fc.constantFrom(1000, 2000) })
        .map((change): TraceLine => ({ ...exchange, ...change, partner: 'a' as PartnerId })),
      fc.record({ correlation: text, id: text }).map((change): TraceLine => ({ ...loss, ...change })),
    );
    fc.assert(
      fc.property(line, filter, (one, asked) => {
        const keys = new Set<number>();
        addKeys(keys, one);
        if (fits(one, given(asked))) expect(filterKeys(given(asked)).every((key) => keys.has(key))).to.equal(true);
      }),
      { seed: 6, numRuns: 2000 },
    );
  });

  it('becomes two frames of a capture, as HTTP writes them', () => {
    expect(toFrames(exchange, { request: '{"a":1}', answer: '{"status_code":1000}' })).to.deep.equal([
      {
        ...{ at: '2026-03-02T12:00:00.000Z', protocol: 'ocpi2.2.1', peer: 'p1', way: 'in' },
        text: 'POST /ocpi/2.2.1/receiver/commands/START_SESSION HTTP/1.1\r\nx-request-id: r1\r\nx-correlation-id: c1\r\nocpi-from-country-code: NL\r\nocpi-from-party-id: EVM\r\nocpi-to-country-code: DE\r\nocpi-to-party-id: ABC\r\n\r\n{"a":1}',
      },
      {
        ...{ at: '2026-03-02T12:00:00.012Z', protocol: 'ocpi2.2.1', peer: 'p1', way: 'out' },
        text: 'HTTP/1.1 200\r\nx-request-id: r1\r\nx-correlation-id: c1\r\nocpi-from-country-code: DE\r\nocpi-from-party-id: ABC\r\nocpi-to-country-code: NL\r\nocpi-to-party-id: EVM\r\n\r\n{"status_code":1000}',
      },
    ]);
    expect(toFrames({ ...exchange, status: undefined, error: 'timeout' })).to.have.length(1);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { authorization, isToken, readRouting, routingHeaders, tokenReadings } from './headers.js';

const token = fc.stringMatching(/^[\x21-\x7e]{1,64}$/);

describe('headers', () => {
  it('a token is found again in either coding', () => {
    fc.assert(
      fc.property(token, fc.constantFrom('base64' as const, 'raw' as const), (text, coding) => {
        expect(tokenReadings(authorization(text, coding))).to.deep.include({ token: text, coding });
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  it('a raw token that is valid base64 is read both ways, the decoded one first', () => {
    const raw = Buffer.from('abcdef').toString('base64');
    expect(tokenReadings(`Token ${raw}`)).to.deep.equal([
      { token: 'abcdef', coding: 'base64' },
      { token: raw, coding: 'raw' },
    ]);
  });

  it('the line break that examples of the standard carry is trimmed', () => {
    expect(tokenReadings(`Token ${Buffer.from('example-token\n').toString('base64')}`)[0]?.token).to.equal('example-token');
  });

  it('what is no token has no reading, and no header breaks the reader', () => {
    for (const header of [undefined, '', 'Token', 'Token ', 'Basic abc', 'Token a b', `Token ${'x'.repeat(257)}`])
      expect(tokenReadings(header)).to.deep.equal([]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(tokenReadings(header)).to.be.an('array');
      }),
      { seed: 4, numRuns: 500 },
    );
    expect(isToken('a b')).to.equal(false);
    expect(isToken('')).to.equal(false);
    expect(isToken('x'.repeat(65))).to.equal(false);
  });

  it('routing goes there and back', () => {
    const routing = { to: { country: 'NL', party: 'ABC' }, from: { country: 'DE', party: 'XYZ' } };
    expect(readRouting(routingHeaders(routing))).to.deep.equal(routing);
    expect(readRouting({})).to.deep.equal({});
    expect(() => readRouting({ 'ocpi-to-country-code': 'NLD', 'ocpi-to-party-id': 'ABC' })).to.throw();
  });
});

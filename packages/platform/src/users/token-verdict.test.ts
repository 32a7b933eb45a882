import { expect } from 'chai';
import { partyId } from '../model/party.js';
import type { Token } from '../model/token.js';
import { tokenVerdict } from './token-verdict.js';

const token: Token = {
  issuer: partyId('NL', 'EVM'),
  uid: '04AB',
  type: 'rfid',
  contractId: 'NL-EVM-C1',
  issuerName: 'EVM',
  valid: true,
  whitelist: 'always',
  updatedAt: new Date('2026-03-01T00:00:00Z'),
};

describe('token verdict', () => {
  it('allows a valid token', () => expect(tokenVerdict([token])).to.deep.equal({ allowed: true, token }));
  it('does not know an unknown card', () => expect(tokenVerdict([])).to.deep.equal({ allowed: false, reason: 'unknown' }));
  it('blocks an invalid token and says whose it is', () => {
    const invalid = { ...token, valid: false };
    expect(tokenVerdict([invalid])).to.deep.equal({ allowed: false, token: invalid, reason: 'blocked' });
  });
  it('lets a valid issuer win over an invalid one', () => {
    expect(
      tokenVerdict([
        { ...token, valid: false },
        { ...token, issuer: partyId('DE', 'ABC') },
      ]).allowed,
    ).to.equal(true);
  });
  it('does not allow from here what the issuer wants to be asked about', () => {
    const never = { ...token, whitelist: 'never' as const };
    expect(tokenVerdict([never])).to.deep.equal({ allowed: false, token: never, reason: 'unknown', ask: true });
  });
  it('takes one that may be used offline only until its issuer has been asked', () => {
    const offline = { ...token, whitelist: 'allowedOffline' as const };
    expect(tokenVerdict([offline])).to.deep.equal({ allowed: true, token: offline, ask: true });
    expect(tokenVerdict([offline, token])).to.deep.equal({ allowed: true, token });
  });
});

import { expect } from 'chai';
import { partyId } from '../model/party.js';
import { mayPass, type Rule } from './rules.js';

const evm = partyId('NL', 'EVM');
const abc = partyId('DE', 'ABC');
const xyz = partyId('FR', 'XYZ');
const message = { from: abc, to: evm, module: 'locations', isBroadcast: false };

describe('rules between parties', () => {
  it('let everything pass without a rule, but no tokens to everybody', () => {
    expect(mayPass([], message)).to.equal(true);
    expect(mayPass([], { ...message, module: 'tokens', isBroadcast: true })).to.equal(false);
    expect(mayPass([], { ...message, module: 'tokens' })).to.equal(true);
  });
  it('take the most particular rule, whichever side made it', () => {
    const rules: Rule[] = [
      { party: evm, module: '*', other: '*', allow: false },
      { party: evm, module: 'locations', other: abc, allow: true },
    ];
    expect(mayPass(rules, message)).to.equal(true);
    expect(mayPass(rules, { ...message, module: 'tariffs' })).to.equal(false);
    expect(mayPass(rules, { ...message, from: xyz })).to.equal(false);
  });
  it('let a refusal win over a permission of the same weight', () => {
    const rules: Rule[] = [
      { party: evm, module: 'locations', other: abc, allow: true },
      { party: abc, module: 'locations', other: evm, allow: false },
    ];
    expect(mayPass(rules, message)).to.equal(false);
  });
});

import { legHash, merklePath, merkleRoot, rootOf, showLegs } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { partyId } from '../model/party.js';
import { leafOf, type PostedEntry, pathsOf, statedEntry } from './seal.js';

const entry: PostedEntry = {
  id: '1',
  key: 'DE-ABC/1/P1d',
  posting: 'P1d',
  currency: 'EUR',
  legs: [
    { account: 'cost', side: 'debit', minor: 750n },
    { account: 'payable:DE-ABC', side: 'credit', minor: 750n },
  ],
  link: 'DE-ABC/1',
  cdr: 'DE-ABC/1',
  seller: partyId('DE', 'ABC'),
  buyer: partyId('NL', 'EVR'),
  eventAt: new Date(0),
  postedAt: new Date(0),
  period: '1970-01',
  issuer: partyId('NL', 'EVR'),
  salt: '00112233445566778899aabbccddeeff',
};

describe('sealing', () => {
  it('finds for all leaves at once the paths that are found one by one', () => {
    for (const count of [1, 2, 3, 5, 8, 13, 100]) {
      const leaves = Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0'));
      const paths = pathsOf(leaves);
      paths.forEach((path, i) => {
        expect(path).to.deep.equal(merklePath(leaves, i));
        expect(rootOf(leaves[i]!, i, count, path)).to.equal(merkleRoot(leaves));
      });
    }
  });

  it('hides a leg behind its hash without changing the leaf, and gives each leg a salt of its own', () => {
    const whole = statedEntry(entry);
    const shown = showLegs(whole, ({ account }) => account === 'payable:DE-ABC');
    expect(shown.legs[0]).to.deep.equal({ hash: legHash(whole.legs[0]!) });
    expect(JSON.stringify(shown)).to.not.include('cost');
    const salts = whole.legs.map((leg) => ('salt' in leg ? leg.salt : ''));
    expect(new Set(salts).size).to.equal(2);
    expect(JSON.stringify(shown)).to.not.include(entry.salt);
    expect(leafOf(entry)).to.not.equal(leafOf({ ...entry, salt: `${entry.salt}0` }));
  });
});

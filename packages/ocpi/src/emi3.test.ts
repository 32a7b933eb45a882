import { expect } from 'chai';
import fc from 'fast-check';
import { contractCheckDigit, formatContractId, formatEvseId, parseContractId, parseEvseId, sameContractId, sameEvseId } from './emi3.js';

describe('eMI3 ids', () => {
  it('a contract id has the check digit that others compute', () => {
    const known = [
      'NN123ABCDEFGHIT',
      'FRXYZ1234567892',
      'ITA1B2C3E4F5G64',
      'ESZU8WOX834H1DR',
      'PT73902837ABCZZ',
      'DE83DUIEN83QGZD',
      'DE83DUIEN83ZGQM',
      'DE8AA0012345670',
      'DE8AACA2B3C4D5L',
      'NLTNM000122045U',
      'NLTNM012345678W',
    ];
    for (const id of known)
      expect(contractCheckDigit({ country: id.slice(0, 2), provider: id.slice(2, 5), instance: id.slice(5, 14) }), id).to.equal(id[14]);
  });

  it('a contract id is read in every form, and written in one', () => {
    const id = { country: 'DE', provider: '8AA', instance: 'CA2B3C4D5' };
    expect(parseContractId('DE-8AA-CA2B3C4D5-L')).to.deep.equal({ ...id, check: 'L' });
    expect(parseContractId('de8aaca2b3c4d5l')).to.deep.equal({ ...id, check: 'L' });
    expect(parseContractId('DE8AACA2B3C4D5')).to.deep.equal(id);
    expect(formatContractId(id)).to.equal('DE-8AA-CA2B3C4D5-L');
    expect(sameContractId('DE-8AA-CA2B3C4D5', 'de8aaca2b3c4d5l')).to.equal(true);
    for (const wrong of ['DE-8AA-CA2B3C4D5-N', 'DE-8AA-CA2B3C4D5L', 'DE-8A-CA2B3C4D5', 'D1-8AA-CA2B3C4D5', '', 'DE8AACA2B3C4D5LL'])
      expect(parseContractId(wrong), wrong).to.equal(undefined);
  });

  it('an id of the older form becomes the one that replaced it', () => {
    expect(parseContractId('NL-TNM-012204-5')).to.deep.equal({ country: 'NL', provider: 'TNM', instance: 'C00122045', check: 'K' });
    expect(sameContractId('NL*TNM*012204*5', 'NL-TNM-C00122045-K')).to.equal(true);
    expect(parseContractId('NL-TNM-012204-6')).to.equal(undefined);
    for (const id of ['IN-TNM-000071-9', 'IN-TNM-000110-X', 'IN-TNM-000124-0', 'INTNM0001146'])
      expect(parseContractId(id), id).not.to.equal(undefined);
  });

  it('a wrong character or two swapped neighbours never keep the check digit', () => {
    const text = fc.stringMatching(/^[A-Z]{2}[A-Z0-9]{12}$/);
    fc.assert(
      fc.property(text, fc.nat(13), fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'), (good, at, other) => {
        const split = (id: string) => ({ country: id.slice(0, 2), provider: id.slice(2, 5), instance: id.slice(5) });
        const digit = contractCheckDigit(split(good));
        if (good[at] !== other) expect(contractCheckDigit(split(good.slice(0, at) + other + good.slice(at + 1)))).not.to.equal(digit);
        if (at < 13 && good[at] !== good[at + 1])
          expect(contractCheckDigit(split(good.slice(0, at) + good[at + 1] + good[at] + good.slice(at + 2)))).not.to.equal(digit);
      }),
      { seed: 18, numRuns: 300 },
    );
  });

  it('an EVSE id is read with separators and without, and compared by what it names', () => {
    expect(parseEvseId('de*abc*e1234*5')).to.deep.equal({ country: 'DE', operator: 'ABC', outlet: '1234*5' });
    expect(parseEvseId('DEABCE12345')).to.deep.equal({ country: 'DE', operator: 'ABC', outlet: '12345' });
    expect(formatEvseId({ country: 'DE', operator: 'ABC', outlet: '12345' })).to.equal('DE*ABC*E12345');
    expect(sameEvseId('DE*ABC*E1234*5', 'deabce12345')).to.equal(true);
    expect(sameEvseId('DE*ABC*E1234*6', 'deabce12345')).to.equal(false);
    for (const wrong of ['DE*ABC*X1', 'DE*ABCE1', 'DE*ABC*E', 'DE*ABC*E1*', 'D*ABC*E1', ''])
      expect(parseEvseId(wrong), wrong).to.equal(undefined);
  });
});

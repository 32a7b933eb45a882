import { expect } from 'chai';
import fc from 'fast-check';
import { partyId } from '../model/party.js';
import type { Charge, Fee } from './charge.js';
import { balanceOf, driverReceivable, type Entry, faultOf, fold, imbalance, payable, receivable } from './ledger.js';
import { type Deal, openDispute, p1a, p1b, p1c, p1d, p3, p9, returnDispute } from './postings.js';

const SELLER = partyId('DE', 'ABC');
const BUYER = partyId('NL', 'EVM');
const deal: Deal = { cdr: 'DE-ABC/1', seller: SELLER, buyer: BUYER, currency: 'EUR', eventAt: new Date(0), jurisdiction: 'DEU' };
const credit: Deal = { ...deal, cdr: 'DE-ABC/1-C' };

const money = fc.bigInt({ min: -1000n, max: 1_000_000n });
const charges = fc
  .record({
    electricity: money,
    service: money,
    tax: money,
    selfAssessed: fc.bigInt({ min: 0n, max: 1000n }),
    rounding: fc.bigInt({ min: -3n, max: 3n }),
  })
  .map(({ electricity, service, tax, selfAssessed, rounding }): Charge => {
    const net = electricity + service + rounding;
    const fees = [
      { type: 'electricity' as const, net: electricity },
      { type: 'service' as const, net: service },
    ].filter((fee) => fee.net !== 0n);
    return { currency: 'EUR', fees, net, tax, selfAssessed, gross: net + tax, rounding };
  });
const fees = fc.record({ net: money, tax: money }).map((fee): Fee => fee);
const driver = driverReceivable('d1');

/** Every posting of the rules, for random amounts. */
const postings = fc.tuple(charges, charges, fees, fees).map(([bought, sold, buyer, seller]): [string, Entry[]][] => [
  ['P1a', p1a(deal, bought, { buyer, seller })],
  ['P1b', p1b(deal, bought, sold)],
  ['P1c', p1c(deal, bought)],
  ['P1d', p1d(deal, bought, sold, driver)],
  ['P9', p9(deal, sold, driver)],
]);

const runs = { seed: 14, numRuns: 300 };

describe('postings', () => {
  it('every entry balances, with at least two legs, each positive', () => {
    fc.assert(
      fc.property(postings, (all) => {
        for (const [name, entries] of all) {
          for (const entry of entries) expect(faultOf(entry), name).to.equal(undefined);
          expect(imbalance(fold(entries)).EUR ?? 0n).to.equal(0n);
        }
      }),
      runs,
    );
  });

  it('a full credit leaves every balance as if neither had come', () => {
    fc.assert(
      fc.property(postings, (all) => {
        for (const [name, entries] of all) {
          if (entries.length === 0) continue;
          const mirror = p3(credit, entries, { feeOnCredit: 'returned', price: 0n });
          if (!Array.isArray(mirror)) throw new Error(mirror.reason);
          for (const balance of fold([...entries, ...mirror])) expect(balanceOf(balance), `${name} ${balance.account}`).to.equal(0n);
        }
      }),
      runs,
    );
  });

  it('a fee kept on a credit is borne by the seller: the buyer gets the price back, we keep what we took', () => {
    const price: Charge = { currency: 'EUR', fees: [], net: 800n, tax: 200n, selfAssessed: 0n, gross: 1000n, rounding: 0n };
    const entries = p1a(deal, price, { buyer: { net: 10n, tax: 2n }, seller: { net: 20n, tax: 4n } });
    const mirror = p3(credit, entries, { feeOnCredit: 'kept', price: 1000n });
    if (!Array.isArray(mirror)) throw new Error(mirror.reason);
    const after = Object.fromEntries(fold([...entries, ...mirror]).map((b) => [b.account, Number(balanceOf(b))]));
    expect(after).to.deep.equal({ 'receivable:NL-EVM': 12, 'payable:DE-ABC': -24, hubFee: 30, 'taxDue:DEU': 6 });
  });

  it('a credit of nothing and a credit of a credit are refused', () => {
    expect(p3(credit, [], { feeOnCredit: 'returned', price: 0n })).to.include({ reason: 'nothingPosted' });
    const price: Charge = {
      currency: 'EUR',
      fees: [{ type: 'start', net: 100n }],
      net: 100n,
      tax: 0n,
      selfAssessed: 0n,
      gross: 100n,
      rounding: 0n,
    };
    const mirror = p3(credit, p1c(deal, price), { feeOnCredit: 'returned', price: 100n });
    if (!Array.isArray(mirror)) throw new Error(mirror.reason);
    expect(p3({ ...credit, cdr: 'X' }, mirror, { feeOnCredit: 'returned', price: 100n })).to.include({ reason: 'creditOfCredit' });
  });

  it('disputed and undisputed make the whole, and both disputed accounts are empty once it is resolved', () => {
    fc.assert(
      fc.property(charges, fees, fees, (charge, buyer, seller) => {
        const entries = p1a(deal, charge, { buyer, seller });
        const opened = openDispute(deal, entries, 1);
        if (opened[0] === undefined) return;
        expect(faultOf(opened[0])).to.equal(undefined);
        const owed = (some: readonly Entry[], account: string) =>
          fold(some)
            .filter((b) => b.account === account)
            .reduce((sum, b) => sum + balanceOf(b), 0n);
        const during = [...entries, ...opened];
        expect(owed(during, receivable(BUYER))).to.equal(0n);
        expect(owed(during, `disputedReceivable:${BUYER}`)).to.equal(owed(entries, receivable(BUYER)));
        expect(owed(during, `disputedPayable:${SELLER}`)).to.equal(owed(entries, payable(SELLER)));
        const after = [...during, ...returnDispute(deal, opened[0])];
        expect(owed(after, `disputedReceivable:${BUYER}`)).to.equal(0n);
        expect(owed(after, `disputedPayable:${SELLER}`)).to.equal(0n);
        expect(owed(after, payable(SELLER))).to.equal(owed(entries, payable(SELLER)));
      }),
      runs,
    );
  });

  it('reverse charge is self-assessed: input tax and tax due rise together, and the seller gets the net', () => {
    const price: Charge = { currency: 'EUR', fees: [], net: 1000n, tax: 0n, selfAssessed: 190n, gross: 1000n, rounding: 0n };
    const sold: Charge = { ...price, fees: [{ type: 'electricity', net: 1000n }], selfAssessed: 0n };
    const after = Object.fromEntries(fold(p1d(deal, price, sold, driver)).map((b) => [b.account, Number(balanceOf(b))]));
    expect(after).to.include({ cost: 1000, 'inputTax:DEU': 190, 'taxDue:DEU': 190, 'payable:DE-ABC': 1000 });
  });

  it('a free session posts nothing', () => {
    const free: Charge = { currency: 'EUR', fees: [], net: 0n, tax: 0n, selfAssessed: 0n, gross: 0n, rounding: 0n };
    expect(p1c(deal, free)).to.deep.equal([]);
  });
});

// What each amount of a history has to be: made here from the unrounded price and the agreement, beside what was posted.
import { expect } from 'chai';
import { fromJson, toJson } from '../../kernel/json.js';
import { minorDigits } from '../../kernel/money.js';
import type { Agreement, HubFee } from '../../model/agreement.js';
import { AT_HOME, rated, ratedBy } from '../clear.js';
import { OPERATOR, OURS } from '../fixture.test.js';
import { balanceOf } from '../ledger.js';
import { asPriced, type CdrRecord } from '../record.js';
import type { SettlementService } from '../service.js';
import { allCdrs } from './books.test.js';
import { pairBetween } from './stories.test.js';

const RATE_ONE = 1_000_000n;

/** Each accepted CDR is posted at its unrounded price, rounded as agreed and taxed as agreed; the accounts of partners move by their sums. */
export async function checkAmounts(settlement: SettlementService): Promise<void> {
  const owed = new Map<string, bigint>();
  const owe = (account: string, currency: string, minor: bigint) =>
    owed.set(`${account} ${currency}`, (owed.get(`${account} ${currency}`) ?? 0n) + minor);
  for (const { key, state, creditOf } of await allCdrs(settlement)) {
    const record = (await settlement.cdr(OPERATOR, key))!;
    if (state !== 'accepted' || !record.charge || !record.agreement) continue;
    const { cdr, charge, agreement, sold } = record;
    const undone = creditOf === undefined ? undefined : (await settlement.cdr(OPERATOR, creditOf))!.charge;
    if (creditOf === undefined) checkCharge(record);
    // A credit that took back what was never accepted is worth nothing.
    const { gross = 0n, net = 0n, tax = 0n } = undone ?? {};
    if (creditOf !== undefined) expect([charge.gross, charge.net, charge.tax], key).to.deep.equal([-gross, -net, -tax]);
    if (creditOf !== undefined && !undone) continue;
    const sign = creditOf === undefined ? 1n : -1n;
    const isAgent = cdr.owner !== OURS && cdr.token.issuer !== OURS && agreement.sellerModel === 'agent';
    const fee = (side: 'buyer' | 'seller') => (isAgent ? sign * grossFee(sign * charge.gross, agreement.fees?.[side], agreement) : 0n);
    const sale = isAgent || cdr.owner === OURS ? charge.gross : (sold?.gross ?? charge.gross);
    if (cdr.token.issuer !== OURS) owe(`receivable:${cdr.token.issuer}`, cdr.currency, sale + fee('buyer'));
    if (cdr.owner !== OURS) owe(`payable:${cdr.owner}`, cdr.currency, charge.gross - fee('seller'));
  }
  const moved = new Map<string, bigint>();
  for (const balance of (await settlement.trialBalance(OPERATOR)).balances)
    if (/^(receivable|payable):/.test(balance.account)) moved.set(`${balance.account} ${balance.currency}`, balanceOf(balance));
  const known = (sums: Map<string, bigint>) => [...sums].filter(([, minor]) => minor !== 0n).sort();
  expect(known(moved), 'what partners owe and are owed').to.deep.equal(known(owed));
}

function checkCharge(record: CdrRecord): void {
  const { key, charge, agreement } = record;
  const terms = agreement ?? AT_HOME;
  const exact = rated(asPriced(record), terms);
  if ('accepted' in exact || !charge) throw new Error(`${key} has no price`);
  const sum = (side: 'beforeTaxes' | 'afterTaxes') => exact.lines.reduce((total, line) => total + line[side], 0n);
  const [net, gross] = [sum('beforeTaxes'), sum('afterTaxes')];
  const unit = 10n ** BigInt(9 - minorDigits(charge.currency));
  const roundings = terms.rounding === 'perTotal' ? 1n : BigInt(Math.max(1, exact.lines.length));
  const near = (minor: bigint, nano: bigint, times: bigint) => abs(minor * unit - nano) * 2n <= unit * times;
  expect(near(charge.net, net, roundings), `${key}: ${charge.net} of ${net}`).to.equal(true);
  expect(near(charge.gross, gross, roundings), `${key}: ${charge.gross} of ${gross}`).to.equal(true);
  expect(charge.net + charge.tax, `${key} before taxes and taxes`).to.equal(charge.gross);
  if (terms.rounding === 'perTotal') expect(charge.rounding, `${key} is rounded once`).to.equal(0n);
  expect(charge.fees.reduce((total, fee) => total + fee.net, 0n) + charge.rounding, `${key} by fees`).to.equal(charge.net);
  // Unrounded, the taxes are those that are named: none, one or two, each line's to the last digit.
  const { taxRate } = pairBetween(record.cdr.owner, record.cdr.token.issuer);
  expect(abs((gross - net) * RATE_ONE - net * BigInt(taxRate)) <= RATE_ONE * BigInt(2 * exact.lines.length), `${key} taxes`).to.equal(true);
  const selfAssessed = terms.taxTreatment === 'reverseCharge' ? nearest(net * BigInt(terms.tax.rate), RATE_ONE) : 0n;
  expect(near(charge.selfAssessed, selfAssessed, 1n), `${key} self-assessed`).to.equal(true);
  // The same CDR and terms, read anew: the same price with the same reasons.
  const copy = fromJson<{ cdr: typeof record.cdr; terms: typeof terms }>(toJson({ cdr: asPriced(record), terms }));
  expect(toJson(ratedBy(copy.cdr, copy.terms)), `${key} priced again`).to.equal(toJson(ratedBy(asPriced(record), terms)));
}

/** The fee is a share of the price and a fixed part, rounded once; its tax is rounded once. */
function grossFee(gross: bigint, fee: HubFee | undefined, { currency, taxTreatment }: Agreement): bigint {
  if (!fee) return 0n;
  const unit = 10n ** BigInt(9 - minorDigits(currency));
  const net = nearest(nearest(gross * unit * BigInt(fee.rate), RATE_ONE) + fee.perCdr, unit);
  return net + (taxTreatment === 'domestic' ? nearest(net * BigInt(fee.taxRate), RATE_ONE) : 0n);
}

const abs = (value: bigint) => (value < 0n ? -value : value);
const nearest = (value: bigint, unit: bigint) => (value + unit / 2n) / unit;

import { type Refused, refuse } from '../kernel/refusal.js';
import type { PartyId } from '../model/party.js';
import type { Charge, Fee } from './charge.js';
import {
  type Account,
  credit,
  debit,
  disputedPayable,
  disputedReceivable,
  type Entry,
  inputTax,
  type Leg,
  mirrored,
  type Posting,
  payable,
  receivable,
  revenue,
  taxDue,
} from './ledger.js';

/** What all entries of one CDR have in common. */
export interface Deal {
  cdr: string;
  seller: PartyId;
  buyer: PartyId;
  currency: string;
  eventAt: Date;
  /** Where the energy flowed: the country whose tax it is. */
  jurisdiction: string;
}

/** Agent: the eMSP owes the price and its fee, the CPO gets the price less its fee, we keep the fees. */
export function p1a(deal: Deal, charge: Charge, fees: { buyer: Fee; seller: Fee }): Entry[] {
  const net = fees.buyer.net + fees.seller.net;
  const tax = fees.buyer.tax + fees.seller.tax;
  return entry(deal, 'P1a', [
    ...legs('debit', receivable(deal.buyer), charge.gross + fees.buyer.net + fees.buyer.tax),
    ...legs('credit', payable(deal.seller), charge.gross - fees.seller.net - fees.seller.tax),
    ...legs('credit', 'hubFee', net),
    ...legs('credit', taxDue(deal.jurisdiction), tax),
  ]);
}

/** Principal: we buy and sell, two linked entries. */
export function p1b(deal: Deal, bought: Charge, sold: Charge): Entry[] {
  return [
    ...entry(deal, 'P1b.purchase', purchaseLegs(deal, bought)),
    ...entry(deal, 'P1b.sale', saleLegs(deal, sold, receivable(deal.buyer))),
  ];
}

/** We are the CPO. */
export function p1c(deal: Deal, charge: Charge): Entry[] {
  return entry(deal, 'P1c', saleLegs(deal, charge, receivable(deal.buyer)));
}

/** We are the eMSP: the purchase, linked with the sale to our driver. */
export function p1d(deal: Deal, bought: Charge, sold: Charge, payer: Account): Entry[] {
  return [...entry(deal, 'P1d', purchaseLegs(deal, bought)), ...p9(deal, sold, payer)];
}

/** What an own driver pays, from a wallet, a hold, a payment channel, or as a debt. */
export function p9(deal: Deal, sold: Charge, payer: Account): Entry[] {
  return entry(deal, 'P9', saleLegs(deal, sold, payer));
}

function purchaseLegs(deal: Deal, { gross, net, tax, selfAssessed, rounding }: Charge): Leg[] {
  const local = deal.jurisdiction;
  return [
    ...legs('debit', 'cost', net - rounding),
    ...legs('debit', inputTax(local), tax + selfAssessed),
    ...legs('credit', taxDue(local), selfAssessed),
    ...legs('credit', payable(deal.seller), gross),
    ...legs('debit', 'rounding', rounding),
  ];
}

function saleLegs(deal: Deal, { gross, fees, tax, rounding }: Charge, payer: Account): Leg[] {
  return [
    ...legs('debit', payer, gross),
    ...fees.flatMap(({ type, net }) => legs('credit', revenue(type), net)),
    ...legs('credit', taxDue(deal.jurisdiction), tax),
    ...legs('credit', 'rounding', rounding),
  ];
}

/** P2: what one side disputes moves aside, on each side that we keep. */
export function openDispute(deal: Deal, posted: readonly Entry[], nth: number): Entry[] {
  const moved = openLegs(posted).flatMap(({ account, side, minor }) => {
    const aside = asideOf(account);
    return side === 'debit' ? [debit(aside, minor), credit(account, minor)] : [debit(account, minor), credit(aside, minor)];
  });
  return entry(deal, 'P2.open', moved, `/${nth}`);
}

/** P2 back again: exactly what was moved aside. */
export function returnDispute(deal: Deal, opened: Entry): Entry[] {
  return [{ ...head(deal, 'P2.resolve'), key: `${opened.key}/resolve`, reverses: opened.key, legs: mirrored(opened.legs) }];
}

/** P3: every leg of the original at its original amount. A fee kept by agreement is borne by the CPO: only the price goes back. */
export function p3(
  deal: Deal,
  posted: readonly Entry[],
  terms: { feeOnCredit: 'returned' | 'kept'; price: bigint },
): Entry[] | Refused<'nothingPosted' | 'creditOfCredit'> {
  if (posted.length === 0) return refuse('nothingPosted');
  if (posted.some(({ posting }) => posting === 'P3')) return refuse('creditOfCredit');
  return posted.map((original) => ({
    ...head(deal, 'P3'),
    key: `${deal.cdr}/${original.posting}/credit`,
    reverses: original.key,
    legs:
      original.posting === 'P1a' && terms.feeOnCredit === 'kept'
        ? [...legs('debit', payable(deal.seller), terms.price), ...legs('credit', receivable(deal.buyer), terms.price)]
        : mirrored(original.legs),
  }));
}

/** The legs of a pair that are still owed. */
function openLegs(posted: readonly Entry[]): Leg[] {
  return posted.flatMap(({ legs }) => legs).filter(({ account }) => account.startsWith('receivable:') || account.startsWith('payable:'));
}

function asideOf(account: Account): Account {
  const party = account.slice(account.indexOf(':') + 1) as PartyId;
  return account.startsWith('receivable:') ? disputedReceivable(party) : disputedPayable(party);
}

/** A leg is positive: nothing for 0, and the other side for a negative amount (a price below zero). */
function legs(side: Leg['side'], account: Account, minor: bigint): Leg[] {
  if (minor === 0n) return [];
  return [(side === 'debit') === minor > 0n ? debit(account, abs(minor)) : credit(account, abs(minor))];
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** None where nothing is owed: a free session has no posting. */
function entry(deal: Deal, posting: Posting, all: readonly Leg[], suffix = ''): Entry[] {
  return all.length === 0 ? [] : [{ ...head(deal, posting), key: `${deal.cdr}/${posting}${suffix}`, legs: all }];
}

function head(deal: Deal, posting: Posting): Omit<Entry, 'key' | 'legs'> {
  const { cdr, seller, buyer, currency, eventAt } = deal;
  return { posting, currency, link: cdr, cdr, seller, buyer, eventAt };
}

import type { FeeType } from '../model/amount.js';
import type { PartyId } from '../model/party.js';

export type Side = 'debit' | 'credit';

/** The accounts, named from the hub's side, each with its normal side and what it is kept per. */
export const ACCOUNTS = {
  receivable: { normal: 'debit', per: 'party' },
  driverReceivable: { normal: 'debit', per: 'driver' },
  clawbackReceivable: { normal: 'debit', per: 'beneficiary' },
  bank: { normal: 'debit', per: 'nothing' },
  pspClearing: { normal: 'debit', per: 'channel' },
  cost: { normal: 'debit', per: 'nothing' },
  inputTax: { normal: 'debit', per: 'jurisdiction' },
  disputedReceivable: { normal: 'debit', per: 'party' },
  writeOff: { normal: 'debit', per: 'nothing' },
  payable: { normal: 'credit', per: 'party' },
  disputedPayable: { normal: 'credit', per: 'party' },
  wallet: { normal: 'credit', per: 'driver' },
  hold: { normal: 'credit', per: 'driver' },
  splitPayable: { normal: 'credit', per: 'beneficiary' },
  taxDue: { normal: 'credit', per: 'jurisdiction' },
  hubFee: { normal: 'credit', per: 'nothing' },
  revenue: { normal: 'credit', per: 'fee' },
  suspense: { normal: 'credit', per: 'nothing' },
  rounding: { normal: 'credit', per: 'nothing' },
  fxClearing: { normal: 'credit', per: 'currency' },
  fxGainLoss: { normal: 'credit', per: 'nothing' },
} as const satisfies Record<string, { normal: Side; per: string }>;

export type AccountKind = keyof typeof ACCOUNTS;
type Alone = { [K in AccountKind]: (typeof ACCOUNTS)[K]['per'] extends 'nothing' ? K : never }[AccountKind];
type Kept = Exclude<AccountKind, Alone>;

/** "receivable:NL-EVM", "revenue:electricity", "cost". Text, so that it can be stored, sorted and hashed as it is. */
export type Account = Alone | `${Kept}:${string}`;

export const receivable = (party: PartyId): Account => `receivable:${party}`;
export const payable = (party: PartyId): Account => `payable:${party}`;
export const disputedReceivable = (party: PartyId): Account => `disputedReceivable:${party}`;
export const disputedPayable = (party: PartyId): Account => `disputedPayable:${party}`;
export const driverReceivable = (driver: string): Account => `driverReceivable:${driver}`;
export const revenue = (fee: FeeType): Account => `revenue:${fee}`;
export const taxDue = (jurisdiction: string): Account => `taxDue:${jurisdiction}`;
export const inputTax = (jurisdiction: string): Account => `inputTax:${jurisdiction}`;

export function accountKind(account: Account): AccountKind {
  const kind = account.split(':', 1)[0] ?? '';
  if (!Object.hasOwn(ACCOUNTS, kind)) throw new RangeError(`no account is called ${account}`);
  return kind as AccountKind;
}

/** One side of an entry: a positive whole number of minor units. */
export interface Leg {
  account: Account;
  side: Side;
  minor: bigint;
}

export const debit = (account: Account, minor: bigint): Leg => ({ account, side: 'debit', minor });
export const credit = (account: Account, minor: bigint): Leg => ({ account, side: 'credit', minor });

/** The postings of the settlement rules by their names there. */
export type Posting = 'P1a' | 'P1b.purchase' | 'P1b.sale' | 'P1c' | 'P1d' | 'P2.open' | 'P2.resolve' | 'P3' | 'P9';

/** What is posted: balanced in its one currency, and never changed afterwards. */
export interface Entry {
  /** Made before the first try, so that a repeat is the same entry. */
  key: string;
  posting: Posting;
  currency: string;
  legs: readonly Leg[];
  /** Entries of one link stand or fall together. */
  link: string;
  /** The key of the CDR that caused it. */
  cdr: string;
  seller: PartyId;
  buyer: PartyId;
  /** When the energy flowed: a late item keeps it. */
  eventAt: Date;
  /** The entry whose legs this one mirrors. */
  reverses?: string;
}

export type EntryFault = 'tooFewLegs' | 'notPositive' | 'unbalanced';

/** What is wrong with an entry, undefined for a good one. The store refuses a bad one again, on its own. */
export function faultOf(entry: Pick<Entry, 'legs'>): EntryFault | undefined {
  if (entry.legs.length < 2) return 'tooFewLegs';
  if (entry.legs.some(({ minor }) => minor <= 0n)) return 'notPositive';
  for (const { account } of entry.legs) accountKind(account);
  return sum(entry.legs) === 0n ? undefined : 'unbalanced';
}

/** Debits less credits. */
export function sum(legs: readonly Leg[]): bigint {
  return legs.reduce((total, leg) => total + signed(leg), 0n);
}

/** A debit counts as positive. */
export function signed({ side, minor }: Leg): bigint {
  return side === 'debit' ? minor : -minor;
}

/** Totals of one account in one currency; both only ever grow. */
export interface Balance {
  account: Account;
  currency: string;
  debits: bigint;
  credits: bigint;
}

/** On the account's normal side: what an owner would call its balance. */
export function balanceOf({ account, debits, credits }: Balance): bigint {
  return ACCOUNTS[accountKind(account)].normal === 'debit' ? debits - credits : credits - debits;
}

/** The balances that a history of entries leads to, in the order of account and currency. */
export function fold(entries: Iterable<Pick<Entry, 'currency' | 'legs'>>, start: readonly Balance[] = []): Balance[] {
  const balances = new Map(start.map((balance) => [`${balance.account} ${balance.currency}`, { ...balance }]));
  for (const { currency, legs } of entries) {
    for (const { account, side, minor } of legs) {
      const key = `${account} ${currency}`;
      const balance = balances.get(key) ?? { account, currency, debits: 0n, credits: 0n };
      if (side === 'debit') balance.debits += minor;
      else balance.credits += minor;
      balances.set(key, balance);
    }
  }
  return [...balances.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, balance]) => balance);
}

/** Debits less credits over all accounts, per currency: every one is 0, or money was made or lost. */
export function imbalance(balances: readonly Balance[]): Record<string, bigint> {
  const totals: Record<string, bigint> = {};
  for (const { currency, debits, credits } of balances) totals[currency] = (totals[currency] ?? 0n) + debits - credits;
  return totals;
}

/** The legs that undo others: same accounts and amounts, sides exchanged. */
export function mirrored(legs: readonly Leg[]): Leg[] {
  return legs.map((leg) => ({ ...leg, side: leg.side === 'debit' ? 'credit' : 'debit' }));
}

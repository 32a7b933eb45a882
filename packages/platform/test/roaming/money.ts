import type { TestHub } from '../journeys/hub.js';
import { type Json, must } from '../own-stations-fixture.js';

interface Leg {
  account: string;
  side: 'debit' | 'credit';
  minor: string;
}

/** What the ledger says of one CDR, in euros, read through the admin API. */
export interface Posted {
  buyerPays: string;
  sellerGets: string;
  /** What the hub keeps before tax, and the tax that it owes on that. */
  fee: string;
  tax: string;
  /** Debits less credits of all entries: nothing, or the ledger is wrong. */
  sum: string;
}

/** Waits until the CDR is accepted, and adds up its entries by who they are for. */
export async function postedFor(hub: TestHub, seller: string, buyer: string, cdrId: string): Promise<Posted> {
  const path = `/settlement/cdrs/${seller}/${cdrId}`;
  await hub.settled(async () => {
    const { status, body } = await hub.api('GET', path);
    if (status === 200 && !['received', 'checked', 'matched', 'accepted'].includes(body.life.clearing.state))
      throw new Error(`${path}: ${JSON.stringify(body.life.clearing)}`);
    return (status === 200 && body.life.clearing.state === 'accepted') || undefined;
  });
  const answer: Json = await must(hub.api, 'GET', `${path}/entries`);
  const legs: Leg[] = answer.flatMap((entry: { legs: Leg[] }) => entry.legs);
  const total = (of: (account: string) => boolean) =>
    legs
      .filter(({ account }) => of(account))
      .reduce((sum, { side, minor }) => sum + (side === 'debit' ? BigInt(minor) : -BigInt(minor)), 0n);
  const is = (...names: string[]) => total((account) => names.includes(account.split(':', 1)[0]!));
  const isOwn = seller === 'NL-EVR';
  // At our own stations what the buyer pays is ours: what was sold, and the tax that we owe on it.
  const sellerGets = isOwn ? -is('revenue', 'taxDue', 'rounding') : -total((account) => account === `payable:${seller}`);
  return {
    buyerPays: euros(total((account) => account === `receivable:${buyer}`)),
    sellerGets: euros(sellerGets),
    fee: isOwn ? '0.00' : euros(-is('hubFee', 'revenue', 'cost', 'rounding')),
    tax: isOwn ? '0.00' : euros(-is('taxDue', 'inputTax')),
    sum: euros(total(() => true)),
  };
}

export function euros(minor: bigint): string {
  const size = minor < 0n ? -minor : minor;
  return `${minor < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

export const cents = (text: string): bigint => BigInt(text.replace('.', ''));

import { defaultPolicies, type PricedSession, PricingError, price, readCdr, roundAmount, type Tariff } from '@evroam/ocpi/pricing';
import { type AgreementSnapshot, type CdrForm, canonical, type JsonValue, type LineInput, tariffJson } from '@evroam/ocpi/statement';
import type { Agreement } from '../model/agreement.js';
import type { Cdr } from '../model/cdr.js';
import { type PartyId, splitPartyId } from '../model/party.js';
import { pricedSession } from '../model/rating.js';
import type { Charge } from './charge.js';
import { agreedTariffs, dealOf } from './clear.js';
import { ACCOUNTS, type Account, accountKind, payable, receivable, signed } from './ledger.js';
import type { PeriodName } from './period.js';
import { asPriced, type CdrRecord } from './record.js';
import type { PostedEntry } from './seal.js';

/** What one side owes the other for a period under one agreement. */
export interface Statement {
  id: string;
  period: PeriodName;
  /** Counts the closings of the period. */
  version: number;
  /** The party of ours that says so, and whom it tells. */
  issuer: PartyId;
  counterparty: PartyId;
  /** The account of the counterparty that its lines move. */
  account: Account;
  seller: PartyId;
  buyer: PartyId;
  /** "id@version" */
  agreement: string;
  currency: string;
  state: 'draft' | 'issued' | 'accepted';
  lines: number;
  /** Credits taken away. */
  energyMilliWh: number;
  net: bigint;
  tax: bigint;
  gross: bigint;
  /** The movement of the account on its normal side, fees included. */
  due: bigint;
  /** CDRs of which we do not have what was exchanged: the statement waits for them. */
  missing?: readonly string[];
  digest?: string;
  issuedAt?: Date;
  acceptedAt?: Date;
}

/** A CDR with what was posted for it. */
export interface Settled {
  record: CdrRecord;
  entries: readonly PostedEntry[];
}

/** Postings that a statement explains; disputes move what was stated before. */
const STATED = new Set(['P1a', 'P1b.purchase', 'P1b.sale', 'P1c', 'P1d', 'P3']);

/** Who of us answers for a CDR: its seller or buyer if it is ours, else the hub's own party. */
export function issuerOf(cdr: Cdr, hosted: readonly PartyId[]): PartyId {
  const ours = [cdr.owner, cdr.token.issuer].find((party) => hosted.includes(party)) ?? hosted[0];
  if (ours === undefined) throw new Error('an operator without a party of its own cannot settle');
  return ours;
}

/** The accounts of other parties that a CDR moves: each belongs into a statement. */
export function accountsOf(cdr: Cdr, hosted: readonly PartyId[]): { account: Account; counterparty: PartyId }[] {
  const { seller, buyer } = dealOf(cdr);
  return [
    ...(hosted.includes(buyer) ? [] : [{ account: receivable(buyer), counterparty: buyer }]),
    ...(hosted.includes(seller) ? [] : [{ account: payable(seller), counterparty: seller }]),
  ];
}

/** Sorts the CDRs of a period into statements, each with its sums. */
export async function drafts(
  settled: AsyncIterable<Settled>,
  hosted: readonly PartyId[],
  period: PeriodName,
  version: number,
): Promise<Map<string, Statement>> {
  const found = new Map<string, Statement>();
  for await (const { record, entries } of settled) {
    const { cdr, agreement, charge } = record;
    if (!agreement || !charge) continue;
    for (const { account, counterparty } of accountsOf(cdr, hosted)) {
      const id = [period, `v${version}`, cdr.owner, cdr.token.issuer, accountKind(account), cdr.currency, `a${agreement.version}`].join(
        '.',
      );
      const before = found.get(id);
      const energy = cdr.credit ? -cdr.energyMilliWh : cdr.energyMilliWh;
      found.set(id, {
        id,
        period,
        version,
        issuer: issuerOf(cdr, hosted),
        counterparty,
        account,
        seller: cdr.owner,
        buyer: cdr.token.issuer,
        agreement: `${agreement.id}@${agreement.version}`,
        currency: cdr.currency,
        state: 'draft',
        lines: (before?.lines ?? 0) + 1,
        energyMilliWh: (before?.energyMilliWh ?? 0) + energy,
        net: (before?.net ?? 0n) + charge.net,
        tax: (before?.tax ?? 0n) + charge.tax,
        gross: (before?.gross ?? 0n) + charge.gross,
        due: (before?.due ?? 0n) + movement(entries, account),
      });
    }
  }
  return found;
}

/** Whether a CDR is a line of a statement. */
export function belongsTo({ cdr, agreement }: CdrRecord, statement: Statement): boolean {
  return (
    cdr.owner === statement.seller &&
    cdr.token.issuer === statement.buyer &&
    cdr.currency === statement.currency &&
    agreement !== undefined &&
    `${agreement.id}@${agreement.version}` === statement.agreement
  );
}

/** What was exchanged with the partner about a CDR. */
export interface Exchanged {
  version: string;
  bytes: Buffer;
}

/** The line of a CDR. What was priced is read from the very bytes that the partner holds, so that it finds the same. */
export function lineOf(
  { record, entries }: Settled,
  account: Account,
  exchanged: Exchanged,
  intern: (tariff: Tariff) => Tariff,
): LineInput {
  const { cdr, charge, agreement } = record;
  if (!charge || !agreement) throw new Error(`${record.key} is not settled`);
  const version = formOf(exchanged.version);
  const { countryCode, partyId } = ids(cdr.owner);
  const stated = entries.filter(({ posting }) => STATED.has(posting));
  const line = {
    kind: cdr.credit ? 'credit' : 'cdr',
    cdr: { countryCode, partyId, id: cdr.id, version, raw: exchanged.bytes },
    ...(cdr.sessionId === undefined ? {} : { sessionId: cdr.sessionId }),
    energyMilliWh: cdr.energyMilliWh,
    account,
    due: movement(stated, account),
    entries: stated.filter(({ legs }) => legs.some((leg) => leg.account === account)).map(({ key }) => key),
  } as const;
  if (cdr.credit && stated.length === 0 && charge.gross === 0n) {
    return {
      ...line,
      basis: 'approved',
      amount: amountOf(charge, agreement),
      note: 'a credit of a CDR that was not accepted: nothing is owed',
    };
  }
  const tariffs = agreedTariffs(asPriced(record), agreement).map(({ tariff }) => intern(tariff));
  const session = sessionIn(exchanged, version, cdr);
  const priced = session && { timeZone: cdr.place.timeZone, tariffs, session };
  const again = priced && priceAgain(priced, charge, agreement, cdr.credit !== undefined);
  if (priced && again === 'equal') return { ...line, basis: 'rated', priced };
  return {
    ...line,
    basis: 'approved',
    amount: amountOf(charge, agreement),
    ...(priced && again === 'differs' ? { priced } : {}),
    note:
      tariffs.length === 0 ? 'no tariff: nothing is owed' : 'priced from the session as we know it; the CDR as exchanged prices otherwise',
  };
}

/** Keeps one of each tariff, so that a statement shows it once. */
export function createIntern(): (tariff: Tariff) => Tariff {
  const known = new Map<string, Tariff>();
  return (tariff) => {
    const text = canonical(tariffJson(tariff));
    const first = known.get(text) ?? tariff;
    known.set(text, first);
    return first;
  };
}

/** What the statement repeats of an agreement. What we ask of our own drivers is nobody else's business. */
export function snapshotOf(agreement: Agreement): AgreementSnapshot {
  const { id, version, rounding, retail: _, ...terms } = agreement;
  return { id, version, rounding, policies: defaultPolicies, terms: plain(terms) as AgreementSnapshot['terms'] };
}

/** Debits and credits of an account, on its normal side. */
export function movement(entries: readonly Pick<PostedEntry, 'legs' | 'posting'>[], account: Account): bigint {
  const legs = entries.filter(({ posting }) => STATED.has(posting)).flatMap((entry) => entry.legs);
  const sum = legs.filter((leg) => leg.account === account).reduce((all, leg) => all + signed(leg), 0n);
  return ACCOUNTS[accountKind(account)].normal === 'debit' ? sum : -sum;
}

function priceAgain(
  { timeZone, tariffs, session }: NonNullable<LineInput['priced']>,
  charge: Charge,
  agreement: Agreement,
  negative: boolean,
): 'equal' | 'differs' | 'impossible' {
  try {
    const { lines } = price(tariffs, session, { timeZone });
    const amounts = lines.map(({ amount }) => amount);
    const { beforeTaxes, afterTaxes } = roundAmount(amounts, charge.currency, agreement.rounding);
    const [net, gross] = negative ? [-charge.net, -charge.gross] : [charge.net, charge.gross];
    return beforeTaxes === net && afterTaxes === gross ? 'equal' : 'differs';
  } catch (error) {
    if (error instanceof PricingError) return 'impossible';
    throw error;
  }
}

/** An order of T/CEC 102 tells its bill and not what was priced: there it is the session as we know it. */
function sessionIn({ bytes }: Exchanged, version: CdrForm, cdr: Cdr): PricedSession | undefined {
  if (version === 'tcec102') return pricedSession(cdr);
  try {
    return readCdr(version, JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof PricingError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function amountOf({ net, tax, gross }: Charge, agreement: Agreement): NonNullable<LineInput['amount']> {
  return {
    beforeTaxes: net,
    taxes: tax === 0n ? [] : [{ name: agreement.tax.name, rate: agreement.tax.rate, amount: tax }],
    afterTaxes: gross,
  };
}

export function ids(party: PartyId): { countryCode: string; partyId: string } {
  const { countryCode, party: partyId } = splitPartyId(party);
  return { countryCode, partyId };
}

function formOf(text: string): CdrForm {
  const known = (['2.1.1', '2.2', '2.2.1', '2.3.0', 'tcec102'] as const).find((version) => version === text);
  if (!known) throw new Error(`a CDR was exchanged in an unknown form: ${text}`);
  return known;
}

function plain(value: unknown): JsonValue {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plain(inner)]])));
  throw new TypeError(`${typeof value} cannot be stated`);
}

import { sign } from 'node:crypto';
import { type Amount, type PricedSession, price, roundAmount, sumAmounts, type Tariff } from '../pricing/index.js';
import type {
  AgreementSnapshot,
  CdrForm,
  MinorAmount,
  PricedRecord,
  StatementBundle,
  StatementHeader,
  StatementLine,
  StatementTotals,
} from './bundle.js';
import { canonical, digest, hashOf } from './canonical.js';
import { type Key, privateKeyOf } from './key.js';
import type { Entry, Inclusion, SignedBlock } from './ledger.js';
import { sessionJson, type TariffJson, tariffJson } from './snapshot.js';

/** A line to be stated. Money in minor units; `cdr.raw` are the bytes exchanged with this partner. */
export interface LineInput {
  readonly kind: StatementLine['kind'];
  readonly cdr?: { readonly countryCode: string; readonly partyId: string; readonly id: string; readonly version: CdrForm } & (
    | { readonly raw: string | Uint8Array }
    | { readonly digest: string }
  );
  readonly sessionId?: string;
  readonly energyMilliWh: number;
  /** Left out where `basis` is `rated`: then it is the price, rounded by the agreement. */
  readonly amount?: Amount;
  readonly basis: StatementLine['basis'];
  readonly priced?: { readonly timeZone: string; readonly tariffs: readonly Tariff[]; readonly session: PricedSession };
  readonly account: string;
  /** What the line moves on the account's normal side, in minor units, fees included. */
  readonly due: bigint;
  readonly entries: readonly string[];
  readonly note?: string;
}

/** All that a statement says; `buildStatement` prices, sums, hashes and signs it. */
export interface StatementInput extends Omit<StatementHeader, 'format' | 'hashes'> {
  readonly agreement: AgreementSnapshot;
  readonly lines: readonly LineInput[];
  readonly entries: readonly Entry[];
  readonly inclusions: readonly Inclusion[];
  readonly blocks: readonly SignedBlock[];
}

/** Builds and signs a statement; `text` is its canonical form, the bytes to hand out. */
export function buildStatement(input: StatementInput, privateKey: Key): { bundle: StatementBundle; text: string } {
  const { agreement, lines: given, entries, inclusions, blocks, ...head } = input;
  const tariffs: TariffJson[] = [];
  const places = new Map<string, number>();
  const seen = new Map<Tariff, number>();
  const placeOf = (tariff: Tariff) => {
    const before = seen.get(tariff);
    if (before !== undefined) return before;
    const json = tariffJson(tariff);
    const key = canonical(json);
    const place = places.get(key) ?? tariffs.push(json) - 1;
    places.set(key, place);
    seen.set(tariff, place);
    return place;
  };
  const lines = given.map((line) => toLine(line, agreement, head.currency, placeOf));
  const parts = { agreement, tariffs, lines, entries, inclusions, blocks, totals: totalsOf(lines, head.accounts) };
  const header: StatementHeader = { ...head, format: 'evroam-statement/1', hashes: hashesOf(parts) };
  const signature = sign(null, signedBytes(header), privateKeyOf(privateKey)).toString('hex');
  const bundle: StatementBundle = { header, ...parts, signature };
  return { bundle, text: canonical(bundle) };
}

/** The hashes that the header holds of the other parts. */
export function hashesOf(parts: Omit<StatementBundle, 'header' | 'signature'>): StatementHeader['hashes'] {
  const each = (domain: string, items: readonly unknown[]) => items.map((item) => hashOf(domain, item));
  return {
    agreement: hashOf('agreement', parts.agreement),
    tariffs: each('tariffs', parts.tariffs),
    lines: each('lines', parts.lines),
    entries: each('entries', parts.entries),
    inclusions: each('inclusions', parts.inclusions),
    blocks: each('blocks', parts.blocks),
    totals: hashOf('totals', parts.totals),
  };
}

/** What the signature of a statement covers. */
export function signedBytes(header: unknown): Buffer {
  return Buffer.from(`evroam/1/statement\n${canonical(header)}`);
}

/** Sums over the lines, in minor units. */
export function totalsOf(lines: readonly StatementLine[], accounts: readonly { readonly name: string }[]): StatementTotals {
  return {
    lines: lines.length,
    // A credit repeats the energy of its original, so a sum of energy takes it away again.
    energyMilliWh: lines.reduce((sum, { kind, energyMilliWh }) => sum + (kind === 'credit' ? -energyMilliWh : energyMilliWh), 0),
    amount: minor(sumAmounts(lines.map(({ amount }) => amountOf(amount)))),
    due: accounts.map(({ name }) => ({
      account: name,
      amount: lines
        .filter(({ account }) => account === name)
        .reduce((sum, { due }) => sum + BigInt(due), 0n)
        .toString(),
    })),
  };
}

/** Whole numbers as digits. */
export function minor(amount: Amount): MinorAmount {
  return {
    ...(amount.beforeTaxes === undefined ? {} : { beforeTaxes: amount.beforeTaxes.toString() }),
    taxes: amount.taxes.map(({ name, rate, amount }) => ({ name, ...(rate === undefined ? {} : { rate }), amount: amount.toString() })),
    ...(amount.afterTaxes === undefined ? {} : { afterTaxes: amount.afterTaxes.toString() }),
  };
}

/** Digits as whole numbers. */
export function amountOf(amount: MinorAmount): Amount {
  return {
    ...(amount.beforeTaxes === undefined ? {} : { beforeTaxes: BigInt(amount.beforeTaxes) }),
    taxes: amount.taxes.map((tax) => ({ ...tax, amount: BigInt(tax.amount) })),
    ...(amount.afterTaxes === undefined ? {} : { afterTaxes: BigInt(amount.afterTaxes) }),
  };
}

function toLine(line: LineInput, agreement: AgreementSnapshot, currency: string, placeOf: (tariff: Tariff) => number): StatementLine {
  const { cdr, priced, amount, due, ...rest } = line;
  const rated = priced && rate(priced, agreement, line.kind === 'credit');
  const accepted = amount ?? (rated && roundAmount(rated.lines, currency, agreement.rounding));
  if (!accepted) throw new TypeError('a line has an amount, or a tariff and a session to price');
  const record: PricedRecord | undefined = priced &&
    rated && {
      timeZone: priced.timeZone,
      tariffs: priced.tariffs.map(placeOf),
      session: sessionJson(priced.session),
      exact: minor(rated.total),
    };
  return {
    ...rest,
    ...(cdr ? { cdr: cdrOf(cdr) } : {}),
    amount: minor(accepted),
    due: due.toString(),
    ...(record ? { priced: record } : {}),
  };
}

function cdrOf(cdr: NonNullable<LineInput['cdr']>): NonNullable<StatementLine['cdr']> {
  const { countryCode, partyId, id, version } = cdr;
  return { countryCode, partyId, id, version, digest: 'digest' in cdr ? cdr.digest : digest(cdr.raw) };
}

/** The price of a line under its agreement; a credit is the original's, negated. */
export function rate(
  priced: { readonly timeZone: string; readonly tariffs: readonly Tariff[]; readonly session: PricedSession },
  agreement: AgreementSnapshot,
  credit: boolean,
): { total: Amount; lines: readonly Amount[] } {
  const { total, lines } = price(priced.tariffs, priced.session, { timeZone: priced.timeZone, policies: agreement.policies });
  const amounts = lines.map(({ amount }) => amount);
  return credit ? { total: negate(total), lines: amounts.map(negate) } : { total, lines: amounts };
}

function negate(amount: Amount): Amount {
  return {
    ...(amount.beforeTaxes === undefined ? {} : { beforeTaxes: -amount.beforeTaxes }),
    taxes: amount.taxes.map((tax) => ({ ...tax, amount: -tax.amount })),
    ...(amount.afterTaxes === undefined ? {} : { afterTaxes: -amount.afterTaxes }),
  };
}

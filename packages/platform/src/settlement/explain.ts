import type { PricedLine } from '@evroam/ocpi/pricing';
import { moneyText } from '../kernel/money.js';
import { decimalText, kwhText } from '../kernel/quantity.js';
import type { Refused } from '../kernel/refusal.js';
import type { Rated } from '../model/rating.js';
import type { CdrLife } from './cdr-clearing.js';
import { type Language, nextSteps, type Text, words } from './explain-words.js';
import { accountKind, type Entry } from './ledger.js';
import { asPriced, type CdrRecord } from './record.js';

export type { Language } from './explain-words.js';

/** One step on the way from the tariff to the books. Amounts are exact decimal texts. */
export interface ExplainedStep {
  kind:
    | 'state'
    | 'finding'
    | 'terms'
    | 'element'
    | 'step'
    | 'tax'
    | 'exact'
    | 'rounded'
    | 'claimed'
    | 'difference'
    | 'leg'
    | 'related'
    | 'net'
    | 'next';
  text: Text;
  amount?: string;
  /** Where in the tariff, or in which entry. */
  at?: string;
}

export interface Explanation {
  key: string;
  currency: string;
  state: CdrLife;
  /** This CDR, its original, credits and revisions, in the order in which they came, and what all of them together come to after tax. */
  family: { keys: readonly string[]; net: string };
  steps: readonly ExplainedStep[];
}

/** Each cent of a CDR, from tariff element to posting; what differs from what the seller says; and what a person can do next. */
export function explain(
  record: CdrRecord,
  rated: Rated | Refused<string>,
  entries: readonly Entry[],
  family: readonly CdrRecord[] = [record],
): Explanation {
  const { key, cdr, life } = record;
  const net = money(
    family.reduce((sum, one) => sum + postedOf(one), 0n),
    cdr.currency,
  );
  return {
    key,
    currency: cdr.currency,
    state: life,
    family: { keys: family.map((one) => one.key), net },
    steps: [
      { kind: 'state', text: words.state(life) },
      ...findings(life),
      ...terms(record),
      ...('lines' in rated ? priceSteps(record, rated) : [{ kind: 'finding' as const, text: words.notPriceable(rated.detail ?? '') }]),
      ...claim(record),
      ...entries.flatMap(legs),
      ...(family.length > 1 ? [...family.map(related), { kind: 'net' as const, text: words.net(family.length), amount: net }] : []),
      ...nextSteps(life).map((text): ExplainedStep => ({ kind: 'next', text })),
    ],
  };
}

/** The explanation as lines of text for a person. */
export function explainText({ key, steps }: Explanation, language: Language): string {
  return [key, ...steps.map(({ text, amount }) => `  ${text[language]}${amount === undefined ? '' : `: ${amount}`}`)].join('\n');
}

/** What stands in the books for a CDR after tax: nothing unless it was accepted. */
function postedOf({ life, charge }: CdrRecord): bigint {
  return life.clearing.state === 'accepted' ? (charge?.gross ?? 0n) : 0n;
}

function related(one: CdrRecord): ExplainedStep {
  return { kind: 'related', at: one.key, text: words.related(one), amount: money(postedOf(one), one.cdr.currency) };
}

function findings({ clearing }: CdrLife): ExplainedStep[] {
  if ('findings' in clearing) return clearing.findings.map((finding) => ({ kind: 'finding', text: words.finding(finding) }));
  return 'reason' in clearing ? [{ kind: 'finding', text: words.finding({ code: clearing.reason }) }] : [];
}

/** Which versions it is priced by: a later one does not touch it. */
function terms(record: CdrRecord): ExplainedStep[] {
  const { agreement } = record;
  if (!agreement) return [];
  const tariffs = asPriced(record).tariffs.map(({ id, version }) => ({ id, version }));
  return [
    {
      kind: 'terms',
      at: `${agreement.id}@${agreement.version}`,
      text: words.terms(agreement, tariffs, time(record.cdr.startedAt.getTime())),
    },
  ];
}

function priceSteps(record: CdrRecord, rated: Rated): ExplainedStep[] {
  const { currency } = rated;
  const steps = rated.lines.flatMap((line): ExplainedStep[] => [
    {
      kind: 'element',
      at: `${line.tariffId}/${line.element}/${line.component}`,
      text: words.element(line, volumeText(line), `${decimalText(line.price, 9, 2)} ${currency}`, slicesText(line)),
      ...amountOf(line.amount.beforeTaxes ?? line.amount.afterTaxes, currency),
    },
    ...line.fees
      .filter(() => line.fees.length > 1)
      .map((fee): ExplainedStep => ({ kind: 'element', text: words.fee(fee.type), ...amountOf(fee.price, currency) })),
    ...(line.step
      ? [
          {
            kind: 'step' as const,
            text: words.step(line, volumeOf(line.dimension, line.step.added), volumeOf(line.dimension, line.billed)),
          },
        ]
      : []),
  ]);
  const { total } = rated;
  for (const { name, rate, amount } of total.taxes) {
    steps.push({
      kind: 'tax',
      text: words.tax(name, rate === undefined ? '' : `${decimalText(BigInt(rate), 4)} %`),
      ...amountOf(amount, currency),
    });
  }
  steps.push({ kind: 'exact', text: words.exact(), ...amountOf(total.afterTaxes ?? total.beforeTaxes, currency) });
  const { charge } = record;
  if (charge) {
    const rule = record.agreement?.rounding ?? 'perTotal';
    steps.push({ kind: 'rounded', text: words.rounded(rule), amount: money(charge.gross, currency) });
    for (const { type, net } of charge.fees) steps.push({ kind: 'rounded', text: words.fee(type), amount: money(net, currency) });
    steps.push({ kind: 'rounded', text: words.taxTotal(), amount: money(charge.tax, currency) });
  }
  return steps;
}

function claim({ cdr, charge }: CdrRecord): ExplainedStep[] {
  const { total, currency } = cdr;
  const stated = total.afterTaxes ?? total.beforeTaxes;
  if (stated === undefined) return [];
  const steps: ExplainedStep[] = [{ kind: 'claimed', text: words.claimed(total.afterTaxes !== undefined), ...amountOf(stated, currency) }];
  if (charge) {
    const ours = total.afterTaxes === undefined ? charge.net : charge.gross;
    const unit = 10n ** BigInt(9 - (moneyText({ minor: 0n, currency }).split('.')[1]?.length ?? 0));
    const apart = stated - ours * unit;
    steps.push({ kind: 'difference', text: words.difference(), ...amountOf(apart, currency) });
  }
  return steps;
}

function legs(entry: Entry): ExplainedStep[] {
  return entry.legs.map(({ account, side, minor }) => ({
    kind: 'leg',
    at: entry.key,
    text: words.leg(entry.posting, side, account, accountKind(account)),
    amount: money(minor, entry.currency),
  }));
}

function amountOf(nano: bigint | undefined, currency: string): { amount?: string } {
  return nano === undefined ? {} : { amount: `${decimalText(nano, 9, 2)} ${currency}` };
}

function money(minor: bigint, currency: string): string {
  return `${moneyText({ minor, currency })} ${currency}`;
}

function volumeText(line: PricedLine): string {
  return volumeOf(line.dimension, line.billed);
}

function volumeOf(dimension: PricedLine['dimension'], volume: number): string {
  if (dimension === 'ENERGY') return `${kwhText(volume)} kWh`;
  if (dimension === 'TIME' || dimension === 'PARKING_TIME' || dimension === 'RESERVATION_TIME')
    return `${decimalText(BigInt(volume), 3)} s`;
  return '1';
}

function slicesText({ slices = [] }: PricedLine): string {
  return slices.map(({ from, to }) => `${time(from)}/${time(to)}`).join(', ');
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000', '');
}

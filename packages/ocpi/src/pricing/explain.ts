import type { Amount, PricedLine } from './amounts.js';
import { decimal } from './exact.js';
import type { Price } from './price.js';
import type { PriceComponent, PriceLimit, Tariff } from './tariff.js';
import { type Language, type Words, words } from './words.js';

export type { Language } from './words.js';

/** What a tariff says, in plain words: a sentence for each price, then what holds for all. */
export function explainTariff(tariff: Tariff, language: Language = 'en'): string[] {
  const w = words[language];
  const { currency } = tariff;
  const lines = tariff.elements.flatMap(({ components, restrictions }) => {
    const reserved = restrictions?.reservation !== undefined;
    const when = restrictions ? w.when(restrictions) : [];
    return components.map((component) => {
      const price = w.rate(component.dimension, reserved, money(component.price, currency));
      const head = when.length > 0 ? `${price}${language === 'zh' ? '，' : ' '}${when.join(w.and)}` : price;
      return `${[head, ...details(component, currency, w)].join(language === 'zh' ? '；' : '; ')}${language === 'zh' ? '。' : '.'}`;
    });
  });
  const priced = tariff.elements.flatMap(({ components }) => components.map(({ dimension }) => dimension));
  return [
    ...lines,
    ...(new Set(priced).size < priced.length ? [w.first] : []),
    w.taxIncluded[tariff.taxIncluded],
    ...limitSentences('min', tariff.minPrice, currency, w),
    ...limitSentences('max', tariff.maxPrice, currency, w),
  ];
}

/** Why a session costs what it costs: a sentence for each line, then the total. */
export function explainPrice(price: Price, language: Language = 'en'): string[] {
  const w = words[language];
  const { currency, total } = price;
  const taxes = total.taxes
    .map((t) => `${t.rate === undefined ? t.name : w.tax(t.name, percent(t.rate))} ${money(t.amount, currency)}`)
    .join(language === 'zh' ? '、' : ', ');
  const side = (value: bigint | undefined) => (value === undefined ? undefined : money(value, currency));
  return [
    ...price.lines.map((line) => explainLine(line, currency, language)),
    w.total(side(total.afterTaxes), side(total.beforeTaxes), taxes),
  ];
}

function explainLine(line: PricedLine, currency: string, language: Language): string {
  const w = words[language];
  const { dimension, price, volume, billed } = line;
  const used = w.volume(dimension, volume);
  const raised =
    billed > volume
      ? language === 'zh'
        ? `（${w.billedAs(w.volume(dimension, billed))}）`
        : ` (${w.billedAs(w.volume(dimension, billed))})`
      : '';
  const at = used === '' ? '' : `${language === 'zh' ? '：' : ': '}${used}${raised} × ${money(price, currency)}`;
  const colon = language === 'zh' ? '，' : ', ';
  return `${capital(w.dimension[dimension])}${at}${colon}${amountText(line.amount, currency, language)}${language === 'zh' ? '。' : '.'}`;
}

function amountText({ beforeTaxes, afterTaxes }: Amount, currency: string, language: Language): string {
  const known = beforeTaxes ?? afterTaxes;
  if (known === undefined) return '–';
  const text = money(known, currency);
  if (afterTaxes === undefined || beforeTaxes === undefined || afterTaxes === beforeTaxes) return text;
  return language === 'zh' ? `${text}（含税${money(afterTaxes, currency)}）` : `${text} (${money(afterTaxes, currency)} with taxes)`;
}

function details({ dimension, stepSize, taxes, fees }: PriceComponent, currency: string, w: Words): string[] {
  const steps = dimension !== 'FLAT' && stepSize > 1 ? [w.step(dimension, stepSize)] : [];
  const parts = fees && fees.length > 1 ? [fees.map(({ type, price }) => `${w.fee[type]} ${money(price, currency)}`).join(' + ')] : [];
  return [...parts, ...(taxes ?? []).map(({ name, rate }) => w.tax(name, percent(rate))), ...steps];
}

function limitSentences(kind: 'min' | 'max', limit: PriceLimit | undefined, currency: string, w: Words): string[] {
  if (!limit) return [];
  const { beforeTaxes: before, afterTaxes: after } = limit;
  return [
    ...(before === undefined ? [] : [w.limit(kind, money(before, currency), 'before')]),
    ...(after === undefined ? [] : [w.limit(kind, money(after, currency), 'after')]),
  ];
}

function money(nano: bigint, currency: string): string {
  return `${decimal(nano, 9, 2)} ${currency}`;
}

function percent(rate: number): string {
  return decimal(BigInt(rate), 4, 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

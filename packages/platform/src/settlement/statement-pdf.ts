import type { StatementBundle } from '@evroam/ocpi/statement';
import { minorDigits } from '../kernel/money.js';
import { decimalText } from '../kernel/quantity.js';
import type { Language } from './explain-words.js';
import { lineRows } from './export.js';
import { cellsOf, pdf } from './pdf.js';

const WORDS = {
  en: {
    statement: (id: string, version: number) => `Statement ${id}, version ${version}`,
    parties: (from: string, to: string) => `${from} to ${to}`,
    period: (from: string, to: string, issued: string) => `${from} to ${to} (end not included), issued ${issued}`,
    agreement: (id: string, version: number) => `Agreement ${id}, version ${version}`,
    totals: (lines: number, energy: string, amount: string) => `${lines} lines, ${energy} kWh, after taxes ${amount}`,
    due: (account: string, amount: string) => `Due on ${account}: ${amount}`,
    digest: (digest: string) => `SHA-256 of the bundle: ${digest}`,
    columns: ['kind', 'CDR', 'kWh', 'before taxes', 'taxes', 'after taxes'],
    kinds: { cdr: 'cdr', credit: 'credit', adjustment: 'adjust' },
  },
  zh: {
    statement: (id: string, version: number) => `对账单 ${id}，第 ${version} 版`,
    parties: (from: string, to: string) => `${from} 致 ${to}`,
    period: (from: string, to: string, issued: string) => `${from} 至 ${to}（不含止日），签发于 ${issued}`,
    agreement: (id: string, version: number) => `协议 ${id}，第 ${version} 版`,
    totals: (lines: number, energy: string, amount: string) => `共 ${lines} 行，${energy} kWh，含税 ${amount}`,
    due: (account: string, amount: string) => `科目 ${account} 应结：${amount}`,
    digest: (digest: string) => `证明包的 SHA-256：${digest}`,
    columns: ['类别', '话单', 'kWh', '不含税', '税额', '含税'],
    kinds: { cdr: '话单', credit: '冲销', adjustment: '调整' },
  },
} as const;

/** A statement on paper, for people: the same lines and sums, and the digest of the bundle, which alone is the proof. */
export function statementPdf(bundleText: string, bundleDigest: string, language: Language = 'en'): Buffer {
  const { header, agreement, totals } = JSON.parse(bundleText) as StatementBundle;
  const words = WORDS[language];
  const digits = minorDigits(header.currency);
  const money = (minor: string) => `${decimalText(BigInt(minor), digits, digits)} ${header.currency}`;
  const name = ({ countryCode, partyId, name: called }: typeof header.issuer) => `${called} (${countryCode}*${partyId})`;
  const head = [
    words.statement(header.id, header.version),
    words.parties(name(header.issuer), name(header.counterparty)),
    words.period(header.period.from, header.period.to, header.issuedAt),
    words.agreement(agreement.id, agreement.version),
    words.totals(totals.lines, decimalText(BigInt(totals.energyMilliWh), 6), money(totals.amount.afterTaxes ?? '0')),
    ...totals.due.map(({ account, amount }) => words.due(account, money(amount))),
    words.digest(bundleDigest),
    '',
  ];
  const widths = [-8, -44, 14, 14, 14, 14] as const;
  const row = (cells: readonly string[]) => cells.map((cell, i) => pad(cell, widths[i] ?? 10)).join(' ');
  const kinds: Readonly<Record<string, string>> = words.kinds;
  const table = lineRows(bundleText).map(({ kind = '', cdr = '', energy_kwh = '', before_taxes = '', taxes = '', after_taxes = '' }) =>
    row([kinds[kind] ?? kind, cdr, energy_kwh, before_taxes, taxes, after_taxes]),
  );
  return pdf([...head, row(words.columns), ...table]);
}

function pad(text: string, width: number): string {
  const size = Math.abs(width);
  let cut = text;
  while (cellsOf(cut) > size) cut = `${[...cut].slice(0, cut.endsWith('~') ? -2 : -1).join('')}~`;
  const space = ' '.repeat(size - cellsOf(cut));
  return width < 0 ? cut + space : space + cut;
}

import type { StatementBundle } from '@evroam/ocpi/statement';
import { minorDigits } from '../kernel/money.js';
import { decimalText } from '../kernel/quantity.js';

export type Row = Readonly<Record<string, string>>;

/** The lines of a statement as a table for people; the bundle stays the proof. */
export function lineRows(bundleText: string): Row[] {
  const { header, lines } = JSON.parse(bundleText) as StatementBundle;
  const digits = minorDigits(header.currency);
  const money = (minor: string | undefined) => (minor === undefined ? '' : decimalText(BigInt(minor), digits, digits));
  return lines.map(({ kind, cdr, sessionId, energyMilliWh, amount, basis, account, due, note }) => ({
    kind,
    cdr: cdr ? `${cdr.countryCode}*${cdr.partyId}*${cdr.id}` : '',
    session: sessionId ?? '',
    energy_kwh: decimalText(BigInt(kind === 'credit' ? -energyMilliWh : energyMilliWh), 6),
    before_taxes: money(amount.beforeTaxes),
    taxes: money(amount.taxes.reduce((sum, tax) => sum + BigInt(tax.amount), 0n).toString()),
    after_taxes: money(amount.afterTaxes),
    due: money(due),
    currency: header.currency,
    account,
    basis,
    digest: cdr?.digest ?? '',
    note: note ?? '',
  }));
}

/** RFC 4180. A cell that a spreadsheet would run as a formula is made inert by a leading apostrophe; a negative number is none. */
export function toCsv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (text: string) => {
    const inert = /^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-\d+(\.\d+)?$/.test(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
  };
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

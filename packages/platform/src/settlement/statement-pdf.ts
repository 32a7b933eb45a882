import type { StatementBundle } from '@evroam/ocpi/statement';
import { minorDigits } from '../kernel/money.js';
import { decimalText } from '../kernel/quantity.js';
import { lineRows } from './export.js';

/** A4 in points, with margins; text in a font of fixed width that every reader has. */
const WIDTH = 842;
const HEIGHT = 595;
const MARGIN = 36;
const SIZE = 8;
const LEADING = 11;
const LINES_A_PAGE = Math.floor((HEIGHT - 2 * MARGIN) / LEADING);
const CHARACTERS = Math.floor((WIDTH - 2 * MARGIN) / (SIZE * 0.6));

/** A statement on paper, for people: the same lines and sums, and the digest of the bundle, which alone is the proof. */
export function statementPdf(bundleText: string, bundleDigest: string): Buffer {
  const { header, agreement, totals } = JSON.parse(bundleText) as StatementBundle;
  const digits = minorDigits(header.currency);
  const money = (minor: string) => `${decimalText(BigInt(minor), digits, digits)} ${header.currency}`;
  const name = ({ countryCode, partyId, name: called }: typeof header.issuer) => `${called} (${countryCode}*${partyId})`;
  const head = [
    `Statement ${header.id}, version ${header.version}`,
    `${name(header.issuer)} to ${name(header.counterparty)}`,
    `${header.period.from} to ${header.period.to} (end not included), issued ${header.issuedAt}`,
    `Agreement ${agreement.id}, version ${agreement.version}`,
    `${totals.lines} lines, ${decimalText(BigInt(totals.energyMilliWh), 6)} kWh, after taxes ${money(totals.amount.afterTaxes ?? '0')}`,
    ...totals.due.map(({ account, amount }) => `Due on ${account}: ${money(amount)}`),
    `SHA-256 of the bundle: ${bundleDigest}`,
    '',
  ];
  const columns = [-8, -44, 14, 14, 14, 14] as const;
  const row = (cells: readonly string[]) => cells.map((cell, i) => pad(cell, columns[i] ?? 10)).join(' ');
  const table = lineRows(bundleText).map((line) =>
    row([line.kind ?? '', line.cdr ?? '', line.energy_kwh ?? '', line.before_taxes ?? '', line.taxes ?? '', line.after_taxes ?? '']),
  );
  return pdf([...head, row(['kind', 'CDR', 'kWh', 'before taxes', 'taxes', 'after taxes']), ...table]);
}

function pad(text: string, width: number): string {
  const size = Math.abs(width);
  const cut = text.length > size ? `${text.slice(0, size - 1)}~` : text;
  return width < 0 ? cut.padEnd(size) : cut.padStart(size);
}

/** The least PDF that holds pages of text. ISO 32000-1, 7.5 */
function pdf(lines: readonly string[]): Buffer {
  const pages: string[][] = [];
  for (let i = 0; i < lines.length; i += LINES_A_PAGE) pages.push(lines.slice(i, i + LINES_A_PAGE));
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
  ];
  pages.forEach((page, i) => {
    const content = `BT /F1 ${SIZE} Tf ${LEADING} TL ${MARGIN} ${HEIGHT - MARGIN} Td\n${page.map((line) => `(${escaped(line)}) '`).join('\n')}\nET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    );
  });
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = Buffer.byteLength(text, 'latin1');
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = Buffer.byteLength(text, 'latin1');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
  text += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** Text inside a PDF string; what the font does not know is shown as a question mark, and a control character can do nothing. */
function escaped(line: string): string {
  return [...line.slice(0, CHARACTERS)]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 32 || code > 255 || (code > 126 && code < 160)) return '?';
      return '()\\'.includes(character) ? `\\${character}` : character;
    })
    .join('');
}

/** A4 in points, with margins. */
const WIDTH = 842;
const HEIGHT = 595;
const MARGIN = 36;
const SIZE = 8;
const LEADING = 11;
const LINES_A_PAGE = Math.floor((HEIGHT - 2 * MARGIN) / LEADING);
/** Courier: every character is 0.6 of its size. */
const CELL = SIZE * 0.6;
const CELLS = Math.floor((WIDTH - 2 * MARGIN) / CELL);
/** A Chinese character is as wide as its size, which makes it two cells here: columns stay in line. */
const WIDE_SIZE = 2 * CELL;

/** Latin text in a font that every reader has; Chinese in one that readers bring or replace, by a character map that the standard names. ISO 32000-1, 9.7.5.2 */
const FONTS = [
  '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
  '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>',
  '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor 6 0 R >>',
  '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
];
const FIRST_PAGE = 3 + FONTS.length;

/** How many characters of a line a text takes. */
export function cellsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (isWide(character) ? 2 : 1), 0);
}

/** The least PDF that holds pages of text in columns. ISO 32000-1, 7.5 */
export function pdf(lines: readonly string[]): Buffer {
  const pages: string[][] = [];
  for (let i = 0; i < lines.length; i += LINES_A_PAGE) pages.push(lines.slice(i, i + LINES_A_PAGE));
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${FIRST_PAGE + 2 * i} 0 R`).join(' ')}] >>`,
    ...FONTS,
  ];
  pages.forEach((page, i) => {
    const content = `BT ${LEADING} TL ${MARGIN} ${HEIGHT - MARGIN} Td\n${page.map((line) => `T* ${shown(line)}`).join('\n')}\nET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${FIRST_PAGE + 1 + 2 * i} 0 R >>`,
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

/** A line as the operators that show it: stretches of one font each. */
function shown(line: string): string {
  const stretches: { wide: boolean; text: string }[] = [];
  let cells = 0;
  for (const character of line) {
    const wide = isWide(character);
    cells += wide ? 2 : 1;
    if (cells > CELLS) break;
    const last = stretches.at(-1);
    if (last?.wide === wide) last.text += character;
    else stretches.push({ wide, text: character });
  }
  return stretches
    .map(({ wide, text }) => (wide ? `/F2 ${WIDE_SIZE} Tf <${ucs2(text)}> Tj` : `/F1 ${SIZE} Tf (${escaped(text)}) Tj`))
    .join(' ');
}

/** What the Latin font does not have and a character map of two bytes can name. */
function isWide(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code > 255 && code <= 0xffff;
}

function ucs2(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

/** Text inside a PDF string; what no font here knows is shown as a question mark, and a control character can do nothing. */
function escaped(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 32 || code > 255 || (code > 126 && code < 160)) return '?';
      return '()\\'.includes(character) ? `\\${character}` : character;
    })
    .join('');
}

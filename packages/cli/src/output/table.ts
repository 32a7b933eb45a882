import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';
/** No column is made narrower than this to fit a terminal. */
const LEAST = 8;

/** Columns without lines, so that a table can be cut with other tools; made to fit when a width is given. */
export function toTable(titles: readonly string[], rows: readonly (readonly string[])[], fitTo?: number): string {
  const widths = titles.map((title, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))));
  if (fitTo !== undefined) shrink(widths, fitTo - GAP.length * (widths.length - 1));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((text, index) => pad(text, widths[index] ?? 0))
      .join(GAP)
      .trimEnd()}\n`;
  return line(titles) + rows.map(line).join('');
}

/** Takes from the widest column until the line fits. */
function shrink(widths: number[], room: number): void {
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= LEAST) return;
    widths[widths.indexOf(widest)] = widest - 1;
    over -= 1;
  }
}

/** A text of exactly this many columns. */
export function pad(text: string, width: number): string {
  const taken = widthOf(text);
  if (taken <= width) return text + ' '.repeat(width - taken);
  let cut = '';
  let used = 0;
  for (const char of stripVTControlCharacters(text)) {
    if (used + widthOf(char) > width - 1) break;
    cut += char;
    used += widthOf(char);
  }
  return `${cut}…${' '.repeat(Math.max(0, width - used - 1))}`;
}

/** Columns that a text takes on a terminal: Chinese characters take two, colours none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of stripVTControlCharacters(text)) {
    const code = char.codePointAt(0) ?? 0;
    width += code >= 0x1100 && WIDE.test(char) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

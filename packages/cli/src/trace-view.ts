// Messages as the way they took: who said it to the hub, whom the hub told, what each answered and how long it took.
import { isRecord } from './output/path.js';
import { safe } from './output/safe.js';
import type { Row } from './output/show.js';
import { pad, widthOf } from './output/table.js';

interface Hop {
  readonly row: Row;
  readonly from: number;
  readonly until: number;
}

/** The lines of the trace of one correlation id, in the order in which they began; what the hub did meanwhile stands below what asked for it. */
export function toSequence(rows: readonly Row[]): string {
  const hops = rows.map((row): Hop => {
    const from = Date.parse(String(row.at));
    return { row, from, until: from + (typeof row.ms === 'number' ? row.ms : 0) };
  });
  // Of two that began at once the longer one is that which asked for the other.
  hops.sort((a, b) => a.from - b.from || b.until - a.until);
  const asked = hops.filter(({ row }) => row.kind === 'exchange' && row.way === 'in');
  const lines = hops.map((hop) => {
    const isWithin = asked.some((one) => one !== hop && hop.row.way !== 'in' && one.from <= hop.from && hop.from <= one.until);
    return { cells: hop.row.kind === 'loss' ? lossCells(hop.row) : hopCells(hop.row), indent: isWithin ? '  ' : '' };
  });
  const cellsOf = lines.map(({ cells, indent }) => [cells[0], indent + cells[1], ...cells.slice(2)].map((cell) => safe(cell ?? '')));
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cellsOf.map((cells) => widthOf(cells[column] ?? ''))));
  return cellsOf
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => (column < 4 ? pad(cell, widths[column] ?? 0) : cell))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** When; who -> whom; the request; what came of it; how long it took. */
function hopCells(row: Row): string[] {
  const name = text(row.partnerName) || text(row.partner);
  const parties = row.from === undefined && row.to === undefined ? '' : ` (${text(row.from) || '?'} → ${text(row.to) || '?'})`;
  const who = row.way === 'in' ? `${name} → hub` : `hub → ${name}`;
  const told = row.error === undefined ? [row.status, row.statusCode].filter((code) => code !== undefined).join(' ') : text(row.error);
  return [clock(row), `${who}${parties}`, `${text(row.method)} ${text(row.path)}`, told, `${text(row.ms)} ms`];
}

function lossCells(row: Row): string[] {
  const losses = Array.isArray(row.losses) ? row.losses.filter(isRecord) : [];
  const shown = losses.map(({ kind, pointer }) => `${text(kind)} ${text(pointer)}`).join(', ');
  const more = typeof row.more === 'number' ? `, +${row.more}` : '';
  return [
    clock(row),
    `≠ ${text(row.object)} ${text(row.objectId)}`,
    `${text(row.fromVersion)} → ${text(row.toVersion)}: ${shown}${more}`,
    '',
    '',
  ];
}

const clock = (row: Row): string => text(row.at).slice(11, 23);
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

// What a server process costs, from /proc (Linux), and the arithmetic of rounds.
import { readdirSync, readFileSync } from 'node:fs';

/** CPU seconds of a process so far, user and system, to the nanosecond. */
export function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // The thread ended meanwhile.
    }
  }
  return nanoseconds / 1e9;
}

/** Memory that a process holds for itself, plus its share of what it shares, in bytes. */
export const memoryBytes = (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) * 1024;

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Two ratios of ours to a base, from figures taken in turn: the median over the rounds, and that of the least disturbed round of each. */
export const ratios = (ours, base) => ({
  median: median(ours.map((value, round) => value / base[round])),
  least: Math.min(...ours) / Math.min(...base),
});

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Prints lines as columns. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => String(cell).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

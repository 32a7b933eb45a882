// A session's power over time as bars of plain characters, and what its kWh cost, period by period.

export interface Reading {
  /** ms since 1970. */
  readonly at: number;
  /** The register, mWh. */
  readonly milliWh: number;
}

/** What the session had cost and taken by the end of a period. */
export interface CostStep {
  readonly until: number;
  readonly milliWh: number;
  readonly cost: number;
}

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const ROWS = 4;
const HOUR_MS = 3_600_000;
const MILLI_WH_A_KWH = 1e6;

/** Mean power of each of so many equal stretches of time, kW; energy counts evenly between two readings. */
export function powers(readings: readonly Reading[], columns: number): number[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || last.at <= first.at) return [];
  const step = (last.at - first.at) / columns;
  const at = (moment: number): number => {
    const next = readings.findIndex((reading) => reading.at >= moment);
    const [a, b] = [readings[Math.max(0, next - 1)] ?? first, readings[Math.max(0, next)] ?? last];
    return b.at === a.at ? b.milliWh : a.milliWh + ((b.milliWh - a.milliWh) * (moment - a.at)) / (b.at - a.at);
  };
  return Array.from({ length: columns }, (_, i) => {
    const taken = at(first.at + (i + 1) * step) - at(first.at + i * step);
    return ((taken / MILLI_WH_A_KWH) * HOUR_MS) / step;
  });
}

/** Bars of the power, the times below, and a line for each price. Empty where less than two readings are known. */
export function plotSession(
  readings: readonly Reading[],
  steps: readonly CostStep[],
  { width, currency }: { width: number; currency: string },
): string {
  const margin = 10;
  const kw = powers(readings, Math.max(10, width - margin));
  const [first, last] = [readings[0], readings.at(-1)];
  if (kw.length === 0 || !first || !last) return '';
  const most = Math.max(...kw, Number.MIN_VALUE);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const floor = ROWS - 1 - row;
    const label = row === 0 ? `${most.toFixed(1)} kW`.padStart(margin - 1) : ' '.repeat(margin - 1);
    const bars = kw.map((each) => BARS[Math.max(0, Math.min(BARS.length - 1, Math.round(((each / most) * ROWS - floor) * 8)))]);
    return `${label} ${bars.join('')}`.trimEnd();
  });
  const time = (ms: number) => new Date(ms).toISOString().slice(11, 19);
  const axis = `${' '.repeat(margin)}${time(first.at)}${time(last.at).padStart(Math.max(9, kw.length - 8))}`;
  return `${[...rows, axis, '', ...pricesOf(first.at, steps, currency)].join('\n').trimEnd()}\n`;

  function pricesOf(from: number, all: readonly CostStep[], money: string): string[] {
    return all.map(({ until, milliWh, cost }, i) => {
      const before = all[i - 1] ?? { until: from, cost: 0 };
      const spent = cost - before.cost;
      const each = milliWh === 0 ? '' : `   ${((spent / milliWh) * MILLI_WH_A_KWH).toFixed(4)} ${money}/kWh`;
      return `${time(before.until)} to ${time(until)}   ${(milliWh / MILLI_WH_A_KWH).toFixed(3)} kWh   ${spent.toFixed(4)} ${money}${each}`;
    });
  }
}

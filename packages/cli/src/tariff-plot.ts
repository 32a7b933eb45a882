// A week of a tariff's prices as a plot of plain characters.
import { decimal, type PriceWindow } from '@evroam/ocpi/pricing';

const HOUR_MS = 3_600_000;
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One line a day, two characters an hour, higher where the kWh is dearer; then what each height means. */
export function plot(windows: readonly PriceWindow[], timeZone: string): string {
  const from = windows[0]?.from;
  const to = windows.at(-1)?.to;
  if (from === undefined || to === undefined) return '';
  const prices = [...new Set(windows.map(({ perKwh }) => perKwh ?? 0n))].sort((a, b) => (a < b ? -1 : 1));
  const level = (price: bigint): string =>
    LEVELS[prices.length === 1 ? 0 : Math.round((prices.indexOf(price) * (LEVELS.length - 1)) / (prices.length - 1))] ?? '█';
  const days = new Map<string, string>();
  for (let at = from; at < to; at += HOUR_MS / 2) {
    const window = windows.find((each) => each.from <= at && at < each.to);
    const day = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
    const weekday = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at);
    const name = `${weekday} ${day}`;
    days.set(name, `${days.get(name) ?? ''}${level(window?.perKwh ?? 0n)}`);
  }
  const width = Math.max(...[...days.keys()].map((name) => name.length));
  const axis = `${' '.repeat(width + 2)}${['00', '06', '12', '18'].map((hour) => hour.padEnd(12)).join('')}`.trimEnd();
  const rows = [...days].map(([name, bars]) => `${name.padEnd(width)}  ${bars}`);
  const legend = prices.map((price) => `${level(price)} ${decimal(price)}`).join('   ');
  return `${[axis, ...rows, '', legend].join('\n')}\n`;
}

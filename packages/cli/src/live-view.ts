// The live view of the demo world: one pure function from a state to lines.
import { safe } from './output/safe.js';
import { pad, widthOf } from './output/table.js';

export interface LiveStation {
  readonly id: string;
  readonly status: string;
  /** Kilowatts now, as text. */
  readonly power: string;
  readonly energy: string;
}

export interface LiveSession {
  readonly id: string;
  /** Whose driver, at whose station: `NL-EVM at DE-EVR`. */
  readonly parties: string;
  readonly place: string;
  readonly status: string;
  readonly energy: string;
  /** Amount with its currency. */
  readonly cost: string;
}

export interface LivePartner {
  readonly party: string;
  readonly role: string;
  readonly protocol: string;
  readonly status: string;
  readonly lastHeard: string;
}

export interface LiveBalance {
  readonly account: string;
  readonly amount: string;
}

/** Everything that the view shows; all of it counted, read from the hub and told by the parts. */
export interface LiveState {
  readonly now: string;
  readonly rate: number;
  readonly places: readonly { readonly name: string; readonly url: string }[];
  readonly stations: readonly LiveStation[];
  readonly sessions: readonly LiveSession[];
  readonly partners: readonly LivePartner[];
  readonly balances: readonly LiveBalance[];
  /** Debits less credits over all accounts; anything but zero is an alarm. */
  readonly imbalance: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The newest last. */
  readonly events: readonly string[];
}

/** How a text is made to stand out; the plain one leaves it as it is. */
export interface Paint {
  title(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}
const as = (text: string): string => text;
export const plain: Paint = { title: as, good: as, bad: as, dim: as };
const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
export const colours: Paint = { title: sgr(1), good: sgr(32), bad: sgr(31), dim: sgr(2) };

/** Rows that a part of the view takes at most, so that all of it fits a small terminal. */
const MOST_ROWS = 6;

/** The view as lines, none wider than `width` and no more than `height` of them. */
export function render(state: LiveState, width: number, height: number, paint: Paint = plain): readonly string[] {
  const rule = (title: string): string => paint.title(fit(`── ${title} ${'─'.repeat(Math.max(0, width - widthOf(title) - 4))}`, width));
  const lines = [
    paint.title(fit(`evroam · ${state.now}${state.rate === 1 ? '' : ` · ${state.rate} x`}`, width)),
    ...state.places.map(({ name, url }) => paint.dim(fit(`${name}: ${url}`, width))),
    rule('stations'),
    ...rows(state.stations, width, [12, 14, 12, 12], ({ id, status, power, energy }) => [id, status, power, energy]),
    rule('sessions'),
    ...rows(state.sessions, width, [14, 20, 18, 12, 12, 12], ({ id, parties, place, status, energy, cost }) => [
      id,
      parties,
      place,
      status,
      energy,
      cost,
    ]),
    rule('partners'),
    ...rows(state.partners, width, [10, 8, 14, 14, 20], ({ party, role, protocol, status, lastHeard }) => [
      party,
      role,
      protocol,
      status,
      lastHeard,
    ]),
    rule('ledger'),
    ...rows(state.balances, width, [30, 16], ({ account, amount }) => [account, amount]),
    balanced(state.imbalance, width, paint),
    fit(
      Object.entries(state.counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(' · '),
      width,
    ),
    rule('what happens'),
  ];
  const room = Math.max(0, height - lines.length - 1);
  const events = room === 0 ? [] : state.events.slice(-room).map((event) => fit(safe(event), width));
  return [...lines, ...events].slice(0, Math.max(1, height - 1)).concat(paint.dim(fit('Ctrl-C stops everything', width)));
}

function balanced(imbalance: string, width: number, paint: Paint): string {
  const zero = /^-?0(\.0*)?$/.test(imbalance);
  const text = fit(zero ? 'the ledger balances: 0' : `THE LEDGER DOES NOT BALANCE: ${imbalance}`, width);
  return zero ? paint.good(text) : paint.bad(text);
}

function rows<T>(items: readonly T[], width: number, widths: readonly number[], cells: (item: T) => readonly string[]): string[] {
  const shown = items.slice(0, items.length > MOST_ROWS ? MOST_ROWS - 1 : MOST_ROWS).map((item) =>
    fit(
      cells(item)
        .map((text, index) => pad(safe(text), widths[index] ?? 10))
        .join(' '),
      width,
    ),
  );
  if (items.length > MOST_ROWS) shown.push(fit(`… ${items.length - shown.length} more`, width));
  return shown.length === 0 ? ['–'] : shown;
}

const fit = (text: string, width: number): string => (widthOf(text) <= width ? text : pad(text, width));

import type { Logger } from '../../edges/log.js';
import type { Sql } from '../../edges/sql.js';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId } from '../../kernel/ids.js';
import { createTraceStore, idOf, type Kept, type TraceQuery } from '../store/traces.js';
import { createJournal } from './journal.js';
import { toFrames } from './line.js';
import { createTrace } from './observe.js';
import { createWatching, type TracedBodiesOf } from './watching.js';

export interface TraceSettings {
  /** Days that a trace is kept. */
  days: number;
  bodies: TracedBodiesOf;
  /** Of each operator, of what went well: more a second are counted and not kept. */
  linesASecond: number;
}

export interface TraceSideNeeds {
  sql: Sql;
  clock: Clock;
  log: Logger;
  settings: TraceSettings;
  /** Counts what is not in the trace: lines and bodies for which there was no room, and callers that are nobody's. */
  lost(what: 'line' | 'body' | 'stranger', count: number): void;
}

const DAY_MS = 86_400_000;

export type TraceSide = ReturnType<typeof createTraceSide>;

/** Every message over OCPI, kept for a while: who said what to whom, what came of it, and what was lost on the way. */
export function createTraceSide({ sql, clock, log, settings, lost }: TraceSideNeeds) {
  const store = createTraceStore(sql);
  const watching = createWatching({ store, clock, bodies: settings.bodies });
  const journal = createJournal({ store, clock, log, lost });
  const trace = createTrace({
    journal,
    clock,
    wants: watching.wants,
    linesASecond: settings.linesASecond,
    stranger: () => lost('stranger', 1),
  });

  /** As people read a line: times as text, partners by name. */
  async function named(operatorId: OperatorId, lines: readonly Kept[]): Promise<object[]> {
    const ids = new Set(lines.flatMap((line) => (line.kind === 'exchange' ? [line.partner] : [])));
    const names = await store.partnerNames(operatorId, [...ids]);
    return lines.map(({ segment, index, ...line }) => ({
      // The id of the object that lost something keeps its own name: `id` is that of the line.
      ...(line.kind === 'loss' ? { ...line, id: undefined, objectId: line.id } : { ...line, partnerName: names.get(line.partner) }),
      id: idOf({ segment, index }),
      at: new Date(line.at).toISOString(),
    }));
  }

  return {
    ...trace,
    watch: watching.watch,
    unwatch: watching.unwatch,
    watches: watching.watches,

    async page(operatorId: OperatorId, query: TraceQuery) {
      const page = await store.page(operatorId, query);
      return { ...page, items: await named(operatorId, page.items) };
    },

    /** With its frames in the capture format; bodies in them where they were kept. */
    async one(operatorId: OperatorId, id: string): Promise<object | undefined> {
      const found = await store.one(operatorId, id);
      if (!found) return undefined;
      const { line, bodies } = found;
      const [shown] = await named(operatorId, [line]);
      return { ...shown, ...(line.kind === 'exchange' ? { frames: toFrames(line, bodies) } : {}) };
    },

    /** What was seen until now can be found. */
    flush: journal.flush,

    /** Days to come have their place, days long gone are forgotten, and what operators asked for is known. */
    async sweep(): Promise<void> {
      await watching.refresh();
      const now = clock.now();
      const forgotten = await store.keep(now, new Date(now.getTime() - settings.days * DAY_MS));
      if (forgotten.length > 0) log.info({ forgotten }, 'old traces were deleted');
    },

    close: journal.close,
  };
}

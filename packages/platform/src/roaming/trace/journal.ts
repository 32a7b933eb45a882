import type { Logger } from '../../edges/log.js';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId } from '../../kernel/ids.js';
import { addKeys, type TracedBodies, type TraceLine } from './line.js';
import { maskBody } from './mask.js';

/** Lines that were seen together, as they are kept: one row, since a row for each message would cost more than the message. */
export interface Segment {
  from: Date;
  until: Date;
  /** Each as JSON. */
  lines: readonly string[];
  /** By the index of their line. */
  bodies: Readonly<Record<number, TracedBodies>>;
  keys: ReadonlySet<number>;
  /** Lines that were lost since the last segment. */
  dropped: number;
}

/** The two bodies of an exchange, written as JSON only when they are kept. */
export interface SeenBodies {
  request?: { readonly json: string };
  answer?: { readonly json: string };
}

export interface JournalNeeds {
  store: { append(operatorId: OperatorId, segment: Segment): Promise<void> };
  clock: Clock;
  log: Logger;
  /** Counts what was not kept. */
  lost(what: 'line' | 'body', count: number): void;
}

/** Lines that wait for the database; more are lost, and counted, before a slow disk takes the memory of the hub. */
export const MOST_WAITING = 20_000;
/** Bytes of bodies that wait; beyond, the line stays and its bodies are lost. */
export const MOST_WAITING_BYTES = 32 * 1024 * 1024;
/** Lines of one segment: as many as are worth a row, and few enough to read one for a single line. */
const SEGMENT = 1_000;
/** So long a line waits for others, ms of wall time. */
const GATHER_MS = 500;
/** Pause after a failed write, ms of wall time. */
const RETRY_MS = 2_000;
/** What is kept of a body, characters; the rest is cut off. */
export const LARGEST_BODY = 64 * 1024;

/** A segment that is being gathered. Lines are text at once: a thousand of them as objects cost the collector more than all the rest. */
interface Gathering {
  from: number;
  lines: string[];
  keys: Set<number>;
  bodies: Map<number, SeenBodies>;
  bytes: number;
}

interface Queue {
  /** The last one takes what comes; those before it are full. */
  segments: Gathering[];
  dropped: number;
}

export type Journal = ReturnType<typeof createJournal>;

/**
 * Takes lines as they come and writes them together, apart from the business: nothing waits for it, and what it cannot keep it counts.
 * Up to half a second of lines is lost with a killed node: a trace explains what happened, it does not decide it.
 */
export function createJournal({ store, clock, log, lost }: JournalNeeds) {
  const queues = new Map<OperatorId, Queue>();
  let count = 0;
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  /** After a failed write: lines gather, and none of them hastens the next try. */
  let resting = false;

  const plan = (afterMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      resting = false;
      void flush();
    }, afterMs).unref();
  };

  function queueOf(operatorId: OperatorId): Queue {
    const known = queues.get(operatorId);
    if (known) return known;
    const made: Queue = { segments: [], dropped: 0 };
    queues.set(operatorId, made);
    return made;
  }

  function gatheringOf({ segments }: Queue, at: number): Gathering {
    const last = segments.at(-1);
    if (last && last.lines.length < SEGMENT) return last;
    const made = empty(at);
    segments.push(made);
    return made;
  }

  /** Counts a line that is not kept: whoever looks at the trace learns that it is not whole. */
  function miss(operatorId: OperatorId): void {
    queueOf(operatorId).dropped += 1;
    plan(GATHER_MS);
  }

  /** Keeps a line; its bodies too, if there is room for that many bytes. */
  function take(operatorId: OperatorId, line: TraceLine, bodies?: SeenBodies, size = 0): void {
    const queue = queueOf(operatorId);
    if (count >= MOST_WAITING) {
      miss(operatorId);
      return;
    }
    count += 1;
    const gathering = gatheringOf(queue, line.at);
    if (line.at < gathering.from) gathering.from = line.at;
    if (bodies && line.kind === 'exchange') {
      const hasRoom = bytes + size <= MOST_WAITING_BYTES;
      line.bodies = hasRoom ? 'kept' : 'lost';
      if (hasRoom) {
        gathering.bodies.set(gathering.lines.length, bodies);
        gathering.bytes += size;
        bytes += size;
      } else lost('body', 1);
    }
    gathering.lines.push(JSON.stringify(line));
    addKeys(gathering.keys, line);
    if (gathering.lines.length >= SEGMENT && !writing && !resting) void flush();
    else plan(GATHER_MS);
  }

  /** Writes what waits, one segment after the other. What could not be written waits on. */
  function flush(): Promise<void> {
    writing ??= writeAll()
      .catch((err: unknown) => {
        log.warn({ err, waiting: count }, 'traces could not be written and wait');
        clearTimeout(timer);
        timer = undefined;
        resting = true;
        plan(RETRY_MS);
      })
      .finally(() => {
        writing = undefined;
        if (count > 0) plan(GATHER_MS);
      });
    return writing;
  }

  async function writeAll(): Promise<void> {
    for (const [operatorId, queue] of queues) {
      for (let first = queue.segments[0]; first || queue.dropped > 0; first = queue.segments[0]) {
        // What comes while it is written goes into another one.
        if (first && queue.segments.length === 1) queue.segments.push(empty(first.from));
        const { dropped } = queue;
        await store.append(operatorId, toSegment(first ?? empty(clock.now().getTime()), dropped, clock.now()));
        queue.dropped -= dropped;
        if (dropped > 0) lost('line', dropped);
        if (!first) break;
        queue.segments.shift();
        count -= first.lines.length;
        bytes -= first.bytes;
        if (queue.segments.length === 1 && queue.segments[0]?.lines.length === 0) queue.segments.pop();
      }
    }
  }

  return {
    take,
    miss,
    flush,
    /** Nothing that was seen is left behind at an orderly end. */
    async close(): Promise<void> {
      await writing;
      await flush();
      clearTimeout(timer);
    },
  };
}

const empty = (from: number): Gathering => ({ from, lines: [], keys: new Set(), bodies: new Map(), bytes: 0 });

function toSegment({ from, lines, keys, bodies }: Gathering, dropped: number, now: Date): Segment {
  const kept = Object.fromEntries([...bodies].map(([index, seen]) => [index, keep(seen)]));
  return { from: new Date(from), until: now, lines, bodies: kept, keys, dropped };
}

function keep({ request, answer }: SeenBodies): TracedBodies {
  const [asked, answered] = [request && masked(request), answer && masked(answer)];
  const isCut = (asked?.length ?? 0) > LARGEST_BODY || (answered?.length ?? 0) > LARGEST_BODY;
  return {
    ...(asked === undefined ? {} : { request: asked.slice(0, LARGEST_BODY) }),
    ...(answered === undefined ? {} : { answer: answered.slice(0, LARGEST_BODY) }),
    ...(isCut ? { cut: true } : {}),
  };
}

/** Bytes that are no text are no JSON either. */
function masked(body: { readonly json: string }): string {
  let json: string;
  try {
    json = body.json;
  } catch {
    return '(bytes that are no UTF-8)';
  }
  return maskBody(json);
}

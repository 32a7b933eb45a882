/** An event as a journal keeps it; whatever else it carries is the caller's. */
export interface TransactionEventFacts {
  readonly eventType: 'Started' | 'Updated' | 'Ended';
  readonly seqNo: number;
  readonly timestamp: string;
  readonly offline?: boolean;
  /** Tells a repeat from another event under the same number: a digest of the payload. */
  readonly digest: string;
}

/** All that was heard of one transaction of OCPP 2.x. */
export interface TransactionJournal {
  readonly events: ReadonlyMap<number, TransactionEventFacts>;
  readonly state: 'open' | 'ended';
  /** The latest moment that any event tells of, ms since 1970. */
  readonly latestMs: number;
  /** The highest number heard; -Infinity before the first. */
  readonly highestSeqNo: number;
}

/** What an event means. Each is answered in the same way, whatever it means. */
export interface HeardEvent {
  readonly journal: TransactionJournal;
  /** `repeat` and `conflict` (other content under the same number) change nothing. */
  readonly news: 'new' | 'repeat' | 'conflict';
  /** It changes what is so now: the live state and commands. History from offline times or before newer events does not. */
  readonly live: boolean;
  /** It came after the end; it completes the record and reopens nothing. */
  readonly afterEnd: boolean;
}

export const emptyJournal: TransactionJournal = {
  events: new Map(),
  state: 'open',
  latestMs: Number.NEGATIVE_INFINITY,
  highestSeqNo: Number.NEGATIVE_INFINITY,
};

/** Takes an event, keyed by its seqNo (OCPP 2.0.1, E01 to E13, and 2.1). */
export function hearEvent(journal: TransactionJournal, event: TransactionEventFacts): HeardEvent {
  const known = journal.events.get(event.seqNo);
  const afterEnd = journal.state === 'ended';
  if (known) return { journal, news: known.digest === event.digest ? 'repeat' : 'conflict', live: false, afterEnd };
  const atMs = Date.parse(event.timestamp);
  return {
    journal: {
      events: new Map(journal.events).set(event.seqNo, event),
      state: afterEnd || event.eventType === 'Ended' ? 'ended' : 'open',
      latestMs: Math.max(journal.latestMs, atMs),
      highestSeqNo: Math.max(journal.highestSeqNo, event.seqNo),
    },
    news: 'new',
    live: !event.offline && !afterEnd && event.seqNo > journal.highestSeqNo,
    afterEnd,
  };
}

/** The numbers that are missing between the first and the last event, as stretches. A station may drop Updated events, so gaps are legal. */
export function gapsOf({ events }: TransactionJournal): readonly (readonly [from: number, to: number])[] {
  const numbers = [...events.keys()].sort((a, b) => a - b);
  return numbers.flatMap((number, at) => {
    const before = numbers[at - 1];
    return before === undefined || number === before + 1 ? [] : [[before + 1, number - 1] as const];
  });
}

/** Whether a record is whole: begun, ended, and without gaps. */
export function isComplete(journal: TransactionJournal): boolean {
  const types = new Set([...journal.events.values()].map(({ eventType }) => eventType));
  return types.has('Started') && types.has('Ended') && gapsOf(journal).length === 0;
}

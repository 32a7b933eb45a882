import { createHash } from 'node:crypto';

/** What tells a repeated message from another one with the same id: stations restart their ids at "1". */
export interface ReplayKey {
  readonly identity: string;
  readonly action: string;
  readonly messageId: string;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
}

/** Remembers answers, so that a repeated transaction message gets the first one again. */
export interface ReplayStore {
  /** The stored answer, or undefined. */
  recall(key: ReplayKey): Promise<unknown>;
  /** Stores an answer; called before it is sent. A store that commits answers with its state may do nothing here. */
  remember(key: ReplayKey, answer: unknown): Promise<void>;
}

/** Only these are replayed, since their payload fixes the event; all others are answered afresh. */
export const replayed: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'TransactionEvent']);

/** The key of a message. */
export const replayKey = (identity: string, action: string, messageId: string, payload: unknown): ReplayKey => ({
  identity,
  action,
  messageId,
  digest: createHash('sha256').update(JSON.stringify(payload)).digest('hex'),
});

/** A store in memory that holds the last so many answers; for one process and for tests. */
export function replayInMemory(most = 10_000): ReplayStore {
  const answers = new Map<string, unknown>();
  const nameOf = (key: ReplayKey) => JSON.stringify([key.identity, key.action, key.messageId, key.digest]);
  return {
    recall: async (key) => answers.get(nameOf(key)),
    remember: async (key, answer) => {
      answers.set(nameOf(key), answer);
      for (const oldest of answers.keys()) {
        if (answers.size <= most) break;
        answers.delete(oldest);
      }
    },
  };
}

import type { Tx } from './transact.js';

/** Something that happened, on its way to one consumer. Events of one key are handled in the order in which they were saved. */
export interface OutboxEvent {
  consumer: string;
  /** What must stay in order: a session, a CDR, a partner. */
  key: string;
  /** Ids and what cannot be read again later; JSON. */
  body: unknown;
}

/** Saves events with the state that caused them, in the same transaction. */
export type Emit = (tx: Tx, operatorId: string, events: readonly OutboxEvent[]) => Promise<void>;

import type { WireCode } from '../errors.js';

/** What a station tells of its life; a demo counts with it what was lost. */
export type JournalEntry = { readonly at: Date; readonly identity: string } & (
  | { readonly kind: 'connected' | 'disconnected' | 'accepted' }
  /** The connection could not be opened. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** A transaction message was put in the queue; its number is unique in the station's life. */
  | { readonly kind: 'queued'; readonly sequence: number; readonly event: string; readonly transactionKey: string }
  /** The central system answered; `sequence` names the queued message, if it was one. */
  | {
      readonly kind: 'acknowledged';
      readonly action: string;
      readonly request: unknown;
      readonly response: unknown;
      readonly sequence?: number;
      readonly attempt: number;
    }
  /** The central system refused or did not answer in time. */
  | {
      readonly kind: 'failed';
      readonly action: string;
      readonly code: WireCode | string;
      readonly sequence?: number;
      readonly attempt: number;
    }
  /** A queued message was given up after its last attempt. */
  | { readonly kind: 'dropped'; readonly sequence: number; readonly event: string; readonly transactionKey: string }
  | { readonly kind: 'started' | 'ended'; readonly transactionKey: string; readonly connectorId: number; readonly milliWh: number }
);

/** Hears the journal; must not throw. */
export type Journal = (entry: JournalEntry) => void;

/** An entry without what the station adds to each. */
export type JournalNote = JournalEntry extends infer E ? (E extends JournalEntry ? Omit<E, 'at' | 'identity'> : never) : never;

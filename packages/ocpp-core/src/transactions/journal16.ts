import type { RequestOf } from '../action.js';
import type * as v16 from '../v16/index.js';

type Start = RequestOf<typeof v16.StartTransaction>;
type Stop = RequestOf<typeof v16.StopTransaction>;

/** What tells one start from another, whatever its message id: equal keys are one transaction. Tokens differ by case alone not at all. */
export const startKey = (identity: string, { connectorId, idTag, timestamp, meterStart }: Start): string =>
  JSON.stringify([identity, connectorId, idTag.toUpperCase(), Date.parse(timestamp), meterStart]);

/** A transaction of OCPP 1.6 as the central system keeps it. */
export interface Transaction16 {
  readonly transactionId: number;
  readonly key: string;
  readonly connectorId: number;
  readonly startedAtMs: number;
  readonly meterStart: number;
  readonly stop?: { readonly timestamp: string; readonly meterStop: number };
}

/** The transactions of one station. */
export type Book16 = ReadonlyMap<number, Transaction16>;

/** Hears a start: the same transaction again for a repeat, a new one under the given id, which must be above 0, otherwise. */
export function hearStart(
  book: Book16,
  identity: string,
  start: Start,
  newId: number,
): { book: Book16; transaction: Transaction16; repeat: boolean } {
  if (!Number.isSafeInteger(newId) || newId <= 0) throw new RangeError('a transaction id is a positive integer');
  const key = startKey(identity, start);
  for (const transaction of book.values()) if (transaction.key === key) return { book, transaction, repeat: true };
  const { connectorId, timestamp, meterStart } = start;
  const transaction = { transactionId: newId, key, connectorId, startedAtMs: Date.parse(timestamp), meterStart };
  return { book: new Map(book).set(newId, transaction), transaction, repeat: false };
}

/** What a stop means; it is acknowledged whatever it means, for a stop cannot be prevented (OCPP 1.6, 4.10). */
export type HeardStop =
  /** It ends the transaction, at its own time. `late`: a later one has begun on the connector already. */
  | { readonly kind: 'ends'; readonly book: Book16; readonly transaction: Transaction16; readonly late: boolean }
  | { readonly kind: 'repeat'; readonly transaction: Transaction16 }
  /** Another stop of an ended transaction: nothing changes, somebody looks at it. */
  | { readonly kind: 'conflict'; readonly transaction: Transaction16 }
  /** The id is unknown, or -1, 0 or negative as of a start that was never answered: kept for reconciliation (errata 2025-04, 3.18). */
  | { readonly kind: 'unknown' };

/** Hears a stop. */
export function hearStop(book: Book16, { transactionId, timestamp, meterStop }: Stop): HeardStop {
  const transaction = transactionId > 0 ? book.get(transactionId) : undefined;
  if (!transaction) return { kind: 'unknown' };
  if (transaction.stop) {
    const same = transaction.stop.timestamp === timestamp && transaction.stop.meterStop === meterStop;
    return { kind: same ? 'repeat' : 'conflict', transaction };
  }
  const ended = { ...transaction, stop: { timestamp, meterStop } };
  const late = [...book.values()].some(
    ({ connectorId, startedAtMs }) => connectorId === transaction.connectorId && startedAtMs > transaction.startedAtMs,
  );
  return { kind: 'ends', book: new Map(book).set(transactionId, ended), transaction: ended, late };
}

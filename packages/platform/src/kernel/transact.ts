declare const transaction: unique symbol;

/** A running database transaction. Opaque here: only stores know what is inside. */
export interface Tx {
  readonly [transaction]: true;
}

/** Runs work in one transaction: all of it is saved, or none. The work may run again after a deadlock, so it must not touch the wire. */
export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

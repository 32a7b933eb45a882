import { setTimeout as delay } from 'node:timers/promises';
import type { QueryResult } from 'pg';
import type { Sequelize, Transaction } from 'sequelize';
import type { Transact, Tx } from '../kernel/transact.js';
import { insideOf } from './connection.js';
import { isConflict } from './sql-state.js';

/** A transaction that keeps losing against others is a design fault, and the caller hears of it. */
const ATTEMPTS = 5;

interface Running {
  transaction: Transaction;
  afterCommit: (() => void)[];
  savepoints: number;
}

const running = new WeakMap<Tx, Running>();

/** The transactions of one database. What loses a deadlock or a serialisation check runs again from the start, at most 5 times. */
export function createTransact(sequelize: Sequelize): Transact {
  return async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      const transaction = await sequelize.transaction();
      const state: Running = { transaction, afterCommit: [], savepoints: 0 };
      const tx = Object.freeze({}) as Tx;
      running.set(tx, state);
      try {
        const result = await work(tx);
        await commit(transaction);
        for (const hook of state.afterCommit) hook();
        return result;
      } catch (error) {
        await rollback(transaction);
        if (attempt >= ATTEMPTS || !isConflict(error)) throw error;
        await delay(Math.random() * 20 * attempt);
      } finally {
        running.delete(tx);
      }
    }
  };
}

/** For stores: the Sequelize transaction behind a Tx. Throws once the transaction has ended. */
export function sequelizeTransaction(tx: Tx): Transaction {
  return stateOf(tx).transaction;
}

/** Calls `hook` once the transaction is committed, and never if it is not. It must not throw and is not awaited. */
export function afterCommit(tx: Tx, hook: () => void): void {
  stateOf(tx).afterCommit.push(hook);
}

/** Runs work whose failure undoes only what it did itself; the error goes on to the caller, and the transaction can go on as well. */
export async function savepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const state = stateOf(tx);
  const client = insideOf(state.transaction).connection;
  state.savepoints += 1;
  const name = `s${state.savepoints}`;
  const hooks = state.afterCommit.length;
  await client.query(`SAVEPOINT ${name}`);
  try {
    const result = await work();
    await client.query(`RELEASE SAVEPOINT ${name}`);
    return result;
  } catch (error) {
    state.afterCommit.length = hooks;
    await client.query(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`);
    throw error;
  }
}

function stateOf(tx: Tx): Running {
  const state = running.get(tx);
  if (!state) throw new Error('this transaction has ended: something was not awaited inside it');
  return state;
}

/** After a failed statement PostgreSQL answers COMMIT with ROLLBACK, and no error: only its command tag tells what was saved.
 * Sequelize's own commit() hides that answer. */
async function commit(transaction: Transaction): Promise<void> {
  const parts = insideOf(transaction);
  let answer: QueryResult;
  try {
    answer = await parts.connection.query('COMMIT');
  } catch (error) {
    parts.finished = 'commit';
    await parts.forceCleanup();
    throw error;
  }
  parts.finished = 'commit';
  parts.cleanup();
  if (answer.command !== 'COMMIT')
    throw new Error('nothing was saved: a statement of this transaction had failed, and its error was swallowed');
}

async function rollback(transaction: Transaction): Promise<void> {
  const parts = insideOf(transaction);
  if (parts.finished !== undefined) return;
  parts.finished = 'rollback';
  try {
    await parts.connection.query('ROLLBACK');
    parts.cleanup();
  } catch {
    // The first error is the one to tell; a connection in an unknown state must not be used again.
    await parts.forceCleanup();
  }
}

import type { Sequelize } from 'sequelize';
import type { Tx } from '../kernel/transact.js';
import { insideOf, withConnection } from './connection.js';
import { sequelizeTransaction } from './transact.js';

/** Plain SQL with bound values, on a transaction or on its own. Gives the rows, also of an INSERT or UPDATE with RETURNING. */
export type Sql = <Row extends object = Record<string, unknown>>(
  tx: Tx | undefined,
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export function createSql(sequelize: Sequelize): Sql {
  return async <Row extends object>(tx: Tx | undefined, text: string, values: readonly unknown[] = []) => {
    const answer = tx
      ? await insideOf(sequelizeTransaction(tx)).connection.query<Row>(text, [...values])
      : await withConnection(sequelize, (client) => client.query<Row>(text, [...values]));
    return answer.rows;
  };
}

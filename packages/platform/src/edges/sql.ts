import type { Sequelize } from 'sequelize';
import type { Tx } from '../kernel/transact.js';
import { insideOf, withConnection } from './connection.js';
import { copyRows } from './copy.js';
import { sequelizeTransaction } from './transact.js';

/** Plain SQL with bound values, on a transaction or on its own. Gives the rows, also of an INSERT or UPDATE with RETURNING. */
export type Query = <Row extends object = Record<string, unknown>>(
  tx: Tx | undefined,
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export interface Sql extends Query {
  /** Many rows in the binary form of COPY, see `copyRows`. */
  copyRows(query: string, values: readonly (string | number)[]): Promise<Buffer>;
}

export function createSql(sequelize: Sequelize): Sql {
  const sql = async <Row extends object>(tx: Tx | undefined, text: string, values: readonly unknown[] = []) => {
    const answer = tx
      ? await insideOf(sequelizeTransaction(tx)).connection.query<Row>(text, [...values])
      : await withConnection(sequelize, (client) => client.query<Row>(text, [...values]));
    return answer.rows;
  };
  return Object.assign(sql, {
    copyRows: (query: string, values: readonly (string | number)[]) =>
      withConnection(sequelize, (client) => copyRows(client, query, values)),
  });
}

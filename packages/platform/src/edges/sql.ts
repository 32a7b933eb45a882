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
  /** On its own, and under a name: it stays prepared on its connection. For what a whole fleet asks at once. */
  prepared<Row extends object = Record<string, unknown>>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
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
    prepared: async <Row extends object>(name: string, text: string, values: readonly unknown[]) =>
      (await withConnection(sequelize, (client) => client.query<Row>({ name, text, values: [...values] }))).rows,
    copyRows: (query: string, values: readonly (string | number)[]) =>
      withConnection(sequelize, (client) => copyRows(client, query, values)),
  });
}

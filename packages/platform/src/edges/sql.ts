import { QueryTypes, type Sequelize } from 'sequelize';
import type { Tx } from '../kernel/transact.js';
import { sequelizeTransaction } from './transact.js';

/** Plain SQL with bound values, on a transaction or on its own. Gives the rows, also of an INSERT or UPDATE with RETURNING. */
export type Sql = <Row extends object = Record<string, unknown>>(
  tx: Tx | undefined,
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export function createSql(sequelize: Sequelize): Sql {
  return async <Row extends object>(tx: Tx | undefined, text: string, values: readonly unknown[] = []) =>
    (await sequelize.query(text, {
      type: QueryTypes.SELECT,
      // With values to bind, Sequelize reads $$ as an escaped $, which breaks the body of a function.
      ...(values.length > 0 ? { bind: [...values] } : {}),
      ...(tx ? { transaction: sequelizeTransaction(tx) } : {}),
    })) as Row[];
}

import type { Sql } from '../edges/sql.js';
import type { Clock } from '../kernel/clock.js';
import type { Transact } from '../kernel/transact.js';
import { createService } from './service.js';
import { createStore } from './store.js';

export { createBilling } from './billing.js';
export { migrations } from './migrations.js';
export { routes } from './routes.js';
export type { OperationsService } from './service.js';

export function createOperations(needs: { transact: Transact; clock: Clock }, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

import type { Sql } from '../edges/sql.js';
import { createService } from './service.js';
import { createStore } from './store.js';

export { migrations } from './migrations.js';
export { routes } from './routes.js';
export type { UsersService } from './service.js';

export function createUsers(edges: { sql: Sql }) {
  return createService({ store: createStore(edges.sql) });
}

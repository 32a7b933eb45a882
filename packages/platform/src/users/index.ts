import type { Sql } from '../edges/sql.js';
import { createService, type UsersNeeds } from './service.js';
import { createStore } from './store.js';

export { consumers } from './events.js';
export { migrations } from './migrations.js';
export { routes } from './routes.js';
export type { UsersService } from './service.js';

export function createUsers(needs: Omit<UsersNeeds, 'store'>, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

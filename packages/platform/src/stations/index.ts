import type { Sql } from '../edges/sql.js';
import { createService, type StationsNeeds } from './service.js';
import { createStore } from './store.js';

export { migrations } from './migrations.js';
export { routes } from './routes.js';
export type { Place, StationsService } from './service.js';

export function createStations(needs: Omit<StationsNeeds, 'store'>, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

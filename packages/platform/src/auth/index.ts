import type { Sql } from '../edges/sql.js';
import type { Clock } from '../kernel/clock.js';
import type { NewId } from '../kernel/ids.js';
import { createService } from './service.js';
import { createStore } from './store.js';

export { migrations } from './migrations.js';
export { mayAct, type Role } from './role.js';
export { caller, guard, routes } from './routes.js';
export type { AuthService } from './service.js';
export type { ApiKey } from './store.js';

export function createAuth(needs: { clock: Clock; newId: NewId; serverKey: Buffer }, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

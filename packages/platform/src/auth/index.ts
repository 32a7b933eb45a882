import type { Sql } from '../edges/sql.js';
import { type AuthNeeds, createService } from './service.js';
import { createStore } from './store.js';

export type { Approval } from './approval.js';
export { migrations } from './migrations.js';
export { mayAct, type Role } from './role.js';
export { caller, guard, routes } from './routes.js';
export type { Asked, By } from './service/approvals.js';
export type { AuthService } from './service.js';
export type { ApiKey } from './store.js';

export function createAuth(needs: Omit<AuthNeeds, 'store'>, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

import type { Sql } from '../edges/sql.js';
import type { Clock } from '../kernel/clock.js';
import type { Transact } from '../kernel/transact.js';
import type { SettlementPorts } from './ports.js';
import { createService } from './service.js';
import { createStore } from './store.js';

export type { KnownSession } from './cdr-checks.js';
export { type SettlementJobs, startJobs } from './jobs.js';
export { migrations } from './migrations.js';
export type { SessionClues, SettlementPorts } from './ports.js';
export { type Caller, createRoutes } from './routes.js';
export type { Recorded } from './service/clearing.js';
export type { SettlementService } from './service.js';
export type { Statement } from './statement.js';

export function createSettlement(needs: { ports: SettlementPorts; transact: Transact; clock: Clock }, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

import type { Sql } from '../edges/sql.js';
import { type ChargingNeeds, createService } from './service.js';
import { createStore } from './store.js';

export { type CommandOutcome, consumers, type StationCommand } from './events.js';
export { migrations } from './migrations.js';
export type { StationsPort, TariffsPort, TokensPort, TokenVerdict } from './ports.js';
export { routes } from './routes.js';
export type { ChargingService, StartWish } from './service.js';

export function createCharging(needs: Omit<ChargingNeeds, 'store'>, edges: { sql: Sql }) {
  return createService({ ...needs, store: createStore(edges.sql) });
}

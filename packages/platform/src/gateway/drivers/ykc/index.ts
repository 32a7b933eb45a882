import type { Sql } from '../../../edges/sql.js';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import { listenYkc, type YkcGate, type YkcNeeds } from './listen.js';
import { createModels } from './models.js';
import type { BillingPort } from './ports.js';
import { ykcRoutes } from './routes.js';
import { createYkcStore } from './store.js';

export { ykcMigrations } from './migrations.js';
export type { BillingPort, PileChargingPort } from './ports.js';

/** Own 云快充 piles: where they connect, and their part of the admin API. */
export function createYkc({ sql, billing, clock }: { sql: Sql; billing: BillingPort; clock: Clock }) {
  const piles = createYkcStore(sql);
  const currentModel = createModels({ store: piles, billing, clock });
  let gate: YkcGate | undefined;
  return {
    async listen(needs: Omit<YkcNeeds, 'piles' | 'billing'>, where: { host: string; port: number }): Promise<YkcGate> {
      gate = await listenYkc({ ...needs, piles, billing }, where);
      return gate;
    },
    /** The line of a pile that is connected. */
    line: (stationId: StationId) => gate?.line(stationId),
    routes: (stationExists: (operatorId: OperatorId, stationId: StationId) => Promise<boolean>) =>
      ykcRoutes({ piles, currentModel, gate: () => gate, stationExists }),
  };
}

import { http } from '@evroam/ocpi/http';
import type { Logger } from '../../../edges/log.js';
import type { Sql } from '../../../edges/sql.js';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import { seal, unseal } from '../../../kernel/secret.js';
import type { Transact } from '../../../kernel/transact.js';
import type { GatewayStore } from '../../store.js';
import { httpLock } from './http.js';
import { createLocks } from './locks.js';
import type { GroundLock } from './ports.js';
import { lockRoutes } from './routes.js';
import { createLockStore } from './store.js';

export type { Report } from './lock.js';
export { lockMigrations } from './migrations.js';
export type { LockId } from './ports.js';

export interface LockEdges {
  serverKey: Buffer;
  /** Inside networks in which locks may be called all the same. */
  allow: readonly string[];
  log: Logger;
  stations: {
    placeOf(
      operatorId: OperatorId,
      stationId: StationId,
      connectorNumber: number,
    ): Promise<{ place: { locationId: string; evseUid: string } } | undefined>;
  };
}

interface Needs extends LockEdges {
  sql: Sql;
  transact: Transact;
  clock: Clock;
  events: Pick<GatewayStore, 'addSecurityEvent'>;
  pileLine(stationId: StationId): { lock(connectorNumber: number): GroundLock } | undefined;
}

/** Ground locks and barriers of own stations, their sweep and their part of the admin API. */
export function createGroundLocks({ sql, transact, clock, log, serverKey, allow, events, stations, pileLine }: Needs) {
  const handle = http({ allow, connections: 4 });
  const locks = createLocks({
    store: createLockStore(sql, { seal: (text) => seal(serverKey, text), unseal: (text) => unseal(serverKey, text) }),
    ...{ transact, clock, log },
    reach: ({ driver, stationId, connectorNumber }) =>
      driver.kind === 'http' ? httpLock(driver, handle) : pileLine(stationId)?.lock(connectorNumber),
    async alarm({ operatorId, stationId, connectorNumber }, details) {
      const at = clock.now();
      const event = { stationId, type: 'GroundLockStuck', at, heardAt: at, details: `connector ${connectorNumber}: ${details}` };
      await events.addSecurityEvent(operatorId, event);
    },
    placeOf: async (operatorId, { stationId, connectorNumber }) => (await stations.placeOf(operatorId, stationId, connectorNumber))?.place,
  });
  return { ...locks, routes: lockRoutes(locks), close: () => handle.close() };
}

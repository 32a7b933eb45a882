import type { Holders } from '../edges/holder.js';
import type { Logger } from '../edges/log.js';
import type { Sql } from '../edges/sql.js';
import { createCaptures } from './capture/captures.js';
import { captureRoutes } from './capture/routes.js';
import { migrations as captureMigrations, createCaptureStore } from './capture/store.js';
import { Connections } from './connections.js';
import { createGroundLocks, type LockEdges, lockMigrations } from './drivers/ground-lock/index.js';
import { type BillingPort, createYkc, type PileChargingPort, ykcMigrations } from './drivers/ykc/index.js';
import { createReturns } from './listen/returned.js';
import { type ListenNeeds, listen, OCPP_PATH } from './listen.js';
import { migrations as ownMigrations } from './migrations.js';
import type { CertificateAuthorityPort } from './ports.js';
import { createKnownDevices, quirkMigrations } from './quirks/known.js';
import { quirkRoutes } from './quirks/routes.js';
import { createService, type GatewayNeeds } from './service.js';
import { createStore } from './store.js';

export { builtInAuthority, newAuthorityKey } from './authority/built-in.js';
export type { Command } from './command.js';
export { consumers } from './events.js';
export { tlsOptions } from './listen.js';
export type { CertificateAuthorityPort } from './ports.js';
export { routes } from './routes.js';
export type { GatewayService } from './service.js';
export { OCPP_PATH };

export const migrations = [...ownMigrations, ...ykcMigrations, ...lockMigrations, ...captureMigrations, ...quirkMigrations];

export function createGateway(
  needs: Omit<GatewayNeeds, 'connections' | 'store' | 'charging'> & {
    log: Logger;
    authority?: CertificateAuthorityPort;
    charging: PileChargingPort;
    billing: BillingPort;
    /** How ground locks are reached over HTTP, and where their secrets stay. */
    locks: LockEdges;
  },
  { sql, holders, node }: { sql: Sql; holders: Holders; node: string },
) {
  const connections = new Connections();
  const store = createStore(sql);
  const service = createService({ ...needs, connections, store });
  const returned = createReturns({ ...needs, connections, service });
  const claim = (stationId: string) => holders.claim(stationId, node);
  const ykc = createYkc({ sql, billing: needs.billing, clock: needs.clock });
  const locks = createGroundLocks({ ...needs.locks, transact: needs.transact, clock: needs.clock, sql, events: store, pileLine: ykc.line });
  const lockReported = locks.reported;
  const devices = createKnownDevices(sql);
  const captures = createCaptures({ ...needs, store: createCaptureStore(sql) });
  return {
    ...service,
    locks,
    captures,
    devices,
    quirkRoutes: quirkRoutes(devices),
    pileRoutes: ykc.routes,
    captureRoutes: (isStation: Parameters<typeof captureRoutes>[1]) => captureRoutes(captures, isStation),
    listenYkc: (where: { host: string; port: number }, log: ListenNeeds['log']) =>
      ykc.listen({ ...needs, log, connections, store, service, claim, returned, lockReported, captures }, where),
    listen: (edges: Pick<ListenNeeds, 'server' | 'log'>) =>
      listen({ ...needs, ...edges, connections, store, service, claim, returned, captures, devices }),
  };
}

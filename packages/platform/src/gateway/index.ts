import type { Holders } from '../edges/holder.js';
import type { Sql } from '../edges/sql.js';
import { Connections } from './connections.js';
import { type ListenNeeds, listen, OCPP_PATH } from './listen.js';
import type { CertificateAuthorityPort } from './ports.js';
import { createService, type GatewayNeeds } from './service.js';
import { createStore } from './store.js';

export type { Command } from './command.js';
export { consumers } from './events.js';
export { migrations } from './migrations.js';
export type { CertificateAuthorityPort } from './ports.js';
export { routes } from './routes.js';
export type { GatewayService } from './service.js';
export { OCPP_PATH };

export function createGateway(
  needs: Omit<GatewayNeeds, 'connections' | 'store'> & { authority?: CertificateAuthorityPort },
  { sql, holders, node }: { sql: Sql; holders: Holders; node: string },
) {
  const connections = new Connections();
  const store = createStore(sql);
  const service = createService({ ...needs, connections, store });
  const claim = (stationId: string) => holders.claim(stationId, node);
  return {
    ...service,
    listen: (edges: Pick<ListenNeeds, 'server' | 'log'>) => listen({ ...needs, ...edges, connections, store, service, claim }),
  };
}

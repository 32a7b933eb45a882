import type { Clock } from '../kernel/clock.js';
import { Connections } from './connections.js';
import { type ListenNeeds, listen, OCPP_PATH } from './listen.js';
import type { ChargingPort, StationsPort } from './ports.js';
import { createService } from './service.js';

export type { Command } from './driver.js';
export type { GatewayService } from './service.js';
export { OCPP_PATH };

export function createGateway(needs: { charging: ChargingPort; stations: StationsPort; clock: Clock }) {
  const connections = new Connections();
  return {
    ...createService({ ...needs, connections }),
    listen: (edges: Pick<ListenNeeds, 'server' | 'log'>) => listen({ ...needs, ...edges, connections }),
  };
}

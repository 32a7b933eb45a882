import type { Logger } from '../../edges/log.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Connections } from '../connections.js';
import type { StationLink } from '../driver.js';
import type { StationsPort } from '../ports.js';
import type { GatewayService } from '../service.js';

export interface ReturnNeeds {
  connections: Pick<Connections, 'get'>;
  stations: Pick<StationsPort, 'online'>;
  service: Pick<GatewayService, 'catchUp'>;
  log: Logger;
}

/** So long, of wall time, a station has to say itself what its connectors do: after a boot it does. */
const OWN_WORD_MS = 1_000;
/** Stations asked in one turn of the event loop: what others say comes between. */
const ASKED_A_TURN = 20;

/**
 * Asks stations that are connected again for what was lost when the line failed: a station only reports what changed meanwhile; and
 * tells them what was revoked. A whole fleet may return at once, so they are looked at together: a connection that ends is looked at again.
 */
export function createReturns({ connections, stations, service, log }: ReturnNeeds): (operatorId: OperatorId, link: StationLink) => void {
  let returned: { operatorId: OperatorId; link: StationLink }[] = [];
  const isHere = (link: StationLink) => connections.get(link.stationId) === link;

  async function askFor(operatorId: OperatorId, link: StationLink): Promise<void> {
    for (const connectorNumber of await stations.online(operatorId, link.stationId))
      if (isHere(link)) await link.ask({ kind: 'trigger', message: 'StatusNotification', connectorNumber });
    await service.catchUp(operatorId, link.stationId);
  }

  async function look(): Promise<void> {
    const all = returned;
    returned = [];
    for (let from = 0; from < all.length; from += ASKED_A_TURN) {
      for (const { operatorId, link } of all.slice(from, from + ASKED_A_TURN)) {
        if (!isHere(link)) continue;
        askFor(operatorId, link).catch((err: unknown) =>
          log.error({ operatorId, stationId: link.stationId, err }, 'a station that is connected again could not be brought up to date'),
        );
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return (operatorId, link) => {
    returned.push({ operatorId, link });
    if (returned.length === 1) setTimeout(look, OWN_WORD_MS).unref();
  };
}

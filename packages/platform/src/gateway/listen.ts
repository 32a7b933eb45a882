import type { Server } from 'node:http';
import { type OcppServer, serveOcpp } from '@evroam/ocpp-core/websocket';
import type { Logger } from '../edges/log.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import type { Connections } from './connections.js';
import type { StationLink } from './driver.js';
import { ocpp16 } from './drivers/ocpp16/driver.js';
import type { ChargingPort, StationsPort } from './ports.js';

/** Where stations connect: `ws://<host>/ocpp/<identity>`. */
export const OCPP_PATH = '/ocpp/';

export interface ListenNeeds {
  server: Server;
  connections: Connections;
  charging: ChargingPort;
  stations: StationsPort;
  clock: Clock;
  log: Logger;
}

/** Lets own stations in over OCPP on a server that listens already. */
export async function listen({ server, connections, charging, stations, clock, log }: ListenNeeds): Promise<OcppServer> {
  // Kept from the authentication until the connection closes: who a station is comes from its credential only.
  const owners = new Map<string, { operatorId: OperatorId; stationId: StationId }>();
  // By connection, for an old one of a station closes after its newer one has opened.
  const links = new WeakMap<object, StationLink>();

  const driver = ocpp16({
    charging,
    stations,
    clock,
    log,
    whose(identity) {
      const owner = owners.get(identity);
      if (!owner) throw new Error(`station ${identity} is connected without having been authenticated`);
      return owner;
    },
    connected(endpoint, link) {
      connections.put(link);
      links.set(endpoint, link);
    },
    observe:
      ({ identity }) =>
      (seen) => {
        if (seen.kind === 'handlerFailed')
          log.error(
            { stationId: identity, action: seen.action, messageId: seen.messageId, err: seen.error },
            'a message of a station could not be handled',
          );
        else if (seen.kind === 'unreadable')
          log.warn({ stationId: identity, code: seen.error.code, reason: seen.error.message }, 'a station sent what is no message');
        else if (seen.kind === 'refused')
          log.warn(
            { stationId: identity, action: seen.action, messageId: seen.messageId, code: seen.error.code, reason: seen.error.message },
            'a message of a station was refused',
          );
        else if (seen.kind === 'badAnswer')
          log.warn(
            { stationId: identity, action: seen.action, code: seen.error.code, reason: seen.error.message },
            'a station answered what its standard does not allow',
          );
        else if (seen.kind === 'strayAnswer')
          log.warn({ stationId: identity, messageId: seen.messageId }, 'a station answered late or unasked');
      },
  });

  return serveOcpp({
    server,
    path: OCPP_PATH,
    versions: [driver],
    async authenticate({ identity, password, remoteAddress }) {
      const owner = await stations.authenticate(identity, password);
      if (!owner) {
        log.warn({ identity, remoteAddress }, 'a station was refused: unknown identity or wrong password');
        return { accepted: false };
      }
      owners.set(identity, owner);
      return { accepted: true };
    },
    connected({ identity, version, remoteAddress }) {
      log.info({ stationId: identity, version, remoteAddress }, 'station connected');
    },
    disconnected({ identity, endpoint }) {
      const owner = owners.get(identity);
      const link = links.get(endpoint);
      if (!owner || !link || !connections.remove(link)) return;
      log.info({ stationId: identity }, 'station disconnected');
      // Offline is a state, not a guess: whatever we knew before is no longer heard.
      stations
        .heardStatus(owner.operatorId, owner.stationId, 0, 'unknown', clock.now(), 'offline')
        .catch((err: unknown) => log.error({ stationId: identity, err }, 'the station could not be marked as offline'));
    },
    failed: (err, { identity }) => log.error({ identity, err }, 'a station could not be let in'),
  });
}

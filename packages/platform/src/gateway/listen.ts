import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { type Quirks, quirksOf, Registration, type Version } from '@evroam/ocpp-core';
import { type Arrival, type Handshake, type OcppServer, type SpeakOptions, serveOcpp } from '@evroam/ocpp-core/websocket';
import { Overtaken } from '../edges/holder.js';
import type { Logger } from '../edges/log.js';
import type { Captures } from './capture/captures.js';
import type { Desk, DriverNeeds } from './drivers/desk.js';
import { ocpp21, ocpp201 } from './drivers/ocpp2x/driver.js';
import { ocpp16 } from './drivers/ocpp16/driver.js';
import { createDesk, type DeskNeeds } from './listen/desk.js';
import { observer } from './listen/observe.js';
import type { Admitted, Shown } from './ports.js';
import type { KnownDevices } from './quirks/known.js';

/** What a server of security profiles 2 and 3 is made with. */
export { tlsOptions } from '@evroam/ocpp-core/websocket';

/** Where stations connect: `ws://<host>/ocpp/<identity>`. */
export const OCPP_PATH = '/ocpp/';

export interface ListenNeeds extends DeskNeeds {
  server: Server | TlsServer;
  log: Logger;
  captures: Pick<Captures, 'seen'>;
  devices: Pick<KnownDevices, 'profilesOf'>;
}

interface Present extends Admitted {
  certificateSerial?: string;
}

const GATE = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const;

/** Lets own stations in over OCPP on a server that listens already. */
export async function listen(needs: ListenNeeds): Promise<OcppServer> {
  const { server, connections, charging, stations, store, clock, log, captures, devices } = needs;
  // Kept from the authentication on: who a station is comes from its credential only.
  const present = new Map<string, Present>();
  // By connection, for an old one of a station closes after its newer one has opened.
  const desks = new Map<object, Desk>();

  const who = (identity: string): Present => {
    const admitted = present.get(identity);
    if (!admitted) throw new Error(`station ${identity} is connected without having been authenticated`);
    return admitted;
  };
  const quirks = ({ identity }: Arrival): Quirks | undefined => {
    const { operatorId, about = {}, lenient } = who(identity);
    return quirksOf(about, devices.profilesOf(operatorId, lenient));
  };
  const optionsOf = (version: Version): Pick<SpeakOptions<'csms', never>, 'quirks' | 'gate' | 'observe'> => ({
    quirks,
    gate: ({ identity }) => {
      const { registration, hasBooted } = who(identity);
      return new Registration(hasBooted ? GATE[registration] : 'unknown');
    },
    observe: ({ identity }) => {
      const { operatorId, stationId } = who(identity);
      const protocol = `ocpp${version}`;
      return observer(log, identity, {
        frame: (way, text) => captures.seen(operatorId, stationId, { protocol, way, text }),
        failed: (error) => {
          // A newer connection speaks for the station: this one has nothing to say any more.
          if (error instanceof Overtaken) connections.get(stationId)?.close('replaced by a newer connection');
        },
      });
    },
  });
  const driver: DriverNeeds = {
    charging,
    clock,
    log,
    openDesk(identity, endpoint) {
      const { certificateSerial, ...admitted } = who(identity);
      const desk = createDesk(needs, admitted, certificateSerial);
      desks.set(endpoint, desk);
      return desk;
    },
    deskOf(endpoint) {
      const desk = desks.get(endpoint);
      if (!desk) throw new Error('a message came on a connection that was never opened');
      return desk;
    },
  };

  const leavings = new Set<Promise<unknown>>();
  const served = await serveOcpp({
    server,
    path: OCPP_PATH,
    versions: [ocpp21(driver, optionsOf('2.1')), ocpp201(driver, optionsOf('2.0.1')), ocpp16(driver, optionsOf('1.6'))],
    async authenticate(handshake) {
      const { identity, remoteAddress } = handshake;
      const shown = toShown(handshake);
      const revoked = shown.certificate && (await store.isRevoked(identity, shown.certificate.fingerprint));
      const admitted = revoked ? undefined : await stations.authenticate(identity, shown);
      if (!admitted) {
        log.warn({ identity, remoteAddress }, 'a station was refused: unknown identity or wrong password');
        return { accepted: false };
      }
      const { serialNumber } = shown.certificate ?? {};
      present.set(identity, { ...admitted, ...(serialNumber === undefined ? {} : { certificateSerial: serialNumber }) });
      return { accepted: true };
    },
    connected({ identity, version, remoteAddress }) {
      log.info({ stationId: identity, version, remoteAddress }, 'station connected');
    },
    disconnected({ identity, endpoint }) {
      const desk = desks.get(endpoint);
      desks.delete(endpoint);
      if (!desk?.link || !connections.remove(desk.link)) return;
      log.info({ stationId: identity }, 'station disconnected');
      const leaving: Promise<unknown> = left(desk)
        .catch((err: unknown) => log.error({ stationId: identity, err }, 'the station could not be marked as offline'))
        .finally(() => leavings.delete(leaving));
      leavings.add(leaving);
    },
    failed: (err, { identity }) => log.error({ identity, err }, 'a station could not be let in'),
  });

  return {
    ...served,
    get port() {
      return served.port;
    },
    async close(how) {
      await served.close(how);
      // What was under way still needs the database.
      await Promise.all(leavings);
    },
  };

  /** Offline is a state, not a guess: whatever we knew before is no longer heard. */
  async function left({ operatorId, stationId, hold }: Desk): Promise<void> {
    const now = clock.now();
    try {
      await charging.heardOffline(operatorId, await hold, now);
    } catch (error) {
      // It is connected again already.
      if (error instanceof Overtaken) return;
      throw error;
    }
    if (!connections.get(stationId)) await stations.heardStatus(operatorId, stationId, 0, 'unknown', now, 'offline');
  }
}

function toShown({ password, securityProfile, certificate }: Handshake): Shown {
  const one = (name: unknown) => (typeof name === 'string' ? name : undefined);
  const operator = one(certificate?.subject.O);
  const serialNumber = one(certificate?.subject.CN);
  return {
    securityProfile,
    ...(password === undefined ? {} : { password }),
    ...(certificate === undefined
      ? {}
      : {
          certificate: {
            fingerprint: certificate.serialNumber,
            ...(operator === undefined ? {} : { operator }),
            ...(serialNumber === undefined ? {} : { serialNumber }),
          },
        }),
  };
}

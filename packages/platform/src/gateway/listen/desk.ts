import { randomInt } from 'node:crypto';
import { Overtaken } from '../../edges/holder.js';
import type { Logger } from '../../edges/log.js';
import type { Clock } from '../../kernel/clock.js';
import type { FromStation } from '../../model/heard.js';
import type { StationCommand } from '../../model/station-command.js';
import type { Connections } from '../connections.js';
import type { StationLink } from '../driver.js';
import { type Desk, HEARTBEAT_SECONDS } from '../drivers/desk.js';
import type { Admitted, CertificateAuthorityPort, ChargingPort, Shown, StationsPort } from '../ports.js';
import type { GatewayService } from '../service.js';
import type { GatewayStore } from '../store.js';

export interface DeskNeeds {
  connections: Connections;
  charging: ChargingPort;
  stations: StationsPort;
  store: GatewayStore;
  service: Pick<GatewayService, 'ask'>;
  /** Makes a connection the newest of its station; undefined when another one was faster. */
  claim: (stationId: string) => Promise<{ name: string; epoch: string } | undefined>;
  authority?: CertificateAuthorityPort;
  clock: Clock;
  log: Logger;
}

/** Seconds after which a station that is not accepted yet may ask again. */
const TRY_AGAIN_SECONDS = 60;
const MAX_NUMBER = 2 ** 31 - 1;

/** What one connection of a station does beside its sessions. `taken`: it is the station's link from now on; true if there was one before. */
export function createDesk(
  { charging: _, stations, store, service, claim, authority, clock, log }: DeskNeeds,
  { operatorId, stationId, about: { serialNumber: known } = {} }: Pick<Admitted, 'operatorId' | 'stationId' | 'about'>,
  shown: Shown,
  taken: (link: StationLink) => boolean,
): Desk {
  const hold: Promise<FromStation> = claim(stationId).then((held) => {
    if (!held) throw new Overtaken(`a newer connection of ${stationId} has taken over`);
    return { stationId, hold: held };
  });
  // Whoever waits for it hears of a failure; nobody may be waiting yet.
  hold.catch(() => undefined);
  let link: StationLink | undefined;
  let serial = known;
  const ask = async (command: StationCommand): Promise<void> => {
    await service.ask(operatorId, stationId, command);
  };
  const failed = (err: unknown, what: string) => log.error({ operatorId, stationId, err }, what);

  return {
    operatorId,
    stationId,
    hold,
    opened(opened) {
      link = opened;
      const replaced = taken(opened);
      const now = clock.now();
      if (replaced) {
        store
          .addSecurityEvent(operatorId, { stationId, type: 'ConnectionReplaced', at: now, heardAt: now })
          .catch((err: unknown) => failed(err, 'a security event could not be kept'));
      }
      // What it was before the line failed is not known: a station only reports what changed meanwhile.
      hold
        .then(() => stations.online(operatorId, stationId))
        .then(async (unknown) => {
          for (const connectorNumber of unknown) await ask({ kind: 'trigger', message: 'StatusNotification', connectorNumber });
        })
        .catch((err: unknown) => {
          if (err instanceof Overtaken) opened.close('replaced by a newer connection');
          else failed(err, 'the status of a station that is connected again could not be asked for');
        });
    },
    async booted(about) {
      await hold;
      serial = about.serialNumber ?? serial;
      const { serialNumber } = shown.certificate ?? {};
      if (serialNumber !== undefined && about.serialNumber !== serialNumber) {
        // Another device's certificate. OCPP 2.0.1, B01.FR.12
        const at = clock.now();
        await store.addSecurityEvent(operatorId, {
          stationId,
          type: 'InvalidChargingStationCertificate',
          at,
          heardAt: at,
          details: serialNumber,
        });
        link?.close('the certificate is of another station');
        return { status: 'rejected', intervalSeconds: TRY_AGAIN_SECONDS };
      }
      const { registration, isNew } = await stations.booted(operatorId, stationId, clock.now(), about);
      if (registration === 'accepted' && isNew) await ask({ kind: 'inventory', requestId: randomInt(1, MAX_NUMBER) });
      return { status: registration, intervalSeconds: registration === 'accepted' ? HEARTBEAT_SECONDS : TRY_AGAIN_SECONDS };
    },
    alive: () => stations.alive(operatorId, stationId, clock.now()),
    async status(connectorNumber, status, at) {
      await hold;
      await stations.heardStatus(operatorId, stationId, connectorNumber, status, at);
    },
    async securityEvent(type, at, details) {
      await store.addSecurityEvent(operatorId, {
        stationId,
        type,
        at,
        heardAt: clock.now(),
        ...(details === undefined ? {} : { details }),
      });
    },
    async signCertificate(csr, use) {
      if (!authority) return false;
      const signed = await authority.sign({ csr, stationId, use, names: [stationId, ...(serial === undefined ? [] : [serial])] });
      if ('refused' in signed) {
        log.warn({ operatorId, stationId, use, reason: signed.refused }, 'a certificate was not signed');
        return false;
      }
      const { chain, serialNumber, expiresAt } = signed;
      await store.addCertificate(operatorId, { stationId, serialNumber, use, issuedAt: clock.now(), expiresAt });
      await ask({ kind: 'certificateSigned', chain, use });
      return true;
    },
    progress: (kind, status, requestId = 0) => store.saveProgress(operatorId, stationId, kind, requestId, status, clock.now()),
    inventory: (items) => store.saveInventory(operatorId, stationId, clock.now(), items),
  };
}

import { randomInt } from 'node:crypto';
import { Overtaken } from '../../edges/holder.js';
import type { Logger } from '../../edges/log.js';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { FromStation } from '../../model/heard.js';
import type { EvseStatus } from '../../model/location.js';
import type { StationCommand } from '../../model/station-command.js';
import type { Connections } from '../connections.js';
import type { StationLink } from '../driver.js';
import { type About, type Desk, HEARTBEAT_SECONDS } from '../drivers/desk.js';
import type { Admitted, CertificateAuthorityPort, ChargingPort, Registration, StationsPort } from '../ports.js';
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
  /** Hears of each connection that is its station's from now on. */
  returned: (operatorId: OperatorId, link: StationLink) => void;
  authority?: CertificateAuthorityPort;
  clock: Clock;
  log: Logger;
}

/** Seconds after which a station that is not accepted yet may ask again. */
const TRY_AGAIN_SECONDS = 60;
const MAX_NUMBER = 2 ** 31 - 1;

/** What one connection of a station does beside its sessions. */
export function createDesk(
  needs: DeskNeeds,
  { operatorId, stationId, about }: Pick<Admitted, 'operatorId' | 'stationId' | 'about'>,
  certificateSerial?: string,
): Desk {
  return new OpenDesk(needs, operatorId, stationId, about?.serialNumber, certificateSerial);
}

/** Lean, since there is one for each station that is connected. */
class OpenDesk implements Desk {
  readonly operatorId: OperatorId;
  readonly stationId: StationId;
  readonly hold: Promise<FromStation>;
  link: StationLink | undefined;
  readonly #needs: DeskNeeds;
  readonly #certificateSerial: string | undefined;
  #serial: string | undefined;

  constructor(
    needs: DeskNeeds,
    operatorId: OperatorId,
    stationId: StationId,
    serial: string | undefined,
    certificateSerial: string | undefined,
  ) {
    this.#needs = needs;
    this.operatorId = operatorId;
    this.stationId = stationId;
    this.#serial = serial;
    this.#certificateSerial = certificateSerial;
    this.hold = held(needs, stationId);
    // Whoever waits for it hears of a failure; nobody may be waiting yet.
    this.hold.catch(ignore);
  }

  opened(link: StationLink): void {
    const { connections, store, returned, clock } = this.#needs;
    const { operatorId, stationId } = this;
    const before = connections.get(stationId);
    this.link = link;
    connections.put(link);
    if (before) {
      // It may have come in at another door, which knows nothing of this one.
      before.close('replaced by a newer connection');
      const now = clock.now();
      store
        .addSecurityEvent(operatorId, { stationId, type: 'ConnectionReplaced', at: now, heardAt: now })
        .catch((err: unknown) => this.#failed(err, 'a security event could not be kept'));
    }
    this.hold.then(
      () => returned(operatorId, link),
      (err: unknown) => {
        if (err instanceof Overtaken) link.close('replaced by a newer connection');
        else this.#failed(err, 'a connection could not be made the newest of its station');
      },
    );
  }

  async booted(about: About): Promise<{ status: Registration; intervalSeconds: number }> {
    const { stations, clock } = this.#needs;
    await this.hold;
    this.#serial = about.serialNumber ?? this.#serial;
    if (this.#certificateSerial !== undefined && about.serialNumber !== this.#certificateSerial) {
      // Another device's certificate. OCPP 2.0.1, B01.FR.12
      await this.securityEvent('InvalidChargingStationCertificate', clock.now(), this.#certificateSerial);
      this.link?.close('the certificate is of another station');
      return { status: 'rejected', intervalSeconds: TRY_AGAIN_SECONDS };
    }
    const { registration, isNew } = await stations.booted(this.operatorId, this.stationId, clock.now(), about);
    if (registration === 'accepted' && isNew) await this.#ask({ kind: 'inventory', requestId: randomInt(1, MAX_NUMBER) });
    return { status: registration, intervalSeconds: registration === 'accepted' ? HEARTBEAT_SECONDS : TRY_AGAIN_SECONDS };
  }

  alive(): void {
    const { stations, clock } = this.#needs;
    stations.alive(this.operatorId, this.stationId, clock.now());
  }

  async status(connectorNumber: number, status: EvseStatus, at: Date): Promise<void> {
    await this.hold;
    await this.#needs.stations.heardStatus(this.operatorId, this.stationId, connectorNumber, status, at);
  }

  async securityEvent(type: string, at: Date, details?: string): Promise<void> {
    const { store, clock } = this.#needs;
    const { operatorId, stationId } = this;
    const more = details === undefined ? {} : { details };
    await store.addSecurityEvent(operatorId, { stationId, type, at, heardAt: clock.now(), ...more });
  }

  async signCertificate(csr: string, use: string): Promise<boolean> {
    const { authority, store, clock, log } = this.#needs;
    const { operatorId, stationId } = this;
    if (!authority) return false;
    const names = [stationId, ...(this.#serial === undefined ? [] : [this.#serial])];
    const signed = await authority.sign({ csr, stationId, use, names });
    if ('refused' in signed) {
      log.warn({ operatorId, stationId, use, reason: signed.refused }, 'a certificate was not signed');
      return false;
    }
    const { chain, serialNumber, expiresAt } = signed;
    await store.addCertificate(operatorId, { stationId, serialNumber, use, issuedAt: clock.now(), expiresAt });
    await this.#ask({ kind: 'certificateSigned', chain, use });
    return true;
  }

  progress(kind: 'firmware' | 'log', status: string, requestId = 0): Promise<void> {
    const { store, clock } = this.#needs;
    return store.saveProgress(this.operatorId, this.stationId, kind, requestId, status, clock.now());
  }

  inventory(items: readonly unknown[]): Promise<void> {
    const { store, clock } = this.#needs;
    return store.saveInventory(this.operatorId, this.stationId, clock.now(), items);
  }

  async #ask(command: StationCommand): Promise<void> {
    await this.#needs.service.ask(this.operatorId, this.stationId, command);
  }

  #failed(err: unknown, what: string): void {
    this.#needs.log.error({ operatorId: this.operatorId, stationId: this.stationId, err }, what);
  }
}

async function held({ claim }: DeskNeeds, stationId: StationId): Promise<FromStation> {
  const hold = await claim(stationId);
  if (!hold) throw new Overtaken(`a newer connection of ${stationId} has taken over`);
  return { stationId, hold };
}

const ignore = (): void => undefined;

import type { Logger } from '../../edges/log.js';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { FromStation } from '../../model/heard.js';
import type { EvseStatus } from '../../model/location.js';
import type { StationLink } from '../driver.js';
import type { ChargingPort, Registration } from '../ports.js';

/** What a station says about itself when it boots. */
export interface About {
  vendor: string;
  model: string;
  serialNumber?: string;
  firmware?: string;
  iccid?: string;
  imsi?: string;
}

/** One connection of an authenticated station: who it is, and what is done with messages that all protocols have. */
export interface Desk {
  operatorId: OperatorId;
  stationId: StationId;
  /** The claim of this connection. Rejects when a newer one was faster. */
  hold: Promise<FromStation>;
  booted(about: About): Promise<{ status: Registration; intervalSeconds: number }>;
  alive(): void;
  status(connectorNumber: number, status: EvseStatus, at: Date): Promise<void>;
  securityEvent(type: string, at: Date, details?: string): Promise<void>;
  /** False when nobody here signs certificates. */
  signCertificate(csr: string, use: string): Promise<boolean>;
  /** How an update of firmware or the upload of a log goes on. */
  progress(kind: 'firmware' | 'log', status: string, requestId?: number): Promise<void>;
  /** What the station is made of, whole. */
  inventory(items: readonly unknown[]): Promise<void>;
  /** Set once the driver is ready for commands. */
  readonly link: StationLink | undefined;
  /** The driver is ready for commands. */
  opened(link: StationLink): void;
}

export interface DriverNeeds {
  charging: ChargingPort;
  clock: Clock;
  log: Logger;
  /** Makes the desk of a connection that has just opened. */
  openDesk(identity: string, endpoint: object): Desk;
  /** The desk of an open connection. */
  deskOf(endpoint: object): Desk;
}

/** Seconds between heartbeats that we ask of stations. They also tell them the time. */
export const HEARTBEAT_SECONDS = 300;

/** UTC with a Z and whole seconds: fractions break some firmware. OCPP 1.6, 3.15. Each answer to a heartbeat says it, so the last one is kept. */
export function toWireTime(time: Date): string {
  const second = Math.floor(time.getTime() / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = `${time.toISOString().slice(0, 19)}Z`;
  }
  return lastText;
}
let lastSecond = Number.NaN;
let lastText = '';

import type { StationId } from '../kernel/ids.js';
import type { Outcome } from './ports.js';

/** What can be asked of a connected station, whatever protocol it speaks. */
export interface StationLink {
  readonly stationId: StationId;
  readonly protocol: string;
  /** `accepted` means that the station will try; the session itself is heard later. */
  start(command: { connectorNumber: number; idTag: string }): Promise<Outcome>;
  stop(command: { transactionNumber: number }): Promise<Outcome>;
  close(reason: string): void;
}

/** A command on its way to a station. */
export interface Command {
  requestId: string;
  stationId: StationId;
  /** Domain time; after it nobody waits for the outcome any more. */
  deadline: Date;
  command: { kind: 'start'; connectorNumber: number; idTag: string } | { kind: 'stop'; transactionNumber: number };
}

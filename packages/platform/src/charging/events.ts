import type { EvseRef } from '../model/location.js';
import type { StationCommand as Command, CommandAnswer, CompositeSchedule } from '../model/station-command.js';

/** What charging tells others, by consumer; the key of each event is the id of what it is about. */
export const consumers = {
  /** A command to carry to a station. Key: request. */
  stationCommand: 'gateway.command',
  /** A command to a station came to an end, or to none. Key: request. */
  commandOutcome: 'roaming.command-outcome',
  /** A remote start came to nothing, or nobody knows to what. Key: request. */
  startLapsed: 'gateway.start-lapsed',
  /** A session changed; whoever is told reads its newest state. Key: session. */
  sessionChanged: 'roaming.session',
  /** A session ended and wants its price and CDR. Key: session. */
  sessionEnded: 'charging.rate',
  /** Nobody came to a connector that was kept free. Key: reservation. */
  noShow: 'charging.no-show',
  /** An own CDR exists. Key: CDR. */
  cdrRepresent: 'roaming.cdr-represent',
  cdrRecord: 'settlement.record',
} as const;

export interface StationCommand {
  requestId: string;
  stationId: string;
  /** Domain time, ISO. After it the outcome is unknown. */
  deadline: string;
  command: Extract<
    Command,
    { kind: 'start' | 'stop' | 'reserve' | 'cancelReservation' | 'unlock' | 'setProfile' | 'clearProfile' | 'compositeSchedule' }
  >;
}

export interface StartLapsed {
  requestId: string;
  place: EvseRef;
}

export interface CommandOutcome {
  requestId: string;
  kind: StationCommand['command']['kind'];
  /** `cancelled`: the station had accepted it, and it was given up here since. */
  outcome: CommandAnswer['outcome'] | 'cancelled';
  /** Of the limits that hold: what the station computed. */
  schedule?: CompositeSchedule;
}

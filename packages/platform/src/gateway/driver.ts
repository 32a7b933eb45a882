import type { OperatorId, StationId } from '../kernel/ids.js';
import type { CommandAnswer, StationCommand } from '../model/station-command.js';

/** What every driver gives for a connected station, whatever protocol it speaks. */
export interface StationLink {
  readonly operatorId: OperatorId;
  readonly stationId: StationId;
  readonly protocol: string;
  /** Resolves with what the station made of it; never rejects because of the station. */
  ask(command: StationCommand): Promise<CommandAnswer>;
  close(reason: string): void;
}

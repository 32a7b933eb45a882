import type { OperatorId, StationId } from '../kernel/ids.js';
import type { EvseStatus } from '../model/location.js';
import type { Token } from '../model/token.js';

export type Verdict = { allowed: true; token: Token } | { allowed: false; reason: 'unknown' | 'blocked' | 'expired' };

/** What charging wants to hear, in the same words from every protocol. */
export interface ChargingPort {
  authorize(operatorId: OperatorId, idTag: string): Promise<Verdict>;
  heardStart(
    operatorId: OperatorId,
    heard: { stationId: StationId; connectorNumber: number; idTag: string; at: Date; registerMilliWh: number },
  ): Promise<
    { accepted: true; transactionNumber: number; verdict: Verdict } | { accepted: false; reason: 'unknownConnector'; detail?: string }
  >;
  heardReading(
    operatorId: OperatorId,
    heard: { stationId: StationId; connectorNumber: number; transactionNumber?: number; at: Date; registerMilliWh: number },
  ): Promise<void>;
  heardStop(
    operatorId: OperatorId,
    heard: { stationId: StationId; transactionNumber: number; at: Date; registerMilliWh: number; reason: string },
  ): Promise<void>;
  heardOutcome(operatorId: OperatorId, outcome: { requestId: string; kind: 'start' | 'stop'; outcome: Outcome }): Promise<void>;
}

export type Outcome = 'accepted' | 'rejected' | 'stationOffline' | 'unknown';

export interface StationsPort {
  authenticate(identity: string, password: Buffer | undefined): Promise<{ operatorId: OperatorId; stationId: StationId } | undefined>;
  heardStatus(
    operatorId: OperatorId,
    stationId: StationId,
    connectorNumber: number,
    status: EvseStatus,
    at: Date,
    source?: 'station' | 'offline',
  ): Promise<void>;
  heardFrom(operatorId: OperatorId, stationId: StationId, at: Date, about?: object): Promise<void>;
}

import type { OperatorId, StationId } from '../kernel/ids.js';
import type { FromStation, HeardActivity, HeardReadings, HeardStart, HeardStop, HeardTransaction, TokenKind } from '../model/heard.js';
import type { EvseStatus } from '../model/location.js';
import type { CommandAnswer, CommandKind } from '../model/station-command.js';
import type { Token } from '../model/token.js';

export type Verdict = { allowed: true; token: Token } | { allowed: false; reason: 'unknown' | 'blocked' | 'expired' };

/** What charging wants to hear, in the same words from every protocol. */
export interface ChargingPort {
  authorize(operatorId: OperatorId, uid: string, kind?: TokenKind, stationId?: StationId): Promise<Verdict>;
  heardStart(
    operatorId: OperatorId,
    heard: HeardStart,
  ): Promise<
    { accepted: true; transactionNumber: number; verdict: Verdict } | { accepted: false; reason: 'unknownConnector'; detail?: string }
  >;
  heardTransaction(
    operatorId: OperatorId,
    heard: HeardTransaction,
  ): Promise<{ accepted: true; verdict?: Verdict } | { accepted: false; reason: 'unknownConnector'; detail?: string }>;
  heardReadings(operatorId: OperatorId, heard: HeardReadings): Promise<void>;
  heardStop(operatorId: OperatorId, heard: HeardStop): Promise<void>;
  heardActivity(operatorId: OperatorId, heard: HeardActivity): Promise<void>;
  heardOffline(operatorId: OperatorId, heard: FromStation, at: Date): Promise<void>;
  heardReservationEnded(operatorId: OperatorId, stationId: StationId, reservationNumber: number, removed: boolean): Promise<void>;
  heardOutcome(operatorId: OperatorId, heard: { requestId: string; kind: CommandKind } & Omit<CommandAnswer, 'details'>): Promise<void>;
}

export type Registration = 'accepted' | 'pending' | 'rejected';

/** What a station's credential says of it. */
export interface Admitted {
  operatorId: OperatorId;
  stationId: StationId;
  registration: Registration;
  /** It has booted here before: a station that reconnects need not boot again. */
  hasBooted: boolean;
  /** Its messages may break their schema in the ways that real stations do. */
  lenient: boolean;
  about?: { vendor?: string; model?: string; firmware?: string; serialNumber?: string };
}

/** What the handshake showed. */
export interface Shown {
  password?: Buffer;
  securityProfile: 0 | 1 | 2 | 3;
  certificate?: { operator?: string; serialNumber?: string; fingerprint: string };
}

export interface StationsPort {
  authenticate(identity: string, shown: Shown): Promise<Admitted | undefined>;
  heardStatus(
    operatorId: OperatorId,
    stationId: StationId,
    connectorNumber: number,
    status: EvseStatus,
    at: Date,
    source?: 'station' | 'offline',
  ): Promise<void>;
  /** A sign of life; it is written down now and then. */
  alive(operatorId: OperatorId, stationId: StationId, at: Date): void;
  /** What a station says about itself when it boots; tells whether it was accepted by its operator, and whether it is another one than before. */
  booted(operatorId: OperatorId, stationId: StationId, at: Date, about: object): Promise<{ registration: Registration; isNew: boolean }>;
  /** The station is connected again; gives the connectors whose status is not known any more. */
  online(operatorId: OperatorId, stationId: StationId): Promise<readonly number[]>;
  /** A new password beside the old one, until the station has taken it. */
  offerPassword(operatorId: OperatorId, stationId: StationId, form: 'bytes' | 'text'): Promise<Buffer | undefined>;
  settlePassword(operatorId: OperatorId, stationId: StationId, taken: boolean): Promise<void>;
}

/** Signs what stations ask to have signed. */
export interface CertificateAuthorityPort {
  /** The chain, leaf first, PEM; or why not. `use` in the protocol's own word; `names` are those that the station may have. */
  sign(request: {
    csr: string;
    stationId: StationId;
    use: string;
    names: readonly string[];
  }): Promise<{ chain: string; expiresAt: Date; serialNumber: string } | { refused: string }>;
}

import type { TokenType } from './token.js';

/** Names a token to a station. */
export interface TokenName {
  uid: string;
  type: TokenType;
}

export type TriggerMessage =
  | 'BootNotification'
  | 'Heartbeat'
  | 'StatusNotification'
  | 'MeterValues'
  | 'FirmwareStatusNotification'
  | 'LogStatusNotification'
  | 'SignCertificate';

/** What can be asked of a station, in the same words for every protocol. Times are domain time, ISO 8601. A connector is the station's own number for an EVSE. */
export type StationCommand =
  | { kind: 'start'; connectorNumber: number; token: TokenName; remoteStartId: number }
  | { kind: 'stop'; transactionKey: string }
  | { kind: 'reserve'; reservationNumber: number; connectorNumber: number; token: TokenName; until: string; groupId?: string }
  | { kind: 'cancelReservation'; reservationNumber: number }
  | { kind: 'unlock'; connectorNumber: number }
  /** `hard`: at once, whatever charges; else when it is idle. */
  | { kind: 'reset'; hard: boolean; connectorNumber?: number }
  | { kind: 'availability'; operative: boolean; connectorNumber?: number }
  | { kind: 'trigger'; message: TriggerMessage; connectorNumber?: number }
  /** Without names all of them. 1.6 knows no components. */
  | { kind: 'getVariables'; variables?: readonly { component?: string; name: string }[] }
  | { kind: 'setVariable'; component?: string; name: string; value: string }
  | { kind: 'inventory'; requestId: number }
  | { kind: 'localListVersion' }
  | { kind: 'sendLocalList'; version: number; full: boolean; tokens: readonly (TokenName & { groupId?: string; removed?: boolean })[] }
  | { kind: 'clearCache' }
  | { kind: 'firmware'; requestId: number; url: string; retrieveAt: string; installAt?: string; certificate?: string; signature?: string }
  | { kind: 'log'; requestId: number; url: string; security?: boolean; from?: string; until?: string }
  /** Limits are per phase in A, or in W in all; decimals as a text, tenths at the finest. */
  | { kind: 'setProfile'; connectorNumber: number; profile: ChargingLimit; transactionKey?: string }
  | { kind: 'clearProfile'; profileId?: number; connectorNumber?: number }
  | { kind: 'compositeSchedule'; connectorNumber: number; seconds: number; unit?: 'A' | 'W' }
  | { kind: 'cost'; transactionKey: string; total: number }
  | { kind: 'certificateSigned'; chain: string; use?: string }
  | { kind: 'installCertificate'; use: string; certificate: string }
  | { kind: 'certificates'; use?: string }
  | { kind: 'deleteCertificate'; hash: Readonly<Record<string, string>> }
  /** Any other message of the protocol, as the protocol spells it. */
  | { kind: 'raw'; action: string; payload: object };

export interface ChargingLimit {
  id: number;
  stackLevel: number;
  purpose: 'station' | 'default' | 'transaction';
  unit: 'A' | 'W';
  startAt?: string;
  seconds?: number;
  /** Below it charging makes no sense to the vehicle. */
  minRate?: number;
  periods: readonly { startSecond: number; limit: number; phases?: number }[];
}

export type CommandKind = StationCommand['kind'];

/**
 * What a station made of a command. `accepted` means that it will try; `unknown` that nobody knows whether it heard it;
 * `details` is the answer as it was sent.
 */
export interface CommandAnswer {
  outcome: 'accepted' | 'rejected' | 'notSupported' | 'stationOffline' | 'unknown';
  details?: unknown;
  /** Of a composite schedule: what the station computed. */
  schedule?: CompositeSchedule;
}

/** Limits that hold from a moment on, in domain time. */
export interface CompositeSchedule extends Pick<ChargingLimit, 'unit' | 'seconds' | 'minRate'> {
  startAt: string;
  periods: readonly { startSecond: number; limit: number }[];
}

import type { Profile } from '../smart-charging/index.js';
import type { ChargingLimits } from './charging-limits.js';
import type { Activity, Transaction } from './connector.js';
import type { Settings } from './settings.js';

/** A moment in a transaction, put down when it happened and told when the connection allows. */
export interface TransactionMoment {
  /** Unique in the station's life, rising. */
  readonly sequence: number;
  readonly event: 'started' | 'sampled' | 'changed' | 'ended';
  readonly transaction: Transaction;
  readonly at: Date;
  readonly milliWh: number;
  readonly powerW: number;
  readonly activity: Activity;
  readonly trigger: Trigger;
  /** The connection was down when it happened. */
  readonly offline: boolean;
  /** Its number within the transaction (OCPP 2.x). */
  readonly seqNo: number;
  readonly reason?: StopReason;
  /** The same in every attempt. */
  readonly messageId: string;
}

/** Why a moment is told. */
export type Trigger =
  | 'cable'
  | 'authorized'
  | 'remoteStart'
  | 'remoteStop'
  | 'stopAuthorized'
  | 'deauthorized'
  | 'periodic'
  | 'state'
  | 'reset'
  | 'triggered';

/** Why a transaction ended, in words that both families have. */
export type StopReason = 'Local' | 'Remote' | 'EVDisconnected' | 'DeAuthorized' | 'Reset' | 'PowerLoss';

/** What the central system says to a boot. */
export interface Registration {
  readonly status: 'Accepted' | 'Pending' | 'Rejected';
  /** Until the next heartbeat or the next try, seconds. */
  readonly intervalSeconds: number;
}

/** What came of telling a moment. */
export interface Told {
  readonly action: string;
  readonly request: unknown;
  readonly response: unknown;
  /** False when the central system does not let the token charge. */
  readonly authorized: boolean;
}

/** Why a station boots. */
export type BootReason = 'PowerUp' | 'RemoteReset' | 'Triggered';

/** One connection of a station in the words of one version. Everything rejects with OcppError. */
export interface Voice {
  readonly closed: Promise<unknown>;
  boot(reason: BootReason): Promise<Registration>;
  heartbeat(): Promise<void>;
  status(connectorId: number): Promise<void>;
  authorize(idToken: string): Promise<boolean>;
  tell(moment: TransactionMoment): Promise<Told>;
  close(): void;
}

/** What a version's voice needs of the station: facts to report, and commands to carry out. */
export interface Body {
  readonly connectorIds: readonly number[];
  readonly facts: StationFacts;
  readonly settings: Settings;
  readonly limits: ChargingLimits;
  now(): Date;
  stateOf(connectorId: number): ConnectorState;
  /** Journals an acknowledged call. */
  acknowledged(action: string, request: unknown, response: unknown): void;
  /** False when there is no place for it; the profile is made for the connector that is chosen. */
  remoteStart(start: {
    idToken: string;
    connectorId?: number;
    remoteStartId?: number;
    profile?: (connectorId: number) => Profile;
  }): boolean;
  /** Messages of this transaction, or of any, still wait in the queue. */
  queuedOf(transactionKey: string | undefined): boolean;
  ongoing(transactionKey: string): boolean;
  remoteStop(names: (transaction: Transaction) => boolean): boolean;
  reset(): boolean;
  setOperative(connectorId: number | undefined, operative: boolean): 'Accepted' | 'Scheduled' | 'Rejected';
  unlock(connectorId: number): boolean;
  trigger(message: TriggerableMessage, connectorId?: number): boolean;
}

export type TriggerableMessage = 'BootNotification' | 'Heartbeat' | 'StatusNotification' | 'MeterValues';

export interface StationFacts {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
}

export interface ConnectorState {
  readonly activity: Activity;
  readonly operative: boolean;
  readonly milliWh: number;
  readonly powerW: number;
  readonly transaction: Transaction | undefined;
}

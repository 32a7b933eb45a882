// What own stations say, in the same words from every protocol.
import type { StationId } from '../kernel/ids.js';
import type { TariffVersion } from './tariff.js';

/** `unknown`: the station is not connected, and nobody knows what goes on there. */
export type Activity = 'charging' | 'suspended' | 'unknown';

/** How a driver was identified: by a card or app, by a contract in the vehicle, or by the vehicle itself. */
export type TokenKind = 'token' | 'contract' | 'vehicle';

/** What was measured at one moment. */
export interface Sample {
  at: Date;
  /** The register of imported energy, mWh. */
  registerMilliWh?: number;
  /** Everything else, in thousandths of its unit. */
  values: readonly { measurand: string; phase?: string; milli: number }[];
}

/** Which connection speaks: an older one of the same station cannot act. */
export interface FromStation {
  stationId: StationId;
  hold: { name: string; epoch: string };
}

/** OCPP 1.6, 4.8: the session gets its number from us. */
export interface HeardStart extends FromStation {
  connectorNumber: number;
  idTag: string;
  at: Date;
  registerMilliWh: number;
  reservationNumber?: number;
}

export interface HeardReadings extends FromStation {
  connectorNumber: number;
  /** Absent where the station names no session. */
  transactionNumber?: number;
  samples: readonly Sample[];
  signed?: readonly unknown[];
}

export interface HeardStop extends FromStation {
  transactionNumber: number;
  idTag?: string;
  at: Date;
  registerMilliWh: number;
  reason: string;
  samples: readonly Sample[];
  signed?: readonly unknown[];
}

/** Something about a session that the station named itself and whose events it numbers. OCPP 2.0.1, E01 to E13 */
export interface HeardTransaction extends FromStation {
  transactionKey: string;
  kind: 'started' | 'metered' | 'stopped';
  /** Absent where the protocol numbers no events. */
  seqNo?: number;
  at: Date;
  samples: readonly Sample[];
  signed?: readonly unknown[];
  connectorNumber?: number;
  token?: { uid: string; kind: TokenKind };
  activity?: Activity;
  remoteStartId?: number;
  reservationNumber?: number;
  reason?: string;
  /** The tariffs that the station itself charges by; absent: those on sale at the start. */
  tariffs?: readonly TariffVersion[];
}

/** The whole of a session as the station that named it has billed it: what it says of time and energy is final. YKC V1.6, 8.7 */
export interface HeardBill extends FromStation {
  transactionKey: string;
  connectorNumber: number;
  token?: { uid: string; kind: TokenKind };
  remoteStartId?: number;
  startedAt: Date;
  endedAt: Date;
  reason: string;
  /** Stretches of one price each, in order, the first from `startedAt`. */
  periods: readonly { startedAt: Date; energyMilliWh: number }[];
  /** The tariffs that the station charged by. */
  tariffs?: readonly TariffVersion[];
  /** Its amounts are not what its tariffs come to: a person looks at it before money flows. */
  differs: boolean;
}

/** What a connector does now, or that nobody can know. */
export interface HeardActivity extends FromStation {
  connectorNumber: number;
  activity: Activity;
  at: Date;
  /** The station gave no time. */
  ourClock?: true;
}

import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { NewId, OperatorId } from '../../kernel/ids.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import type { IssuersPort, StationsPort, TariffsPort, TokensPort } from '../ports.js';
import type { ChargingStore, Journal } from '../store.js';

/** Within it a station answers a remote command, or its outcome is unknown. */
export const COMMAND_TIMEOUT_MS = 30_000;

export interface ChargingNeeds {
  transact: Transact;
  emit: Emit;
  store: ChargingStore;
  journal: Journal;
  /** Throws unless this connection is the newest of its station, in the transaction of a write. */
  holds: (tx: Tx, hold: { name: string; epoch: string }) => Promise<void>;
  stations: StationsPort;
  tokens: TokensPort;
  tariffs: TariffsPort;
  /** Absent: nobody can be asked, and what stands here counts. */
  issuers?: IssuersPort;
  clock: Clock;
  newId: NewId;
  /** A whole number below 2^31 that nobody can guess. */
  newNumber: () => number;
  /** ISO 4217; of sessions at connectors without a tariff, which cost nothing. */
  defaultCurrency: string;
  /** Idle time right after charging that costs nothing, seconds. */
  idleGraceSeconds: number;
  /** Called when a session changed here, after the commit. */
  changed: (operatorId: OperatorId, sessionId: string) => void;
}

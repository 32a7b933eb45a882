import type { Version } from '../action.js';
import type { ConnectOptions } from '../websocket/client.js';
import type { BackOff } from '../websocket/keep.js';
import type { Speaker } from '../websocket/speak.js';
import type { Hardware } from './charging-limits.js';
import type { StationClock } from './clock.js';
import type { Journal } from './journal.js';
import type { RetryRule } from './outbox.js';
import type { StationFacts } from './voice.js';

/** A simulated station: where it connects, what it is, and how it behaves. */
export interface StationOptions extends Pick<ConnectOptions<Speaker<'station'>>, 'url' | 'identity' | 'password' | 'tls'> {
  readonly version: Version;
  /** Domain time; the wall's unless given. */
  readonly clock?: StationClock;
  /** Fixes ids and jitter; 1 unless given. */
  readonly seed?: number;
  /** How many connectors; 1 unless given. */
  readonly connectors?: number;
  readonly facts?: Partial<StationFacts>;
  /** Between two meter readings in a transaction, seconds of domain time; 60 unless given, 0 sends none. */
  readonly meterIntervalSeconds?: number;
  /** How long a start waits for the cable, seconds of domain time; 120 unless given. */
  readonly connectionTimeoutSeconds?: number;
  /** Asks the central system about the token of a remote start (OCPP 1.6, AuthorizeRemoteTxRequests); no unless given. */
  readonly authorizeRemoteStart?: boolean;
  /** Never gives up, and waits 60 s, unless given. */
  readonly retry?: RetryRule;
  /** How long a call waits for its answer, ms of wall time. */
  readonly callTimeoutMs?: number;
  /** The registers' first value, mWh. */
  readonly startMilliWh?: number;
  /** What the station is built for; 3 x 230 V and 22 kW a connector unless given. */
  readonly hardware?: Hardware;
  readonly backOff?: BackOff;
  readonly journal?: Journal;
}

import { OcppError } from '../errors.js';
import { type ConnectOptions, connectOcpp } from './client.js';
import type { AnyConnection, Speaker } from './speak.js';

/** Waits between attempts to connect, ms of wall time (OCPP 2.0.1, RetryBackOffWaitMinimum, RandomRange, RepeatTimes). */
export interface BackOff {
  readonly minimumMs: number;
  readonly randomMs: number;
  /** So often the wait is doubled. */
  readonly doublings: number;
}

export const defaultBackOff: BackOff = { minimumMs: 1_000, randomMs: 1_000, doublings: 6 };

/** The wait before attempt n, counted from 1, with a random number from 0 to 1. */
export const backOffMs = ({ minimumMs, randomMs, doublings }: BackOff, attempt: number, random: number): number =>
  Math.round(minimumMs * 2 ** Math.min(attempt - 1, doublings) + randomMs * random);

/** How a station stays connected. */
export interface KeepOptions<S extends Speaker<'station'>> extends Omit<ConnectOptions<S>, 'signal'> {
  readonly backOff?: BackOff;
  /** A number from 0 to below 1; `Math.random` unless given. */
  readonly random?: () => number;
  /** A connection stands. A station that did not reboot need not send BootNotification again. */
  readonly connected?: (connection: AnyConnection<'station'>) => void;
  readonly unreachable?: (error: OcppError, waitMs: number) => void;
}

/** A connection that is made again whenever it ends. */
export interface Kept {
  /** Ends it for good; resolves when the last connection has ended. */
  stop(): Promise<void>;
}

/** Connects a station, and connects it again with back-off, until stopped. What is said on a connection is told to `speak`. */
export function keepConnected<S extends Speaker<'station'>>(options: KeepOptions<S>): Kept {
  const life = new AbortController();
  const running = keep(options, life.signal);
  return {
    async stop() {
      life.abort();
      await running;
    },
  };
}

async function keep<S extends Speaker<'station'>>(options: KeepOptions<S>, signal: AbortSignal): Promise<void> {
  const random = options.random ?? Math.random;
  for (let attempt = 1; !signal.aborted; ) {
    try {
      const connection: AnyConnection<'station'> = await connectOcpp({ ...options, signal });
      attempt = 1;
      const leave = () => connection.endpoint.close();
      signal.addEventListener('abort', leave, { once: true });
      options.connected?.(connection);
      await connection.endpoint.closed;
      signal.removeEventListener('abort', leave);
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      if (signal.aborted) return;
      const waitMs = backOffMs(options.backOff ?? defaultBackOff, attempt, random());
      attempt += 1;
      options.unreachable?.(error, waitMs);
      await wait(waitMs, signal);
    }
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

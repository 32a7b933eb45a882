/** Domain time: what a station writes down and waits for. Sockets and call time-outs stay on wall time. */
export interface StationClock {
  now(): Date;
  /** Resolves after so many ms of domain time; early, without an error, when the signal is aborted. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest that a timer of Node waits. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A clock that runs `rate` times as fast as the wall; without a source it is the wall's. */
export function stationClock(source: { now(): Date; readonly rate: number } = { now: () => new Date(), rate: 1 }): StationClock {
  return {
    now: () => source.now(),
    async delay(ms, signal) {
      const due = source.now().getTime() + ms;
      for (let left = ms; left > 0 && !signal?.aborted; left = due - source.now().getTime()) {
        await timer(Math.min(Math.ceil(left / source.rate), MAX_TIMER_MS), signal);
      }
    },
  };
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timeout = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** A clock that moves only when told: `advance` wakes the sleepers in the order of their moments. */
export interface ManualClock extends StationClock {
  /** Moves on by so many ms; between two sleepers everything that the first one caused gets its turn. */
  advance(ms: number): Promise<void>;
}

/** A clock for tests that stands still at a moment. */
export function manualClock(start: Date): ManualClock {
  let now = start.getTime();
  const sleepers = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => new Date(now),
    delay(ms, signal) {
      if (ms <= 0 || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = {
          due: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      });
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
        if (!next) break;
        now = next.due;
        next.wake();
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = end;
    },
  };
}

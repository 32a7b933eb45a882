/** Something that must be done in time, told when it was not. */
export interface Due {
  readonly timeoutMs: number;
  /** Set by the watch: the wall time in ms (`performance.now()`) at which it is overdue. */
  dueAt: number;
  overdue(): void;
}

const TICK_MS = 200;
const watched = new Set<Due>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches for a time-out with one timer for the whole process, to within two ticks of 200 ms: a timer, or even a look at
 * the clock, for each message of each connection costs more than the message's own check.
 */
export function watch(due: Due): void {
  due.dueAt = 0;
  watched.add(due);
  timer ??= setInterval(tick, TICK_MS);
}

/** It was done in time. */
export function unwatch(due: Due): void {
  watched.delete(due);
}

function tick(): void {
  const now = performance.now();
  for (const due of watched) {
    if (due.dueAt === 0) due.dueAt = now + due.timeoutMs;
    else if (due.dueAt <= now) {
      watched.delete(due);
      due.overdue();
    }
  }
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

/** Something that must be done by a moment, told when it was not. */
export interface Due {
  /** Wall time in ms (`performance.now()`). */
  readonly dueAt: number;
  overdue(): void;
}

const TICK_MS = 200;
const watched = new Set<Due>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches a deadline with one timer for the whole process, to within 200 ms: a timer for each message of each
 * connection costs more than the message's own check.
 */
export function watch(due: Due): void {
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
    if (due.dueAt > now) continue;
    watched.delete(due);
    due.overdue();
  }
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

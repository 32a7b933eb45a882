/** A TimeStamp further off than this is refused. Our own rule: the standard gives none. */
export const WINDOW_MS = 600_000;

/** Remembers what was heard. One that all nodes share belongs into a database. */
export interface ReplayGuard {
  /** True the first time, within the window, that this operator uses this time stamp and sequence. */
  isFirst(operatorId: string, timeStamp: string, seq: string, now: Date): boolean | Promise<boolean>;
}

/** A guard for one process: bounded in time by the window and in size by `most`; a full one refuses rather than forgets. */
export function memoryGuard({ most = 200_000 }: { most?: number } = {}): ReplayGuard {
  const seen = new Map<string, number>();
  return {
    isFirst: (operatorId, timeStamp, seq, now) => {
      // Entries stand in the order they came, so what is out of the window is in front. Twice the window: the stamp may lie ahead.
      for (const [key, at] of seen) {
        if (at > now.getTime() - 2 * WINDOW_MS) break;
        seen.delete(key);
      }
      const key = `${operatorId} ${timeStamp} ${seq}`;
      if (seen.has(key) || seen.size >= most) return false;
      seen.set(key, now.getTime());
      return true;
    },
  };
}

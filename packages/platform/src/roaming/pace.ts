/** How fast somebody may go: so many steps in a second, and as many at once after a pause. */
export interface Pace {
  /** False for a step too many: it does not count, so that whoever slows down is let in again at once. */
  admits(id: string, perSecond: number): boolean;
}

interface Bucket {
  /** In thousandths of a step, so that a step is whole after whole milliseconds. */
  left: number;
  at: number;
}

const STEP = 1000;

/** More are not remembered; whoever is forgotten begins with a full measure. */
const LIMIT = 10_000;

/** `now` in ms of wall time. */
export function createPace(now: () => number = () => performance.now()): Pace {
  const buckets = new Map<string, Bucket>();
  return {
    admits(id, perSecond) {
      const at = now();
      const most = perSecond * STEP;
      const known = buckets.get(id) ?? { left: most, at };
      const left = Math.min(most, known.left + (at - known.at) * perSecond);
      const isAdmitted = left >= STEP;
      if (buckets.size >= LIMIT && !buckets.has(id)) buckets.clear();
      buckets.set(id, { left: isAdmitted ? left - STEP : left, at });
      return isAdmitted;
    },
  };
}

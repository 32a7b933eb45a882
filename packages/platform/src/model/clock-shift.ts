/** A station's clock may be ahead of ours by so much without being wrong. */
export const AHEAD_MS = 5 * 60_000;
/** No session is older: a clock that says so lost its battery. */
const OLDEST = Date.UTC(2020, 0, 1);

/**
 * What to add to the times of a session that begins at an impossible moment, ms; undefined where nothing is wrong. Its first message is
 * taken to be of now: lengths and order stay true, and the session is marked.
 */
export function clockShift(at: Date, now: Date): number | undefined {
  const ahead = at.getTime() - now.getTime();
  return ahead > AHEAD_MS || at.getTime() < OLDEST ? -ahead : undefined;
}

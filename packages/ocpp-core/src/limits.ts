/** What an endpoint holds at most; each protects the process from one peer. */
export interface Limits {
  /** Calls of ours that wait for their turn: a station answers one at a time, so a longer queue only ages. */
  readonly queuedCalls: number;
  /** Messages of the peer that wait for their answer before reading is paused; a peer that keeps the rules has one. */
  readonly waitingMessages: number;
  /** Bytes that the peer has not taken; beyond, it is cut off, since it does not read. */
  readonly bufferedBytes: number;
  /** How long we wait for an answer, ms of wall time. */
  readonly callTimeoutMs: number;
  /** How long a handler may take before the peer gets InternalError, ms of wall time. */
  readonly answerTimeoutMs: number;
}

export const defaultLimits: Limits = {
  queuedCalls: 64,
  waitingMessages: 64,
  bufferedBytes: 4 * 1024 * 1024,
  callTimeoutMs: 30_000,
  answerTimeoutMs: 30_000,
};

/** One connection as the endpoint sees it; `tcp.ts` makes one of a socket, a test joins two in memory. */
export interface Line {
  write(bytes: Buffer): void;
  /** Ends the connection; what was written before still goes out. */
  close(): void;
  pause(): void;
  resume(): void;
  /** Bytes written that the other end has not taken yet. */
  readonly buffered: number;
}

/** Named limits of one connection, each with its reason. Times are wall-clock milliseconds. */
export interface Limits {
  /** An answer that takes longer is a time-out. */
  readonly callTimeoutMs: number;
  /** A connection that has not logged in by then is closed. */
  readonly loginTimeoutMs: number;
  /** No frame for so long: three heartbeats of 10 s were missed. V1.6, 7.3 */
  readonly idleTimeoutMs: number;
  /** Calls that wait for an answer at once. */
  readonly pendingCalls: number;
  /** Frames that wait for their handler; beyond it the connection is not read. */
  readonly waitingFrames: number;
  /** Bytes that are no frame, since the last good one: more is not a line with noise but another protocol. */
  readonly garbageBytes: number;
  /** Whole frames that were refused since the last good one. */
  readonly refusedFrames: number;
  /** Bytes that a peer may leave unread. */
  readonly bufferedBytes: number;
}

export const LIMITS: Limits = {
  callTimeoutMs: 10_000,
  loginTimeoutMs: 30_000,
  idleTimeoutMs: 35_000,
  pendingCalls: 64,
  waitingFrames: 256,
  garbageBytes: 4096,
  refusedFrames: 50,
  bufferedBytes: 1 << 20,
};

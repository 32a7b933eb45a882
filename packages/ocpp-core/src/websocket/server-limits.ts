/** What a server holds at most. */
export interface ServerLimits {
  /** Longest message in bytes; a longer one closes the connection with 1009. */
  readonly messageBytes: number;
  /** Connections that the kernel holds until we take them. */
  readonly backlog: number;
  /** A station that was silent for one whole interval after a ping is cut off, ms of wall time. */
  readonly pingIntervalMs: number;
  /** How long a closing handshake may take before the connection is cut, ms of wall time. */
  readonly closeTimeoutMs: number;
}

export const defaultServerLimits: ServerLimits = {
  messageBytes: 1024 * 1024,
  backlog: 4096,
  pingIntervalMs: 60_000,
  closeTimeoutMs: 2_000,
};

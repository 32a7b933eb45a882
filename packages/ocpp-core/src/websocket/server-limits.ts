/** What a server holds at most. */
export interface ServerLimits {
  /** Longest message in bytes; a longer one closes the connection with 1009. */
  readonly messageBytes: number;
  /** Handshakes from one address in a minute; many stations may stand behind one. */
  readonly handshakesPerMinuteOfAddress: number;
  /** Handshakes of one identity in a minute: a station that reconnects faster does not back off. */
  readonly handshakesPerMinuteOfIdentity: number;
  /** Addresses and identities that are counted at all. */
  readonly rememberedNames: number;
  /** Handshakes that are authenticated at once, so that a storm does not flood what stands behind. */
  readonly handshakesAtOnce: number;
  /** Handshakes that wait for their turn; more are refused with 503 and a Retry-After. */
  readonly waitingHandshakes: number;
  /** Connections that are opened in one turn of the event loop; messages of those that stand come between. */
  readonly handshakesPerTurn: number;
  /** New sockets whose handshake or first message is due at once; further ones wait. What stands waits for so many in a storm. */
  readonly arrivalsAtOnce: number;
  /** How long a new socket may be silent until the next is let in beside it, ms of wall time. */
  readonly arrivalPatienceMs: number;
  /** New sockets that wait to be let in; more are cut at once. */
  readonly waitingSockets: number;
  /** Connections that the kernel holds until we take them. */
  readonly backlog: number;
  /** A station that was silent for one whole interval after a ping is cut off, ms of wall time. */
  readonly pingIntervalMs: number;
  /** How long a closing handshake may take before the connection is cut, ms of wall time. */
  readonly closeTimeoutMs: number;
}

export const defaultServerLimits: ServerLimits = {
  messageBytes: 1024 * 1024,
  handshakesPerMinuteOfAddress: 30_000,
  handshakesPerMinuteOfIdentity: 60,
  rememberedNames: 20_000,
  handshakesAtOnce: 256,
  waitingHandshakes: 20_000,
  handshakesPerTurn: 8,
  arrivalsAtOnce: 32,
  arrivalPatienceMs: 4,
  waitingSockets: 20_000,
  backlog: 4096,
  pingIntervalMs: 60_000,
  closeTimeoutMs: 2_000,
};

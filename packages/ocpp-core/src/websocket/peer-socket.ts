import type { Socket } from '../socket.js';

/** A socket of a peer that may be dead: what whoever holds many of them wants beside the five methods. */
export interface PeerSocket extends Socket {
  /** Asks for a sign of life; cuts the connection when none came since the last time. */
  pingOrCut(): void;
  /** Cuts the connection without a closing handshake. */
  cut(): void;
  /** Resolves when the closing handshake is over; cuts it short after so many ms. */
  gone(timeoutMs: number): Promise<void>;
}

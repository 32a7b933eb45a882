import type { Socket } from 'node:net';

interface Newcomer {
  readonly socket: Socket;
  readonly bytesRead: number;
  /** When it is expected no longer, ms. */
  readonly untilMs: number;
}

/** Sockets that we expect to speak at any moment, since their handshake or first message is due: what one turn may have to read. */
export class Newcomers {
  readonly #patienceMs: number;
  #expected: Newcomer[] = [];

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Expects a socket to speak. */
  add(socket: Socket): void {
    this.#expected.push({ socket, bytesRead: socket.bytesRead, untilMs: performance.now() + this.#patienceMs });
  }

  /** How many have not spoken yet. Whoever is silent for long is in nobody's way: it may be far away, or mean no good. */
  count(): number {
    const now = performance.now();
    this.#expected = this.#expected.filter(
      ({ socket, bytesRead, untilMs }) => socket.bytesRead === bytesRead && now < untilMs && !socket.destroyed,
    );
    return this.#expected.length;
  }
}

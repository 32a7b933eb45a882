import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Newcomers } from './newcomers.js';
import type { ServerLimits } from './server-limits.js';

type Listener = (socket: Socket) => void;

/** How soon it is looked again who may come in. */
const TICK_MS = 1;
const attended = new WeakSet<Server>();

/**
 * New sockets wait here, unread, and few at once are let in. What the kernel has for us is read in one turn of the event loop,
 * and a thousand handshakes in a turn make all stations wait that are connected already.
 */
export class Porch {
  readonly #server: Server;
  readonly #limits: ServerLimits;
  readonly #newcomers: Newcomers;
  /** What the server itself does with a new socket. */
  readonly #listeners: readonly Listener[];
  readonly #line: Socket[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(server: Server, limits: ServerLimits, newcomers: Newcomers) {
    this.#server = server;
    this.#limits = limits;
    this.#newcomers = newcomers;
    this.#listeners = server.listeners('connection') as Listener[];
    server.removeAllListeners('connection');
    server.on('connection', this.#onConnection);
    server.on('secureConnection', this.#onSecured);
    this.#leaveUnread(true);
  }

  /** Stands before a server; undefined when one does so already. */
  static before(server: Server, limits: ServerLimits, newcomers: Newcomers): Porch | undefined {
    if (attended.has(server)) return undefined;
    attended.add(server);
    return new Porch(server, limits, newcomers);
  }

  /** Lets all in that wait, and the server take its sockets itself again. */
  leave(): void {
    attended.delete(this.#server);
    clearTimeout(this.#timer);
    this.#leaveUnread(false);
    this.#server.off('connection', this.#onConnection);
    this.#server.off('secureConnection', this.#onSecured);
    for (const listener of this.#listeners) this.#server.on('connection', listener);
    for (const socket of this.#line.splice(0)) this.#letIn(socket);
  }

  readonly #onConnection = (socket: Socket): void => {
    if (this.#line.length >= this.#limits.waitingSockets) {
      socket.destroy();
      return;
    }
    socket.pause();
    // A socket that is read nonetheless may be cut while it waits.
    socket.on('error', ignore);
    this.#line.push(socket);
    if (!this.#timer) this.#look();
  };

  /** TLS stands, and the request is due. */
  readonly #onSecured = (socket: Socket): void => this.#newcomers.add(socket);

  #look(): void {
    const room = Math.max(0, this.#limits.arrivalsAtOnce - this.#newcomers.count());
    for (const socket of this.#line.splice(0, room)) {
      this.#newcomers.add(socket);
      this.#letIn(socket);
    }
    this.#timer = this.#line.length === 0 ? undefined : setTimeout(() => this.#look(), TICK_MS);
  }

  #letIn(socket: Socket): void {
    socket.off('error', ignore);
    if (socket.destroyed) return;
    for (const listener of this.#listeners) listener.call(this.#server, socket);
    // TLS reads below the socket, and first what the socket has.
    if (!(this.#server instanceof TlsServer)) socket.resume();
  }

  /**
   * Spares an HTTP server reading what waits; it has this property of each net.Server, but no option for it. A TLS server would
   * hand it on to the sockets that it makes of ours. Without it a waiting socket reads into its buffer, which costs a little.
   */
  #leaveUnread(isUnread: boolean): void {
    if (!(this.#server instanceof TlsServer)) Reflect.set(this.#server, 'pauseOnConnect', isUnread);
  }
}

const ignore = (): void => undefined;

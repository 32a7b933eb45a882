import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Handshake, identityIn, offeredProtocols, readHandshake, refuse } from './handshake.js';
import { defaultServerLimits, type ServerLimits } from './server-limits.js';
import { type AnyConnection, type Speaker, subprotocolOf } from './speak.js';
import { WsSocket } from './ws-socket.js';

/** Whether a station is let in; the refusal's HTTP status is 401 unless said otherwise. */
export type Admission = { readonly accepted: true } | { readonly accepted: false; readonly status?: 401 | 403 | 404 | 429 | 503 };

/** How stations are served. */
export interface ServeOptions {
  /** The versions spoken. The station's order of preference decides among them. */
  readonly versions: readonly Speaker<'csms'>[];
  /** Asked before the connection opens. What it throws refuses with 500 and is told to `failed`. */
  readonly authenticate: (handshake: Handshake) => Promise<Admission>;
  /** A server to attach to, HTTP or HTTPS; without one an HTTP server of our own listens on `port`. */
  readonly server?: Server | TlsServer;
  readonly port?: number;
  readonly host?: string;
  /** What stands before the identity in the URL's path; '/' unless said otherwise. */
  readonly path?: string;
  readonly connected?: (connection: AnyConnection<'csms'>) => void;
  readonly disconnected?: (connection: AnyConnection<'csms'>) => void;
  /** Hears what went wrong while a connection was opened. */
  readonly failed?: (error: unknown, handshake: Handshake) => void;
  readonly limits?: Partial<ServerLimits>;
}

/** The stations' side door: it lets them in and knows who is there. */
export interface OcppServer {
  readonly port: number;
  /** The open connections by identity; the newest authenticated one of a station. */
  readonly connections: ReadonlyMap<string, AnyConnection<'csms'>>;
  /** Lets nobody in any more and closes all connections (1001), spread evenly over so many ms, so that they do not return at once. */
  close(options?: { spreadMs?: number }): Promise<void>;
}

/** Serves stations over WebSocket. Resolves when it listens. */
export async function serveOcpp(options: ServeOptions): Promise<OcppServer> {
  const door = new Door(options);
  const server = options.server ?? createServer((_request, response) => response.writeHead(404).end());
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const shared = options.server !== undefined && server.listenerCount('upgrade') > 1;
    door.knock(request, stream, head, shared).catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined));
  };
  server.on('upgrade', upgrade);
  if (!options.server) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // 2,000 stations that return at once overflow the usual backlog of 511 and wait a second for the next try.
      server.listen({ port: options.port ?? 0, host: options.host, backlog: door.limits.backlog }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  }
  return {
    get port() {
      return (server.address() as AddressInfo | null)?.port ?? 0;
    },
    connections: door.connections,
    async close({ spreadMs = 0 } = {}) {
      server.off('upgrade', upgrade);
      if (!options.server) server.close();
      await door.close(spreadMs);
    },
  };
}

interface Guest {
  readonly connection: AnyConnection<'csms'>;
  readonly socket: WsSocket;
}

class Door {
  readonly connections = new Map<string, AnyConnection<'csms'>>();
  readonly limits: ServerLimits;
  readonly #options: ServeOptions;
  readonly #speakers: ReadonlyMap<string, Speaker<'csms'>>;
  readonly #plain: WebSocketServer;
  readonly #deflating: WebSocketServer;
  readonly #guests = new Set<Guest>();
  readonly #pinging: NodeJS.Timeout;
  #closing = false;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.limits = { ...defaultServerLimits, ...options.limits };
    this.#speakers = new Map(options.versions.map((speaker) => [subprotocolOf(speaker.version), speaker]));
    const common = {
      noServer: true,
      clientTracking: false,
      maxPayload: this.limits.messageBytes,
      handleProtocols: (offered: Set<string>) => [...offered].find((name) => this.#speakers.has(name)) ?? false,
    };
    this.#plain = new WebSocketServer(common);
    // 2.x demands compression (part 4, 3.3). A context kept per connection would cost twenty times its memory.
    this.#deflating = new WebSocketServer({
      ...common,
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 },
    });
    this.#pinging = setInterval(() => this.#pingAll(), this.limits.pingIntervalMs).unref();
  }

  async knock(request: IncomingMessage, stream: Duplex, head: Buffer, shared: boolean): Promise<void> {
    const identity = identityIn(request.url ?? '', this.#options.path ?? '/');
    if (identity === undefined) {
      // Another listener of the same server may serve this path.
      if (!shared) refuse(stream, 404);
      return;
    }
    stream.on('error', ignore);
    if (this.#closing) return void refuse(stream, 503);
    const handshake = readHandshake(request, identity);
    if (handshake === 'wrong-user') return void refuse(stream, 401);
    let admission: Admission;
    try {
      admission = await this.#options.authenticate(handshake);
    } catch (error) {
      this.#options.failed?.(error, handshake);
      return void refuse(stream, 500);
    }
    if (stream.destroyed) return;
    if (!admission.accepted) return void refuse(stream, admission.status ?? 401);
    if (this.#closing) return void refuse(stream, 503);
    const protocol = offeredProtocols(request).find((name) => this.#speakers.has(name));
    const speaker = protocol === undefined ? undefined : this.#speakers.get(protocol);
    const sockets = speaker === undefined || speaker.version === '1.6' ? this.#plain : this.#deflating;
    sockets.handleUpgrade(request, stream, head, (ws) => this.#open(ws, stream, speaker, handshake));
  }

  #open(ws: WebSocket, stream: Duplex, speaker: Speaker<'csms'> | undefined, handshake: Handshake): void {
    if (!speaker) {
      // No version in common: the handshake is completed without the header, then closed (part 4, 3.1.2).
      ws.on('error', ignore);
      ws.close(1002, 'no common subprotocol');
      return;
    }
    const { identity, remoteAddress } = handshake;
    const socket = new WsSocket(ws, stream);
    const connection = speaker.open('csms', socket, { identity, remoteAddress });
    const before = this.connections.get(identity);
    const guest = { connection, socket };
    this.#guests.add(guest);
    this.connections.set(identity, connection);
    void connection.endpoint.closed.then(() => this.#leave(guest));
    ws.on('pong', () => {
      socket.heard = true;
    });
    // The newest authenticated connection is the station; the old one is often half open and would never answer.
    before?.endpoint.close(1008, 'replaced by a newer connection');
    this.#options.connected?.(connection);
  }

  #leave(guest: Guest): void {
    this.#guests.delete(guest);
    const { connection } = guest;
    // Only its own entry: a newer connection of the station stays.
    if (this.connections.get(connection.identity) === connection) this.connections.delete(connection.identity);
    this.#options.disconnected?.(connection);
  }

  #pingAll(): void {
    for (const { socket } of this.#guests) {
      if (!socket.heard) socket.cut();
      else {
        socket.heard = false;
        socket.ping();
      }
    }
  }

  async close(spreadMs: number): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pinging);
    const guests = [...this.#guests];
    const started = performance.now();
    const ends: Promise<unknown>[] = [];
    for (const [index, { connection, socket }] of guests.entries()) {
      const due = started + (spreadMs * index) / guests.length;
      const wait = due - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      connection.endpoint.close(1001, 'the server goes away');
      ends.push(socket.gone(this.limits.closeTimeoutMs));
    }
    await Promise.all(ends);
  }
}

const ignore = (): void => undefined;

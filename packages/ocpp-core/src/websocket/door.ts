import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { FrameSocket } from './frame-socket.js';
import { type Handshake, identityIn, offeredProtocols, readHandshake, refuse } from './handshake.js';
import { Newcomers } from './newcomers.js';
import { Pace } from './pace.js';
import type { PeerSocket } from './peer-socket.js';
import { Rate } from './rate.js';
import type { Admission, ServeOptions } from './server.js';
import { defaultServerLimits, type ServerLimits } from './server-limits.js';
import { type AnyConnection, type Speaker, subprotocolOf } from './speak.js';
import { Turnstile } from './turnstile.js';
import { upgrade } from './upgrade.js';
import { WsSocket } from './ws-socket.js';

interface Guest {
  readonly socket: PeerSocket;
  /** Undefined for the moment of opening. */
  connection: AnyConnection<'csms'> | undefined;
  left: boolean;
}

/** Lets stations in, knows who is there, and sees them out. */
export class Door {
  readonly connections = new Map<string, AnyConnection<'csms'>>();
  readonly limits: ServerLimits;
  readonly newcomers: Newcomers;
  readonly #options: ServeOptions;
  readonly #speakers: ReadonlyMap<string, Speaker<'csms'>>;
  readonly #deflating: WebSocketServer;
  readonly #guests = new Set<Guest>();
  readonly #pinging: NodeJS.Timeout;
  readonly #addresses: Rate;
  readonly #identities: Rate;
  readonly #turnstile: Turnstile;
  readonly #pace: Pace;
  #closing = false;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.limits = { ...defaultServerLimits, ...options.limits };
    this.newcomers = new Newcomers(this.limits.arrivalPatienceMs);
    this.#addresses = new Rate(this.limits.handshakesPerMinuteOfAddress, this.limits.rememberedNames);
    this.#identities = new Rate(this.limits.handshakesPerMinuteOfIdentity, this.limits.rememberedNames);
    this.#turnstile = new Turnstile(this.limits.handshakesAtOnce, this.limits.waitingHandshakes);
    this.#pace = new Pace(this.limits.handshakesPerTurn);
    this.#speakers = new Map(options.versions.map((speaker) => [subprotocolOf(speaker.version), speaker]));
    // A context kept per connection would cost twenty times its memory.
    this.#deflating = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: this.limits.messageBytes,
      handleProtocols: (offered) => [...offered].find((name) => this.#speakers.has(name)) ?? false,
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
    const now = performance.now();
    const address = request.socket.remoteAddress ?? '';
    if (!this.#addresses.take(address, now) || !this.#identities.take(identity, now)) return void refuse(stream, 429, retryLater);
    const handshake = readHandshake(request, identity);
    if (handshake === 'wrong-user') return void refuse(stream, 401);
    const admission = await this.#turnstile.pass(() => this.#admit(handshake));
    await this.#pace.turn();
    // It gave up meanwhile.
    if (!stream.readable || !stream.writable) return void stream.destroy();
    // A boot storm is let in by and by; whoever finds the line full comes again.
    if (admission === undefined || this.#closing) return void refuse(stream, 503, retryLater);
    if (!admission.accepted) return void refuse(stream, admission.status ?? 401);
    const protocol = offeredProtocols(request).find((name) => this.#speakers.has(name));
    const speaker = protocol === undefined ? undefined : this.#speakers.get(protocol);
    const opened = (socket: PeerSocket) => {
      stream.off('error', ignore);
      if (stream instanceof Socket) this.newcomers.add(stream);
      this.#open(socket, speaker, handshake);
    };
    // 2.x demands compression (part 4, 3.3); a station that does not ask for it is spared it.
    if (speaker && speaker.version !== '1.6' && request.headers['sec-websocket-extensions'] !== undefined)
      this.#deflating.handleUpgrade(request, stream, head, (ws) => opened(new WsSocket(ws)));
    else if (upgrade(request, stream, head, protocol)) opened(new FrameSocket(stream, this.limits.messageBytes));
  }

  async #admit(handshake: Handshake): Promise<Admission | { accepted: false; status: 500 }> {
    try {
      return await this.#options.authenticate(handshake);
    } catch (error) {
      this.#options.failed?.(error, handshake);
      return { accepted: false, status: 500 };
    }
  }

  #open(socket: PeerSocket, speaker: Speaker<'csms'> | undefined, handshake: Handshake): void {
    if (!speaker) {
      // No version in common: the handshake is completed without the header, then closed (part 4, 3.1.2).
      socket.close(1002, 'no common subprotocol');
      return;
    }
    const { identity, remoteAddress } = handshake;
    const guest: Guest = { socket, connection: undefined, left: false };
    const connection = speaker.open('csms', socket, { identity, remoteAddress }, () => this.#leave(guest));
    // Whoever opened it may have closed it at once.
    if (guest.left) return;
    guest.connection = connection;
    const before = this.connections.get(identity);
    this.#guests.add(guest);
    this.connections.set(identity, connection);
    // The newest authenticated connection is the station; the old one is often half open and would never answer.
    before?.endpoint.close(1008, 'replaced by a newer connection');
    this.#options.connected?.(connection);
  }

  #leave(guest: Guest): void {
    guest.left = true;
    this.#guests.delete(guest);
    const { connection } = guest;
    if (!connection) return;
    // Only its own entry: a newer connection of the station stays.
    if (this.connections.get(connection.identity) === connection) this.connections.delete(connection.identity);
    this.#options.disconnected?.(connection);
  }

  #pingAll(): void {
    for (const { socket } of this.#guests) socket.pingOrCut();
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
      connection?.endpoint.close(1001, 'the server goes away');
      ends.push(socket.gone(this.limits.closeTimeoutMs));
    }
    await Promise.all(ends);
  }
}

const ignore = (): void => undefined;
const retryLater = { 'Retry-After': '30' };

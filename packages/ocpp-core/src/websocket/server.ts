import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Door } from './door.js';
import type { Handshake } from './handshake.js';
import { Porch } from './porch.js';
import type { ServerLimits } from './server-limits.js';
import type { AnyConnection, Speaker } from './speak.js';
import { type ServerTls, tlsOptions } from './tls.js';

/** Whether a station is let in; the refusal's HTTP status is 401 unless said otherwise. */
export type Admission = { readonly accepted: true } | { readonly accepted: false; readonly status?: 401 | 403 | 404 | 429 | 503 };

/** How stations are served. */
export interface ServeOptions {
  /** The versions spoken. The station's order of preference decides among them. */
  readonly versions: readonly Speaker<'csms'>[];
  /** Asked before the connection opens. What it throws refuses with 500 and is told to `failed`. */
  readonly authenticate: (handshake: Handshake) => Promise<Admission>;
  /** A server to attach to, HTTP or HTTPS; without one a server of our own listens on `port`. */
  readonly server?: Server | TlsServer;
  /** Makes our own server an HTTPS one: security profiles 2 and 3. */
  readonly tls?: ServerTls;
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
  const notFound = (_request: IncomingMessage, response: ServerResponse) => response.writeHead(404).end();
  const server = options.server ?? (options.tls ? createTlsServer(tlsOptions(options.tls), notFound) : createServer(notFound));
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const shared = options.server !== undefined && server.listenerCount('upgrade') > 1;
    door.knock(request, stream, head, shared).catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined));
  };
  const porch = Porch.before(server, door.limits, door.newcomers);
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
      porch?.leave();
      server.off('upgrade', upgrade);
      if (!options.server) server.close();
      await door.close(spreadMs);
    },
  };
}

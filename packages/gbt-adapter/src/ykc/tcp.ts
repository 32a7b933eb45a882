import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { type EndpointOptions, openEndpoint, type YkcEndpoint } from './endpoint.js';
import { YkcError } from './errors.js';
import type { From } from './frame.js';
import type { Line } from './line.js';

/** How long a closed connection may take to send what is left before it is cut. */
const LINGER_MS = 2000;

export interface ListenOptions extends EndpointOptions {
  readonly port: number;
  readonly host?: string;
  /** Connections at once; one more is closed at once. */
  readonly maxConnections?: number;
}

/** A listening platform. */
export interface YkcServer {
  readonly port: number;
  readonly endpoints: ReadonlySet<YkcEndpoint<'platform'>>;
  /** Stops listening and closes every line. */
  close(): Promise<void>;
}

/** Listens for piles; `welcome` gets each line before its first byte, to set handlers. `remote` is its address. */
export async function listen(
  { port, host = '127.0.0.1', maxConnections = 10_000, ...options }: ListenOptions,
  welcome: (endpoint: YkcEndpoint<'platform'>, remote: { address: string; port: number }) => void,
): Promise<YkcServer> {
  const endpoints = new Set<YkcEndpoint<'platform'>>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const endpoint = over('platform', socket, options);
    endpoints.add(endpoint);
    void endpoint.closed.then(() => endpoints.delete(endpoint));
    welcome(endpoint, { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
  });
  server.maxConnections = maxConnections;
  await opened(server, port, host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    endpoints,
    close: async () => {
      const done = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const endpoint of endpoints) endpoint.close();
      await done;
    },
  };
}

export interface ConnectOptions extends EndpointOptions {
  readonly port: number;
  readonly host?: string;
  /** Stands between endpoint and socket: a recorder, a faulty wire. */
  readonly through?: (line: Line) => Line;
}

/** Connects a pile to a platform. Rejects with YkcError `Closed` when nobody listens. */
export async function connect({ port, host = '127.0.0.1', through, ...options }: ConnectOptions): Promise<YkcEndpoint<'pile'>> {
  const socket = dial({ port, host, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => reject(new YkcError('Closed', `nobody listens on ${host}:${port}`, { cause })));
  });
  return over('pile', socket, options, through);
}

function opened(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function over<Self extends From>(
  self: Self,
  socket: Socket,
  options: EndpointOptions,
  through: (line: Line) => Line = (line) => line,
): YkcEndpoint<Self> {
  const line = through({
    write: (bytes) => void socket.write(bytes),
    close: () => {
      socket.end();
      const cut = setTimeout(() => socket.destroy(), LINGER_MS);
      cut.unref();
      socket.once('close', () => clearTimeout(cut));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    get buffered() {
      return socket.writableLength;
    },
  });
  const endpoint = openEndpoint(self, line, options);
  socket.on('data', (chunk) => endpoint.receive(chunk));
  socket.on('error', (cause) => endpoint.ended(new YkcError('Closed', 'the connection broke', { cause })));
  socket.on('close', () => endpoint.ended());
  return endpoint;
}

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Registry } from 'prom-client';

export interface HttpServer {
  server: Server | TlsServer;
  /** The one it got, where 0 was asked for. */
  port: number;
  /** Takes no new connection, lets running requests end for `deadlineMs` (10 s if not said), then cuts what is left. */
  close(deadlineMs?: number): Promise<void>;
}

export interface HttpOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  handle: RequestListener;
  /** Makes it an HTTPS server. */
  tls?: TlsOptions;
}

/** A whole fleet that connects again at once waits here instead of being turned away. */
const BACKLOG = 4096;
/** A request that trickles in slower holds a socket for nothing. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than proxies keep theirs, so that they never send on a connection that we are closing. */
const KEEP_ALIVE_MS = 75_000;

/** Listens, and rejects with what to do when the port cannot be had. */
export async function startHttp({ host, port, handle, tls }: HttpOptions): Promise<HttpServer> {
  const running = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    noDelay: true,
  };
  const server = tls ? createTlsServer({ handshakeTimeout: HEADERS_TIMEOUT_MS, ...limits, ...tls }) : createServer(limits);
  // One listener for all: ten thousand stations hold a socket each.
  function forget(this: Socket): void {
    sockets.delete(this);
  }
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', forget);
  });
  server.on('request', (request, response) => {
    running.add(response);
    response.once('close', () => running.delete(response));
    handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  const close = async (deadlineMs = 10_000) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // A client that reads this does not send its next request into a closed connection.
    for (const response of running) if (!response.headersSent) response.setHeader('Connection', 'close');
    const cut = setTimeout(() => {
      // Node's own closeAllConnections forgets sockets that became WebSockets.
      for (const socket of sockets) socket.destroy();
    }, deadlineMs);
    await closed;
    clearTimeout(cut);
  };
  return { server, port: (server.address() as AddressInfo).port, close };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`Port ${port} on ${host} is taken by another program. Stop it, or set another port.`, { cause: error });
  if (error.code === 'EACCES') return new Error(`Port ${port} needs rights that this user has not. Take one above 1023.`, { cause: error });
  if (error.code === 'EADDRNOTAVAIL')
    return new Error(`${host} is no address of this machine. Set EVROAM_HOST, for example to 0.0.0.0.`, { cause: error });
  return error;
}

export interface ProbeOptions {
  /** What must work before requests are welcome; each rejects, with the reason, when it does not. */
  checks: Readonly<Record<string, () => Promise<unknown>>>;
  registry: Registry;
  /** Called before metrics are read, to bring gauges up to date. */
  refresh?: () => Promise<void>;
}

/** No probe waits longer: an orchestrator asks again anyway. */
const CHECK_LIMIT_MS = 3000;

/**
 * `/healthz`: the process runs. `/readyz`: what it needs runs too, 503 with the names of what does not. `/metrics`: Prometheus.
 * Gives false for every other path. Answers tell nothing of the inside but names.
 */
export function createProbes({ checks, registry, refresh }: ProbeOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const ready = async (response: ServerResponse) => {
    const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const));
    const ok = results.every(([, passed]) => passed);
    send(response, ok ? 200 : 503, {
      status: ok ? 'ok' : 'unavailable',
      checks: Object.fromEntries(results.map(([name, passed]) => [name, passed ? 'ok' : 'failed'])),
    });
  };
  const metrics = async (response: ServerResponse) => {
    await refresh?.().catch(() => undefined);
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics());
  };
  return (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (path === '/healthz') send(response, 200, { status: 'ok' });
    else if (path === '/readyz') void ready(response);
    else if (path === '/metrics') void metrics(response).catch(() => send(response, 500, { status: 'failed' }));
    else return false;
    return true;
  };
}

async function passes(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_LIMIT_MS);
  });
  const passed = check().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([passed, late]);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}

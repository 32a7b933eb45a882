// A Handle as a node:http server: the fast way in, with limits on bytes and time.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { envelopeText, OcpiError } from './envelope.js';
import { type Handle, noPayload, type OcpiResponse, Payload } from './message.js';
import type { Method } from './module.js';

/** Limits of a listener. */
export interface ListenerOptions {
  /** The largest request body in bytes; default 4 MiB, room for a CDR with signed meter values many times over. */
  readonly largestBody?: number;
  /** Told of what the Handle itself threw; the caller gets 500. */
  readonly onError?: (error: unknown) => void;
}

// Above it copying bytes into a text costs more than a second piece.
const ONE_PIECE = 2 * 1024;
const LARGEST_BODY = 4 * 1024 * 1024;
const methods: ReadonlySet<string> = new Set(['GET', 'PUT', 'PATCH', 'POST', 'DELETE']);
/** True for a method that OCPI uses. */
export const isMethod = (method: string | undefined): method is Method => method !== undefined && methods.has(method);

/** A Handle as a request listener of node:http, which Express and others can also mount. */
export function toListener(handle: Handle, options: ListenerOptions = {}): RequestListener {
  const largest = options.largestBody ?? LARGEST_BODY;
  return (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    if (!isMethod(method)) {
      refuse(outgoing, new OcpiError('method-not-allowed'));
      return;
    }
    const ask = (body: Payload): void => {
      handle({ method, url, headers, ...(body === noPayload ? {} : { body }) }).then(
        (response) => write(outgoing, response),
        (error: unknown) => {
          options.onError?.(error);
          refuse(outgoing, error instanceof OcpiError ? error : new OcpiError('server'), 500);
        },
      );
    };
    if (method === 'GET') ask(noPayload);
    else read(incoming, largest, ask, (error) => refuse(outgoing, error));
  };
}

/** Reads the body. One that is too large is answered at once and the connection is closed. */
function read(incoming: IncomingMessage, largest: number, done: (body: Payload) => void, fail: (error: OcpiError) => void): void {
  if (Number(incoming.headers['content-length'] ?? 0) > largest) {
    fail(new OcpiError('too-large'));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > largest) {
      incoming.removeAllListeners('data').removeAllListeners('end');
      fail(new OcpiError('too-large'));
    } else chunks.push(chunk);
  });
  incoming.on('end', () => {
    const [only] = chunks;
    done(only === undefined ? noPayload : Payload.raw(chunks.length === 1 ? only : Buffer.concat(chunks, length)));
  });
}

/** Writes a response; `outgoing` may be gone already. */
export function write(outgoing: ServerResponse, { status, headers, body }: OcpiResponse): void {
  if (outgoing.destroyed) return;
  const wire = body?.wire ?? '';
  const length = typeof wire === 'string' ? Buffer.byteLength(wire) : wire.length;
  // A flat list is what node:http turns headers into anyway.
  const lines: (string | number)[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') lines.push(name, value);
  }
  lines.push('content-length', length);
  outgoing.writeHead(status, lines);
  if (length === 0) outgoing.end();
  else if (typeof wire === 'string') endAtOnce(outgoing, wire, length === wire.length ? 'latin1' : 'utf8');
  else if (length <= ONE_PIECE) endAtOnce(outgoing, wire.toString('latin1'), 'latin1');
  else endAtOnce(outgoing, wire);
}

/**
 * Ends a response with one write of headers and body: `end(text)` adds an empty piece, which costs a tenth of a small request. Bytes are a
 * piece beside the headers, text is not; Latin-1 gives bytes back as they are.
 */
function endAtOnce(outgoing: ServerResponse, body: string | Buffer, coding: 'latin1' | 'utf8' = 'utf8'): void {
  const { socket } = outgoing;
  socket?.cork();
  outgoing.write(body, coding);
  socket?.uncork();
  outgoing.end();
}

/** A refusal before the Handle was asked: the rest of the body is not read. */
function refuse(outgoing: ServerResponse, error: OcpiError, status = error.http): void {
  if (outgoing.headersSent) return;
  const body = Payload.text(envelopeText(new Date(), error.statusCode, error.message));
  write(outgoing, { status, headers: { 'content-type': 'application/json', connection: 'close' }, body });
}

/** Where and how to listen. */
export interface ListenOptions extends ListenerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** How long a request may take to arrive whole, in milliseconds; default 30 000. */
  readonly requestMs?: number;
}

/** A listening server. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** http://host:port */
  readonly origin: string;
  /** Stops listening and ends the connections. */
  close(): Promise<void>;
}

/** Listens with a Handle. */
export async function listen(handle: Handle, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 0, requestMs = 30_000 } = options;
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: Math.min(requestMs, 10_000),
      connectionsCheckingInterval: Math.min(requestMs, 5_000),
      keepAliveTimeout: 65_000,
    },
    toListener(handle, options),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Node's default backlog of 511 makes connections wait a second when many partners return at once.
    server.listen({ host, port, backlog: 4096 }, () => resolve());
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    server,
    port: address.port,
    origin: `http://${shown}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

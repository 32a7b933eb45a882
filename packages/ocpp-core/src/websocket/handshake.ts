import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** What a station shows when it connects. */
export interface Handshake {
  /** The percent-decoded last part of the URL. */
  readonly identity: string;
  /** The password's bytes: 1.6 keys are binary, so they are compared as bytes. Absent without Basic authentication. */
  readonly password?: Buffer;
  /** The verified client certificate, with security profile 3. */
  readonly certificate?: PeerCertificate;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  /** True when the connection is encrypted. */
  readonly secure: boolean;
}

/** Longest identity (OCPP 2.0.1 part 4, 3.1.1: 48 characters; 1.6 sets no limit, so this is ours). */
const MAX_IDENTITY = 255;

/** The identity in a path below the prefix, or why there is none. */
export function identityIn(url: string, prefix: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (!path.startsWith(prefix)) return undefined;
  const last = path.slice(prefix.length);
  if (last === '' || last.includes('/')) return undefined;
  try {
    const identity = decodeURIComponent(last);
    return identity.length <= MAX_IDENTITY && !identity.includes('\0') ? identity : undefined;
  } catch {
    // %1 and the like are no encoding at all.
    return undefined;
  }
}

/** User and password of a Basic header: the user ends at the colon that the identity leaves, the password is what follows, as bytes. */
export function basicCredentials(header: string | undefined, identity: string): { user: string; password: Buffer } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // An identity of 1.6 may hold a colon itself.
  const own = Buffer.from(`${identity}:`);
  const colon = bytes.subarray(0, own.length).equals(own) ? own.length - 1 : bytes.indexOf(0x3a);
  if (colon < 0) return undefined;
  return { user: bytes.subarray(0, colon).toString(), password: bytes.subarray(colon + 1) };
}

/** Reads a handshake. `wrong-user`: the credentials name another station than the URL. */
export function readHandshake(request: IncomingMessage, identity: string): Handshake | 'wrong-user' {
  const credentials = basicCredentials(request.headers.authorization, identity);
  if (credentials && credentials.user !== identity) return 'wrong-user';
  const certificate = certificateOf(request.socket);
  return {
    identity,
    remoteAddress: request.socket.remoteAddress ?? '',
    headers: request.headers,
    secure: request.socket instanceof TLSSocket,
    ...(credentials ? { password: credentials.password } : {}),
    ...(certificate ? { certificate } : {}),
  };
}

function certificateOf(socket: Duplex): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  return Object.keys(certificate).length > 0 ? certificate : undefined;
}

/** The subprotocols that a client offers, in its order of preference. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Refuses an upgrade with an HTTP status. */
export function refuse(stream: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const lines = [`HTTP/1.1 ${status} ${phrases[status] ?? 'Refused'}`, 'Connection: close', 'Content-Length: 0'];
  if (status === 401) lines.push('WWW-Authenticate: Basic realm="OCPP", charset="UTF-8"');
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  stream.once('finish', () => stream.destroy());
  stream.end(`${lines.join('\r\n')}\r\n\r\n`);
}
